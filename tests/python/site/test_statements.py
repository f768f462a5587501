"""Every statement of every page against a count in plain Python.

A page is read as text and tables. What is counted apart is struck out of it; what is left with a
digit in it must stand in the sources of the page, word for word. So a figure that is wrong, one
that is missing, and one that nothing counts are all seen.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pytest
from counted import BEST_FIRST, POINTS, STANDINGS, Count, outcomes, taken
from invented import world
from oracle import CSU, ICB, LOCATION, TRUST, Row

from reports.__main__ import build
from tasks.environment import EXPORTS
from tests.bench import ROOT

pytestmark = pytest.mark.full
TYPES = [TRUST, ICB, LOCATION, CSU]
BLOCKS = set(
    "p li ul h1 h2 h3 figcaption div dt dd dl summary title figure caption table pre".split()
)
APART = set("b small span i strong text".split())  # they touch in HTML, and not on the page
SKIPPED = {"script", "pre", "unseen", "map-legend", "legend"}
HEADS = {  # the columns that tables show under other words
    "as recorded on": "snapshot_date", "basis": "outcome_basis",
    "days after the deadline": "days_after_deadline", "code": "organisation_code",
    "dormant in the list": "dormant",
    "icb at the time": "icb_name", "name at the time": "icb_name", "icb": "icb_name",
    "icbs at this rank": "icbs_with_this_score", "name": "organisation_name",
    "of": "icbs_in_england", "organisation": "organisation_name", "own outcome": "icb_outcome",
    "path": "inheritance_path",
    "published on (by which organisation)": "published_on", "rank": "rank_in_england",
    "region": "region_name",
    "rank if one trust moved up one outcome": "rank_one_step_better",
    "rank if one trust moved down one outcome": "rank_one_step_worse", "snapshot": "snapshot_date",
    "status in the export": "own_status", "change": "kind",
    "at most two trusts": "has_few_trusts",
    "share of trusts": "share", "trusts in the icb": "organisations",
    "trusts that met or exceeded": "met_or_exceeded", "type": "organisation_type",
}  # fmt: skip
MOVED = {
    "improved": "↑ improved", "worsened": "↓ got worse", "unchanged": "→ unchanged",
    "entered": "new in scope", "left": "no longer in scope",
}  # fmt: skip
# axes; the version that made the page
NO_STATEMENT = re.compile(
    r"^[\d.%− ]+days after the deadline deadline$|^−3 worst 0 3 best$|^ [\w.]+( \([\w-]+\))?, $"
)
# issue 19: what pages once said beyond their data
NOT_SAID = (
    "whom an edition counts", "count different organisations as commissioners", "answers for it",
    "no export on hand shows", "in time, and again", "−1 days", "never published", "inherited by",
    "most recent findings are listed",
)  # fmt: skip
BOOLEANS = {"true": "yes", "false": ""}


# --- how a page says things -----------------------------------------------------------------------


def half_up(value: Fraction, decimals: int) -> str:
    """A number with so many decimals, halves away from zero."""
    scaled = int(abs(value) * 10**decimals + Fraction(1, 2))
    whole, part = divmod(scaled, 10**decimals)
    return f"{'−' if value < 0 and scaled else ''}{whole}.{part:0{decimals}}"


def percent(part: int, whole: int) -> str:
    return f"{half_up(Fraction(100 * part, whole), 1)}%"


def said(value: Any) -> str:
    """A value as a page has it: scores are fractions."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else ""
        case int():
            return f"{value:,}".replace("-", "−")
        case Fraction():
            return half_up(value, 2)
        case datetime():
            return f"{said(value.date())}, {value:%H:%M}"
        case date():
            return f"{value.day} {value:%B %Y}"
    return str(value)


def short(name: str) -> str:
    """The name of an ICB without what every ICB's has."""
    return re.sub("^NHS | Integrated Care Board$", "", name)


def listed(names: Iterable[Any]) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last


def plain(text: str) -> str:
    """Words as they are compared: a list may have a name in capitals."""
    return " ".join(text.split()).casefold()


def cell(row: dict[str, Any], column: str) -> str:
    """What a table says of a row: of a publication also whose it is."""
    value = row.get(column, f"no {column} is counted")
    if column == "published_on" and row.get("outcome_basis") not in (None, "not published"):
        whose = f" ({row['inherited_from']})" if row["inherited_from"] else ""
        return f"{said(value) if value else 'date not known'}{whose}"
    return said(MOVED.get(value, value) if column == "change" else value)


class Page(HTMLParser):
    """The main part of a page: its blocks of text, and its tables by their captions."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.blocks, self.tables, self.faults, self.counted = [""], {}, [], 0
        self.is_main, self.skipping, self.table, self.caption, self.title = False, 0, None, "", ""
        self.feed(path.read_text("utf-8"))
        self.text = "\n".join(["", *filter(None, map(plain, self.blocks)), ""])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Opens a block, a table, a row, a cell, or what is not read."""
        given = dict(attributes)
        self.is_main |= tag == "main"
        if not self.is_main or tag in ("br", "input"):
            return
        if self.skipping or SKIPPED.intersection([tag, *(given.get("class") or "").split()]):
            self.skipping += 1
        elif tag in ("tr", "th", "td") and self.table is not None:
            (self.table if tag == "tr" else self.table[-1]).append([] if tag == "tr" else "")
        elif tag in APART:
            self.handle_data(" ")
        elif tag == "table":
            self.table, self.caption = [], ""
        if tag in BLOCKS:
            self.blocks.append("")
        if "aria-label" in given and given.get("role") != "region":
            self.blocks += [given["aria-label"] or "", ""]

    def handle_endtag(self, tag: str) -> None:
        """Closes it."""
        self.is_main &= tag != "main"
        if self.skipping:
            self.skipping -= 1
        elif tag == "caption":
            self.caption = self.blocks.pop()
        elif tag == "h1":
            self.title = self.blocks[-1]
        elif tag == "table" and self.table:
            self.tables[plain(self.caption or self.table[0][0])] = self.table
            self.table = None
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        """Adds to the block or the cell that is open."""
        if self.is_main and not self.skipping:
            cells = self.table[-1] if self.table else self.blocks
            cells[-1:] = [f"{cells[-1]}{data}"] if cells else []

    def says(self, text: str) -> None:
        """Strikes out statements, one a line; a | stands where its paragraph ends."""
        for one in filter(None, map(plain, text.split("\n"))):
            self.counted += 1
            wanted = one.strip("|")
            before = "\n" if one.startswith("|") else r"(?<![\d.,−/])"
            after = "\n" if one.endswith("|") else r"(?![\d/%]|[.,]\d)"
            struck = re.sub(before + re.escape(wanted) + after, "\n\n", self.text, count=1)
            if struck == self.text:
                self.faults.append(f"does not say {one!r}")
            self.text = struck

    def shows(
        self, caption: str, rows: Iterable[dict[str, Any]], ordered: bool = False,
        words: Iterable[str] = (), **heads: str,
    ) -> None:  # fmt: skip
        """Strikes out a table of these rows; `heads` name other columns, `words` are not read."""
        [names, *found] = self.tables.pop(plain(caption), [[]])
        stays = [position for position, name in enumerate(names) if plain(name) not in words]
        names = [plain(names[position]) for position in stays]
        columns = [(HEADS | heads).get(name, name.replace(" ", "_")) for name in names]
        wanted = [tuple(plain(short(cell(row, column))) for column in columns) for row in rows]
        shown = [tuple(plain(short(row[position])) for position in stays) for row in found]
        shown = [tuple(BOOLEANS.get(text, text) for text in row) for row in shown]
        editions = [name for name in names if re.fullmatch(r"\d\d/\d\d", name)]
        self.faults += [f"{caption}: {editions}"] * (editions != sorted(editions))
        self.counted += len(wanted)
        is_right = wanted == shown if ordered else Counter(wanted) == Counter(shown)
        if not is_right or bool(wanted) > bool(names):
            lacks, has = Counter(wanted) - Counter(shown), Counter(shown) - Counter(wanted)
            self.faults.append(f"{caption} {names}: lacks {[*lacks][:2]}, has {[*has][:2]}")

    def figure(self, title: str, rows: Iterable[dict[str, Any]], ordered: bool = True) -> None:
        """A figure: its title, and its rows as a table."""
        self.says(title)
        self.shows(f"Figures: {title}", rows, ordered)

    @property
    def is_mapped(self) -> bool:
        """Whether there are boundaries for the ICBs of the page."""
        return "we have no boundaries for" not in self.text

    def says_delays(self, count: Count, *days: date) -> None:
        """R12: the days from deadlines to exports, where they differ."""
        if len({count.delay[day] for day in days}) > 1:
            parts = (f"{count.of[day].edition} after {said(count.delay[day])} days" for day in days)
            self.says(", ".join(parts))

    def rest(self) -> list[str]:
        """What is wrong, or said and counted by nothing."""
        for line in self.text.split("\n"):
            statement = NO_STATEMENT.sub("", line)
            if re.search(r"\d", statement) and letters(statement) not in WRITTEN:
                self.faults.append(f"says {line!r}, which nothing counts")
        self.faults += [f"says {words!r}" for words in NOT_SAID if words in self.text]
        return self.faults + [f"has a table that nothing counts: {name}" for name in self.tables]


def letters(text: str) -> str:
    """A text without markup, spaces and signs."""
    return re.sub(r"</?[a-z][^>]*>|\]\([^)]*\)|[^0-9a-z%]", "", text.casefold())


SOURCES = (
    "reports/pages/**/*.md", "reports/templates/*", "reports/site.yml", "docs/glossary.md",
    "models/**/*.yml", "docs/code-of-practice.md",
)  # fmt: skip
WRITTEN = " ".join(letters(file.read_text("utf-8")) for part in SOURCES for file in ROOT.glob(part))


# --- what each kind of page must say --------------------------------------------------------------


def share(rows: list[Row]) -> tuple[int, int]:
    """How many met or exceeded the standards, of how many."""
    return sum(row.meets for row in rows), len(rows)


def many(number: int, word: str) -> str:
    """1 trust, 2 trusts."""
    return f"{said(number)} {word}{'s' * (number != 1)}"


def ends(scores: list[Row]) -> list[tuple[str, str]]:
    """The highest score and whose it is, and the lowest."""
    found = [one for one in scores if one.composite_score is not None]
    both = [[o for o in found if o.composite_score == found[n].composite_score] for n in (0, -1)]
    return [(said(one[0].composite_score), listed(short(o.icb_name) for o in one)) for one in both]


def by_place(rows: list[Row], level: str) -> list[Row]:
    """How many trusts of each region or ICB met or exceeded the standards, most first."""
    places: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        place = row[f"{level}_code"] or "none", row[f"{level}_name"] or "Not in an ICB"
        places.setdefault(place, []).append(row)
    order = sorted(places, key=lambda p: (-Fraction(*share(places[p])), p[1], p[0]))
    return [
        Row(organisation_code=code, organisation_name=name, icb_name=name, organisations=whole,
            met_or_exceeded=met, share=percent(met, whole))
        for code, name in order for met, whole in [share(places[code, name])]
    ]  # fmt: skip


def overview(count: Count, page: Page, day: date) -> None:
    edition, series, (side, trusts) = count.of[day], count.series(day), count.sides(day)
    (met, number), (side_met, sides), now = share(trusts), share(side), edition.edition
    is_icb, scores = edition.commissioner_type == ICB, count.scores[day]
    points = [f"{name} {said(n)}" for name, n in POINTS.items() if name != "Entry Level"]
    page.says(f"""
        edition {now}, as recorded on {said(taken(count.exports[day]))}
        {percent(met, number)} of NHS trusts met or exceeded the standards in {now} \
            {met} of {number} trusts
        {percent(side_met, sides)} of {"ICBs" if is_icb else "sub-ICB locations"} met or exceeded \
            them {side_met} of {sides}, as commissioners in {now}
        {sum((row.days_after_deadline or 0) > 0 for row in trusts)} trusts last published after \
            the deadline of {number} trusts; the deadline was {said(edition.deadline_on)}
        open on {said(count.census[day])}, according
        with no outcome for {now} counts
        an organisation shows for {now}, in this
        each outcome gives points: {", ".join(points)}.
    """)
    for name, newest, comparable in series[-2:-1]:
        then, whole = share(count.sides(newest)[1])
        under = "" if comparable else ", under another framework, so not comparable"
        page.says(f"""
            {percent(then, whole)} in {name}{under} {then} of {whole} trusts, as recorded on \
                {said(newest)}
            {"" if comparable else f"{name} and {now} follow different frameworks"}
        """)
        page.says_delays(count, *[newest, day] * comparable)
    alike = {name: newest for name, newest, comparable in series if comparable}
    if others := [name for name, _, comparable in series if not comparable]:
        page.says(f"""
            There is a break before {next(iter(alike))}. {listed(others)} followed another
            Editions up to {others[-1]} followed another
        """)
    whose = "their deadlines" if series[1:] else "its deadline"
    page.says(f"({listed(count.delay[newest] for newest in alike.values())} days after {whose}")
    rows, table = [], []
    for kind in TYPES:
        spoken = []
        for name, newest in alike.items():
            parts = outcomes(count.entries(newest, organisation_type=kind))
            if whole := sum(n for _, n in parts):
                words = (f"{outcome} {n} ({percent(n, whole)})" for outcome, n in parts)
                spoken.append(f"{name}: {', '.join(words)}")
                page.says(f"|{' '.join([name, *(str(n) for _, n in parts if 20 * n >= whole)])}|")
                rows += [
                    Row(organisation_type=kind, edition=name, as_of=newest, outcome=outcome,
                        organisations=n, share=percent(n, whole)) for outcome, n in parts
                ]  # fmt: skip
        if spoken:
            page.says(f"Bar chart, {kind}. {'. '.join(spoken)}.")
        if found := count.entries(day, organisation_type=kind):
            parts = [*outcomes(found), ("total", len(found))]
            cells = {plain(o).replace(" ", "_"): f"{n} {percent(n, len(found))}" for o, n in parts}
            table.append(Row(cells, organisation_type=kind))
    shares = [f"{percent(*share(count.sides(one)[1]))} in {name}" for name, one in alike.items()]
    title = f"NHS trusts: {', '.join(shares)} met or exceeded the standards"
    page.figure(title, rows, ordered=False)
    caption = f"Organisations in scope of {now} by type and outcome, with the share of their type"
    page.shows(caption, table)
    boards = f"{side_met} of {sides} ICBs and " if is_icb else ""
    page.figure(f"{boards}{met} of {number} trusts met or exceeded the standards", scores)
    (high, highest), (low, lowest) = ends(scores)
    page.figure(f"Composite scores run from {low} to {high} on a scale from −3 to 3", scores)
    if page.is_mapped:
        page.says(f"Highest: {highest}. Lowest: {lowest}.")
        page.says("" if is_icb else f"In {now} commissioners were assessed")
        known = {row.organisation_code for row in count.world.ods_coordinates}
        for one in scores:
            half = one.icb_outcome or f"{said(one.commissioner_score)} {one.locations}"
            for value in (half, said(one.composite_score)):
                page.says(f"|{one.icb_name}: {value} {one.region_name}|")
        for row in trusts:
            missing = f"{row.organisation_name} ({row.organisation_code})"
            is_known = row.organisation_code in known
            page.says(f"|{row.organisation_name}: {row.outcome}|" if is_known else missing)
    regions = [row for row in by_place(trusts, "region") if row.organisation_code != "none"]
    last, first = (f"{r.share} of trusts in {r.icb_name}" for r in (regions[-1], regions[0]))
    page.figure(f"From {last} to {first.replace('of trusts ', '')}", regions)
    page.says("Bar chart. " + " ".join(f"{r.icb_name}: {r.share}." for r in regions))
    for one in regions:
        page.says(f"|{one.icb_name} {many(one.organisations, 'trust')} {one.share}|")
    caption = "NHS trusts that met or exceeded the standards, by ICB"
    page.shows(caption, by_place(trusts, "icb"), ordered=True, trusts="organisations")


def organisations(count: Count, page: Page, day: date) -> None:
    edition, rows = count.of[day].edition, count.entries(day)
    histories = [row for history in count.history.values() for row in history]
    others = [row for row in histories if row.edition == edition and not row.outcome]
    page.says(f"""
        in scope of {edition}, as recorded on {said(day)}
        an outcome of {edition} or later
        CSV, {many(len(rows), "row")}
    """)
    page.shows("Organisations in scope, by name", rows)
    inherited, none = (count.entries(day, outcome_basis=b) for b in ("inherited", "not published"))
    page.shows("Organisations whose outcome is inherited", inherited)
    page.shows("Organisations that count as Not Published", none)
    page.shows("Organisations of other editions", others, why="not_counted_because")


def timeliness(count: Count, page: Page, day: date) -> None:
    deadline, rows, steps, spoken = count.of[day].deadline_on, [], [], []
    own = {row.published_on for row in count.entries(day, outcome_basis="own")} - {None}
    for kind in TYPES:
        if found := count.entries(day, organisation_type=kind):
            days = [r.days_after_deadline for r in found if r.days_after_deadline is not None]
            in_time, whole = sum(one <= 0 for one in days), len(found)
            rows.append(Row(
                organisation_type=kind, organisations=whole, by_the_deadline=in_time,
                after_it=len(days) - in_time, without_a_date_of_their_own=whole - len(days),
                longest=max(days, default=None), share_by_the_deadline=percent(in_time, whole),
            ))  # fmt: skip
            for one in sorted(own | {deadline}):
                so_far = sum(other <= (one - deadline).days for other in days)
                steps.append(Row(
                    organisation_type=kind, days_after_deadline=(one - deadline).days,
                    published_on=one, published_so_far=so_far, share=percent(so_far, whole),
                ))  # fmt: skip
            spoken.append(f"{kind} ends at {percent(len(days), whole)}.")
    _, number, in_time, late, _, longest, _ = rows[0].values()
    page.says(f"""
        last published {count.of[day].edition}, compared with its deadline, as recorded on \
            {said(day)}
        {percent(in_time, number)} of NHS trusts last published by the deadline \
            {in_time} of {number} trusts
        {late} trusts last published after the deadline {percent(late, number)} of {number} trusts
        Line chart, Days after the deadline. {" ".join(spoken)}
        {f"{many(longest, 'day')} after the deadline the latest" if late else ""}
    """)
    title = f"{in_time} of {number} trusts last published by the deadline of {said(deadline)}"
    page.figure(f"{title}, {late} after it", steps)
    caption = "Last publication by the deadline and after it, by type"
    heads = {"latest, in days after the deadline (minus means before)": "longest"}
    page.shows(caption, rows, **heads)
    after = [row for row in count.entries(day) if (row.days_after_deadline or 0) > 0]
    after.sort(key=lambda row: (-row.days_after_deadline, row.organisation_code))
    caption = "Organisations that last published after the deadline, latest first"
    page.shows(caption, after, ordered=True)


def dots(page: Page, rows: list[Row], name: str) -> None:
    """Scores on a line."""
    scores = [(short(row[name]), said(row.composite_score), row.trusts) for row in rows]
    page.says("Scale from −3 to 3. " + " ".join(f"{one}: {score}." for one, score, _ in scores))
    for one, score, trusts in scores:
        small = f" {many(trusts, 'trust')}" if name == "icb_name" else ""
        page.says(f"|{one}{small} {score if score != '–' else 'no score'}|")


def icbs(count: Count, page: Page, day: date) -> None:
    scores, regions = count.scores[day], count.region_scores(day)
    (high, highest), (low, lowest) = ends(scores)
    page.says(f"""
        region in {count.of[day].edition}, as recorded on {said(day)}
        |{high} is the highest score {highest}|
        |{low} is the lowest score {lowest}|
        CSV, {many(len(scores), "row")}
    """)
    page.figure(f"ICB scores run from {low} to {high}", scores)
    dots(page, scores, "icb_name")
    longest, spoken = max(one.trusts for one in scores), []
    for one in scores:
        of, patients = one.composite_score, one.registered_patients
        names = [short(one.icb_name), *[f"{said(of)} score"] * (of is not None)]
        names += [f"{said(patients)} patients"] * bool(patients)
        names += [str(number) for _, number in one.outcomes if 20 * number >= longest]
        page.says(f"|{' '.join(names)}|")
        parts = ", ".join(f"{outcome} {number}" for outcome, number in one.outcomes)
        spoken.append(f"{short(one.icb_name)}: {parts}.")
    page.says(f"Bar chart. {' '.join(spoken)}")
    for counted_on in {one.patients_counted_on for one in scores} - {None}:
        page.says(f"counted on {said(counted_on)}")
    title = "Outcomes of the trusts in each ICB, highest composite score first"
    rows = [Row(s, outcome=o, organisations=n) for s in scores for o, n in s.outcomes]
    page.figure(title, rows, ordered=False)
    rank = f"rank (of {max(one.icbs_in_england or 0 for one in scores)})"
    caption = f"ICBs by composite score, highest first, as recorded on {said(day)}"
    page.shows(caption, scores, ordered=True, **{rank: "rank_in_england"})
    scored = [region for region in regions if region.composite_score is not None]
    low, high = (f"{said(r.composite_score)} ({r.region_name})" for r in (scored[-1], scored[0]))
    page.figure(f"Region scores run from {low} to {high}", regions)
    dots(page, regions, "region_name")


def compare(count: Count, page: Page, day: date) -> None:
    page.says(f"in {count.of[day].edition}, side by side, as recorded on {said(day)}")
    page.shows("Scores and ranks of ICBs", count.scores[day])
    places = by_place(count.sides(day)[1], "icb")
    trusts = [row for row in places if row.organisation_code != "none"]
    page.shows("NHS trusts that met or exceeded the standards", trusts)


def moves(count: Count, page: Page, before: date, after: date, unit: str) -> Row:
    """What pages say of what became of the outcomes of one snapshot in another."""
    found, of_edition, rows = count.changes(before, after), unit == "edition", []
    then, now = (count.of[day].edition if of_edition else said(day) for day in (before, after))
    for kind in [*TYPES, *["Total"] * (not of_edition)]:
        of_kind = [row for row in found if kind in ("Total", row.organisation_type)]
        number = Counter(row.kind for row in of_kind)
        moved = [row for row in of_kind if row.kind in ("improved", "worsened")]
        rows += [Row({
            "organisation_type": kind, "improved": number["improved"], "worse": number["worsened"],
            "unchanged": number["unchanged"], "moved": len(moved),
            f"in_both_{unit}s": len(of_kind) - number["entered"] - number["left"],
            "no_outcome_seen": number["no outcome seen"], "not_compared": number[None],
            "entered": number["entered"], "left": number["left"],
            "moved,_with_the_same_date": sum(row.kept_date for row in moved),
        })] * bool(of_kind)  # fmt: skip
    _, improved, worse, stayed, _, both, *_ = rows[0].values()
    title = "Outcomes of the same trusts in two frameworks"
    if count.compare(before, after):
        title = f"{improved} trusts improved, {worse} got worse, {stayed} stayed the same"
        page.says(f"""
            |{improved} trusts improved of {both} in both {unit}s|
            |{stayed} stayed the same|
            |{worse} got worse|
        """)
    flows = Counter(
        (row.from_outcome, row.to_outcome, row.kind)
        for row in found
        if row.organisation_type == TRUST and row.from_outcome and row.to_outcome
    )
    sides = [Counter(way[side] for way in flows.elements()) for side in (0, 1)]
    lines = [
        Row(from_outcome=old, to_outcome=new, kind=kind, organisations=n,
            from_organisations=sides[0][old], to_organisations=sides[1][new])
        for (old, new, kind), n in flows.items()
    ]  # fmt: skip
    page.figure(title, lines, ordered=False)
    ways = sorted(flows, key=lambda way: [*map(BEST_FIRST.index, way[:2])])
    bands = [f"{flows[way]} from {way[0]} to {way[1]}" for way in ways]
    page.says(f"{then} on the left, {now} on the right\nFlow picture. {', '.join(bands)}.")
    page.says("\n".join(f"|{band}|" for band in bands))
    for number in sides:
        page.says(f"|{' '.join(f'{number[one]} {one}' for one in BEST_FIRST if number[one])}|")
    heads = {"new in scope": "entered", "no longer in scope": "left"}
    page.shows("Changes by type of organisation", rows, **heads)
    heads = {
        plain(then): "from_outcome", plain(now): "to_outcome", "same date": "kept_date",
        "published on (before)": "from_published_on", "published on (now)": "to_published_on",
    }  # fmt: skip
    seen = ["improved", "worsened", *["no outcome seen"] * of_edition]
    moved = [row for row in found if row.kind in seen]
    but = ", or was not seen in one of the editions" if of_edition else ""
    page.shows(f"Organisations whose outcome improved or got worse{but}", moved, **heads)
    page.says(f"CSV, {many(len(moved), 'row')}")
    came_and_went = [row for row in found if row.kind in ("entered", "left")]
    page.shows(f"Organisations in scope of one {unit} only", came_and_went, **heads)
    return rows[-1]


def changes(count: Count, page: Page, after: date) -> None:
    pairs = count.pairs(of_editions=True)
    [before] = [old for old, new in pairs if new == after]
    then, now = count.of[before], count.of[after]
    moves(count, page, before, after, "edition")
    page.says_delays(count, *[before, after] * count.compare(before, after))
    page.says(f"""
        |From {then.edition} to {now.edition}|
        from {then.edition} (as recorded on {said(before)}) to {now.edition} \
            (as recorded on {said(after)})
        recorded {count.delay[before]} and {count.delay[after]} days after
    """)
    if then.commissioner_type != now.commissioner_type:
        page.says("count different organisations as commissioners")
    for old, new in pairs if len(pairs) > 1 else []:
        page.says(f"|{count.of[old].edition} to {count.of[new].edition}|")
    for old, new in count.pairs(of_editions=False):
        if count.of[old] == count.of[new]:
            page.says(f"|Within {count.of[new].edition}: {said(old)} to {said(new)}|")


def within(count: Count, page: Page, after: date) -> None:
    [before] = [old for old, new in count.pairs(of_editions=False) if new == after]
    edition, total = count.of[after].edition, moves(count, page, before, after, "snapshot")
    page.says(f"""
        |Within {edition}: {said(before)} to {said(after)}|
        for {edition} between {said(before)} and {said(after)}, {count.delay[before]} and \
            {count.delay[after]} days after
    """)
    kept, moved = total["moved,_with_the_same_date"], total.moved
    page.says(f"{kept} of the {moved} organisations that moved kept" if moved else "")


def known(count: Count, code: str) -> str:
    """An organisation as pages name it: one that never counted has its code alone."""
    return f"{count.name(code)} ({code})" if code in count.history else code


NOT_COUNTED = {
    "closed before": "it closed before the census date",
    "opened later": "it opened after the census date",
    "not a commissioner": "other organisations are the commissioners in this edition",
}


def whence(count: Count, one: Row) -> str:
    """Why an organisation has its outcome of an edition."""
    seen, none = said(one.outcome_seen_on), f"no export up to {said(one.snapshot_date)} shows"
    match one.outcome_basis:
        case "own":
            text = f"its own outcome, “{one.outcome_status}” in the export of {seen}"
        case "later edition":
            text = f"taken from a later edition, “{one.outcome_status}” in the export of {seen},"
            text += f" because {none} this one"
        case "inherited":
            text = f"inherited from {known(count, one.inherited_from)}, because {none} an outcome"
            text += f" of its own (path {one.inheritance_path}, rule R5)"
        case "not published":
            text = f"{none} an outcome of this edition"
            text += f"; the status in that export is “{one.own_status}”" * bool(one.own_status)
        case _:
            text = f"not counted, because {NOT_COUNTED[one.not_counted_because]}"
    if one.placed_later:
        text += f". Its ICB comes from the list of {said(one.placed_later)},"
        text += " because no earlier list gives one"
    return f"|{one.edition}: {text}.|"


def published_on(one: Row, giver: str = "") -> str:
    """When an outcome was published, and whose it is."""
    if giver:
        day = f", which published it on {said(one.published_on)}" if one.published_on else ""
        return f", inherited from {giver}{day}"
    if one.published_on:
        return f", published on {said(one.published_on)}"
    return "" if one.outcome == "Not Published" else "; the date of publication is not known"


def organisation(count: Count, page: Page, code: str) -> None:
    history, days = count.history[code], count.period(code)
    heirs = [known(count, new) for _, old, new in sorted(count.ways()) if old == code]
    followed = f"; succeeded by {' and '.join(heirs)}" if heirs else ""
    page.says(f"|{known(count, code)}|\n|{count.name(code)}|\n|{code}|\nan error about {code}")
    page.says("\n".join(f"|{said(day)}|" for day in days if date.min < day < date.max))
    is_closed = days[1] < date.max
    if is_closed:
        page.says(f", closed on {said(days[1])}\n|Closed on {said(days[1])}{followed}.")
    page.says("\n".join(whence(count, one) for one in history))
    for one in history:
        giver = known(count, one.inherited_from) if one.inherited_from else ""
        if giver and is_closed:
            page.says(f"In {one.edition} the outcome of {giver} counts for it.")
        if one.outcome and one is next(entry for entry in history if entry.outcome):
            lead = f"{one.edition}: {one.outcome}, as recorded on {said(one.snapshot_date)}"
            page.says(f"|{lead}{published_on(one, giver)}.|")
    pairs = [pair for pair in count.changed if all(code in count.ledger[day] for day in pair)]
    page.says_delays(count, *dict.fromkeys(day for pair in pairs for day in pair))
    heads = {"change from the previous edition": "change", "outcome": "outcome_or_none"}
    page.shows("Outcome in each edition, newest first", history, ordered=True, **heads)
    snapshots = [entries[code] for entries in count.ledger.values() if code in entries][::-1]
    page.shows("Outcome in each snapshot, newest first", snapshots, ordered=True)
    for day, old, new in count.ways():
        page.says(f"|{known(count, old)}, on {said(day)}|" if new == code else "")
    corrected(count, page, "organisation", code)


def newest_name(count: Count, row: Row) -> str:
    """The newest name, with that of the time where it was another."""
    newest, then = count.name(row.organisation_code), row.organisation_name
    return newest if plain(newest) == plain(then) else f"{newest} ({then})"


def icb(count: Count, page: Page, code: str) -> None:
    every = [row for rows in count.scores.values() for row in rows]
    scores = {row.snapshot_date: row for row in every if row.icb_code == code}
    day, row = max(scores.items())
    edition, placed, series = row.edition, count.entries(day, icb_code=code), count.series(day)
    trusts = [one for one in placed if one.organisation_type == TRUST]
    regions = [r for r in count.region_scores(day) if r.region_code == row.region_code]
    half = f"the {row.commissioner_basis} over its sub-ICB locations"
    half = "the ICB's own points" if row.commissioner_basis == "own" else half
    of_region = "".join(f"; the region scores {said(r.composite_score)}" for r in regions)
    page.says(f"""
        |{row.icb_name}|
        toolkit, {edition}, as recorded on {said(day)}. {row.region_name} region.
        |{said(row.composite_score)} composite score on a scale from −3 to 3{of_region}|
        commissioner score: {half}. Trust score: the mean over {many(row.trusts, "trust")} with
    """)
    if row.rank_in_england:
        few = f"With only {many(row.trusts, 'trust')}, one assessment decides much of it. "
        better, worse = row.rank_one_step_better, row.rank_one_step_worse
        steps = [f"down one outcome, the rank would be {worse}"] if worse else []
        if better:
            such = "for example, from Approaching Standards to Standards Met"
            steps = [f"up one outcome ({such}), the rank would be {better}"]
            steps += [f"down one outcome, {worse}"] * bool(worse)
        shared = f"(shared by {row.icbs_with_this_score})" if row.icbs_with_this_score > 1 else ""
        page.says(f"""
            |{row.rank_in_england} of {row.icbs_in_england} in England {shared} highest first; \
                {row.rank_in_region} of {row.icbs_in_region} in {row.region_name}|
            |How firm is the rank? {few * (row.trusts <= 2)} If one trust moved \
                {"; if one moved ".join(steps)}.|
        """)
    if trusts:
        met, whole = share(trusts)
        there = percent(*share(count.sides(day)[1]))
        own = f"{met} of its {whole} trust{'s' * (whole > 1)}"
        page.says(f"{own} met or exceeded the standards in England {there} of trusts did")
    if board := count.ledger[day].get(code):
        lead = published_on(board, board.inherited_from or "").partition(", which")[0]
        page.says(f"|The ICB itself: {board.outcome}, as recorded on {said(day)}{lead}.|")
    else:
        page.says(f"In {edition} commissioners were assessed")
    is_drawn = "headquarters of its trusts" in page.text
    page.says(f"as recorded on {said(day)}." if is_drawn else "")
    for one in trusts * is_drawn:
        name, short_code = newest_name(count, one), one.organisation_code
        page.says(f"|{short_code}, {name}: {one.outcome}|\n|{name}: {one.outcome}|")
        page.text = page.text.replace(f"\n{plain(short_code)}\n", "\n\n")  # where there is room
    open_in = [count.of[newest].edition for newest in count.newest.values() if newest in scores]
    lines = []
    for other, history in count.history.items():
        line = Row(organisation=count.name(other))
        for one in [one for one in history if one.edition in open_in]:
            change = MOVED.get(one.change, one.change or "")
            if one.outcome and one.icb_code != code:
                change = f"then in {one.icb_name or 'no ICB'}"
            line[one.edition] = f"{one.outcome_or_none} {change}"
        lines += [line] * any(one.icb_code == code for one in history)
    caption = "Outcome in each edition, and how it changed"
    page.shows(caption, lines, organisation="organisation")
    page.says(f"CSV, {many(len(lines) * len(open_in), 'row')}")
    page.says_delays(count, *(newest for _, newest, _ in series))
    levels = {"icb_code": short(row.icb_name), "region_code": row.region_name, "": "England"}
    other = "The same in editions under another framework, not comparable with those"
    for caption, alike in (
        ("Share of NHS trusts that met or exceeded the standards, and how many did", True),
        (f"{other} above", False),
    ):
        shares = []
        for level, name in levels.items():
            line, place = Row(trusts_of=name), {level: row[level]} if level else {}
            for of, newest, comparable in series:
                if comparable == alike:
                    met, whole = share(count.entries(newest, organisation_type=TRUST, **place))
                    line[of] = f"{percent(met, whole)} {met}" if whole else "–"
            shares += [line] * any(cell != "–" for cell in [*line.values()][1:])
        page.shows(caption, shares, ordered=True)
    halves = [said(row[of]) for of in ("commissioner_score", "trust_score", "composite_score")]
    title = "There is no composite score: the commissioner score or the trust score is missing"
    if row.composite_score is not None:
        title = f"0.5 × {halves[0]} + 0.5 × {halves[1]} = {halves[2]}"
    page.figure(title, [row])
    heads = [*zip(("Commissioner score", "Trust score", "Composite score"), halves, strict=True)]
    page.says("Scale from −3 to 3. " + " ".join(f"{head}: {half}." for head, half in heads))
    page.says("\n".join(f"|{head} {half}|" for head, half in heads if half != "–"))
    whole_day = max((one for one in count.standings if one <= day), default=None)
    if rows := [one for one in count.standings.get(whole_day, []) if one.icb_code == code]:
        page.shows(standings_of(count, whole_day), standings(rows), ordered=True)
        left = [one for one in rows if one.standing != "met or exceeded"]
        page.says(f"CSV, {many(len(left), 'row')}")
        caption = "Practices and pharmacies that did not meet the standards"
        page.shows(f"{caption}, or are not in the export", left)
    caption = f"Organisations in this ICB, {edition}, as recorded on {said(day)}"
    page.shows(caption, [Row(one, organisation=newest_name(count, one)) for one in placed],
               organisation="organisation")  # fmt: skip
    caption = "Scores in the newest snapshot of each edition and in other recent ones, newest first"
    page.shows(caption, [*scores.values()][::-1], ordered=True)
    corrected(count, page, "ICB", code)


def standings_of(count: Count, day: date) -> str:
    """The caption of a table of standings."""
    who = "GP practices and community pharmacies that should have published"
    return f"{who} {count.of[day].edition}, as recorded on {said(day)}"


def standings(rows: list[Row]) -> list[Row]:
    """How many of these practices and pharmacies stand how, zeros too; and of each sector."""
    made = [Row(standing=standing) for standing in STANDINGS]
    for line in made:
        for sector in {row.sector for row in rows}:
            of_sector = [row for row in rows if row.sector == sector]
            so = [row for row in of_sector if row.standing == line.standing]
            part, dormant = percent(len(so), len(of_sector)), sum(row.is_dormant for row in so)
            line |= {"number": len(so), "share": part, "dormant": dormant}
            line[plain(sector).replace(" ", "_")] = f"{said(len(so))} {part}"
    return made


SECTORS = {"GP practice": ("GP", "practices"), "Community pharmacy": ("Community", "pharmacies")}


def place(count: Count, page: Page, code: str, sector: str) -> None:
    """The practices or the pharmacies of an ICB."""
    day = max(day for day, rows in count.standings.items() if any(r.icb_code == code for r in rows))
    rows = [r for r in count.standings[day] if (r.icb_code, r.sector) == (code, sector)]
    met, name = sum(row.standing == "met or exceeded" for row in rows), count.icb_name(code, day)
    edition, (kind, plural), whole = count.of[day].edition, SECTORS[sector], len(rows)
    page.says(f"""
        |{kind} {plural} in {short(name)}|
        |{name} · All ICBs|
        The {said(whole)} {plural} that were open in this
        should have published {edition}, and the standing of each, as recorded on {said(day)}
        |{percent(met, whole)} of {plural} met or exceeded the standards of {edition} \
            {said(met)} of {said(whole)}, as recorded on {said(day)}|
        CSV, {many(whole, "row")}
    """)
    heads = {plural: "number", "dormant in the list": "dormant"}
    page.shows(f"Standing of the {plural}", standings(rows), ordered=True, **heads)
    page.shows(f"All {plural}, those that did not meet the standards first", rows)


def sectors(count: Count, page: Page, day: date) -> None:
    edition, rows, census = count.of[day].edition, count.standings.get(day), count.census[day]
    page.says(f"met the standards of {edition}, as recorded on {said(day)}")
    downloaded = 0
    for sector, (kind, plural) in SECTORS.items() if rows else []:
        of_sector = [row for row in rows if row.sector == sector]
        met, lines = [row for row in of_sector if row.standing == "met or exceeded"], []
        for code in {row.icb_code for row in of_sector}:
            there, good = (sum(r.icb_code == code for r in some) for some in (of_sector, met))
            region = code and count.place(code, census).region_code
            lines.append(Row({plural: there}, icb_code=code, icb_name=count.icb_name(code, day),
                             region_name=count.region_name(region, day), organisations=good,
                             met_or_exceeded=good, expected=there, of=Fraction(good, there),
                             share=percent(good, there)))  # fmt: skip
        lines.sort(key=lambda row: (-row.of, row.icb_name or "", row.icb_code or ""))
        placed, downloaded = [row for row in lines if row.icb_code], downloaded + len(lines)
        page.says(f"""
            |{percent(len(met), len(of_sector))} of {kind} {plural} met or exceeded the standards \
                {said(len(met))} of {said(len(of_sector))} {plural} open on {said(census)}|
        """)
        for row in [row for row in lines if not row.icb_code]:
            page.says(f"|{row.expected} {plural} are not in any ICB\nnot an ICB on {said(census)}")
        caption = f"{kind} {plural} that met or exceeded the standards, highest share first"
        page.shows(caption, placed, ordered=True)
        if plural == "practices":
            first, *_, last = placed
            page.says(f"""
                |{last.share} of practices in {short(last.icb_name)}, the lowest share of an ICB \
                    {last.organisations} of {last.expected} practices|
                {said(sum(row.is_dormant for row in met))} are dormant in the list
                dormant on {said(census)}
            """)
            (low, lowest), (high, highest) = ((r.share, short(r.icb_name)) for r in (last, first))
            title = f"GP practices: from {low} in {lowest} to {high} in {highest}"
            page.figure(title, placed)
            if page.is_mapped:
                page.says(f"the standards of {edition}. practices")
                lines = [f"|{row.icb_name}: {row.share} {row.region_name}|" for row in placed]
                page.says("\n".join(lines))
    if rows:
        page.shows(standings_of(count, day), standings(rows), ordered=True)
        page.says(f"CSV, {many(downloaded, 'row')}")
    else:
        days = [said(one) for one in count.standings if one < day]
        page.says(f"""
            The file of {said(day)} is not a whole
            it has {said(len(count.rows[day]))} rows
            {f"whole export before it is that of {days[-1]}." if days else ""}
        """)
    # what the export says of every sector
    order, number, kinds, late = [*count.deadlines], Counter(), Counter(), Counter()
    for row in count.rows[day]:
        sector = "Declared as NHS trust" if row.sector == "NHS Trust" else row.sector
        key, kind = (sector, row.edition, row.outcome), "nothing published"
        if row.edition:
            behind = order.index(edition) - order.index(row.edition)
            kind = AGES[max(0, min(behind, 2))]
            late[key] += bool(row.published_on and row.published_on > count.deadlines[row.edition])
        kinds.update([(sector, kind), ("Total", kind)])
        number[key] += 1
    shows = "Rows of the export by the edition of the newest outcome that they show"
    lines = [
        Row({kind.replace(" ", "_"): kinds[sector, kind] for kind in AGES}, sector=sector)
        for sector in {sector for sector, _ in kinds}
    ]
    page.shows(f"{shows} (reporting edition: {edition})", lines,
               **{"sector, as each organisation declares it": "sector"})  # fmt: skip
    lines = [
        Row(sector=key[0], edition=key[1], outcome=key[2], rows=n, late=late[key])
        for key, n in number.items()
    ]
    caption = "Rows of the export by sector, edition and outcome"
    page.shows(caption, lines, **{"last published after the deadline": "late"})
    page.says(f"CSV, {many(len(lines), 'row')}")


AGES = [
    "reporting edition or later", "previous edition", "before the previous edition",
    "nothing published",
]  # fmt: skip


def computed(count: Count, row: Row) -> Fraction | None:
    """Our figure for one that was published, rounded as that was."""
    if row.snapshot_date not in count.rows or row.figure == "trusts_moved":
        return None
    day, decimals = row.snapshot_date, 0
    about = {"organisation_type": row.organisation_type, "icb_code": row.icb_code}
    match row.figure:
        case "composite_score":
            scores = {one.icb_code: one.composite_score for one in count.scores[day]}
            ours, decimals = scores[row.icb_code], 2
        case "trusts_by_own_code":  # of those of 20/21
            trusts = [code for code, kind in count.types.items() if kind == TRUST]
            own = [count.row.get((day, c)) for c in trusts if count.is_open(c, date(2021, 3, 31))]
            said_now = [one.outcome for one in own if one and one.edition == count.of[day].edition]
            said_now += ["Not Published"] * (len(own) - len(said_now))
            ours = Fraction(said_now.count(row.outcome))
        case _:
            wanted = {name: of for name, of in about.items() if of not in (None, "Total")}
            found = count.entries(day, **wanted)
            ours = Fraction(sum(row.outcome in (one.outcome, "Total") for one in found))
            if row.figure == "row_percent":
                ours, decimals = 100 * ours / len(found), 1
    return Fraction(half_up(ours, decimals).rstrip(".").replace("−", "-"))


def published(count: Count, page: Page) -> None:
    """What NHS England published, as it stands in the seed, beside what is counted here."""
    reasons = count.world.published_differences
    why = {tuple(row.values())[:5]: row.reason for row in reasons}
    total: dict[tuple[str, str], Counter[str]] = {}
    rows = []
    for row in count.world.published_figures:
        name, theirs = row.figure.replace("_", " "), Fraction(row.published)
        ours = computed(count, row)
        difference = None if ours is None else ours - theirs
        reason = why.get((row.publication, *[*row.values()][2:6])) if difference else None
        for of in (name, "Total"):
            kind = "equal" if difference == 0 else "missing" if ours is None else "different"
            total.setdefault((row.publication, of), Counter()).update(["published", kind])
        if row.snapshot_date not in count.rows:
            reason = "We do not have the export of this day."
        numbers = {"published": theirs, "ours": ours, "difference": difference}
        shown = {of: "–" if n is None else f"{float(n):g}" for of, n in numbers.items()}
        shown = {of: text.replace("-", "−") for of, text in shown.items()}
        rows.append(Row(row, icb_name=row.icb_code, figure=name, reason=reason) | shown)
    page.shows("Every published figure beside ours", rows)
    differing = [row for row in rows if row["difference"] != "0"]
    page.shows("Differences, each with its reason", differing)
    kinds = ("published", "equal", "different", "missing")
    lines = [
        Row({kind: number[kind] for kind in kinds}, publication=publication, figure=of)
        for (publication, of), number in total.items()
    ]
    caption = "Agreement by publication and kind of figure"
    page.shows(caption, lines, **{"snapshot not loaded": "missing"})
    for one in lines:
        if one.figure == "Total" and one.missing == one.published:
            page.says(f"|We cannot compare the {one.published} figures of “{one.publication}”")
        elif one.figure == "Total":
            page.says(f"|{one.equal} of {one.published} figures agree {one.publication}|")


def quality(count: Count, page: Page) -> None:
    exports, number = [], Counter(plain(row[0]) for row in page.tables["findings, one by one"][1:])
    for day, export in count.exports.items():
        content = export.read_bytes()
        page.says(f"|{export.name}: {sha256(content).hexdigest()}|")
        exports.append(Row(
            file=export.name, taken=taken(export), edition=count.of[day].edition,
            census=count.census[day], rows=len(count.rows[day]), in_scope=len(count.ledger[day]),
            bytes=len(content),
        ))  # fmt: skip
    words = ("completeness", "source", "encoding")
    page.shows("Exports of the toolkit that we use", exports, words=words)
    checks = [
        Row(row, check=row.check_name, findings=number[plain(row.check_name)],
            what_it_means=row.meaning) for row in count.world.dq_checks
    ]  # fmt: skip
    page.shows("Checks, and how often each found something", checks)
    entries = [one for entries in count.ledger.values() for one in entries.values()]
    found = [tuple(map(plain, row)) for row in page.tables.pop("findings, one by one")]
    nowhere = [one for one in entries if not one.icb_code and one.organisation_type != CSU]
    absent = [e for e in entries if (e.snapshot_date, e.organisation_code) not in count.row]
    for check, rows in {"be in no ICB": nowhere, "be not in the export": absent}.items():
        check = check.replace("be ", "in scope but ")
        wanted = {(plain(said(one.snapshot_date)), plain(one.organisation_code)) for one in rows}
        if wanted != {(row[2], row[3]) for row in found if row[0] == plain(check)}:
            page.faults.append(f"{check}: not {wanted}")
        page.counted += len(wanted)
    points = {row.organisation_code for row in count.world.ods_coordinates}
    trusts = [one for one in entries if one.organisation_type == TRUST]
    unplaced = [one for one in trusts if one.organisation_code not in points]
    page.shows("Trusts without a point on the map", unplaced, trust="organisation_name")
    world = count.world
    lists = {
        "ODS CSUs": world.ods_csus, "ODS sub-ICB locations": count.locations,
        "ODS trusts": [row for row in world.ods_trusts if row.organisation_code in count.types],
        "ONS ICBs": count.boards, "ONS sub-ICB locations": world.ons_sub_icb_locations,
    }  # fmt: skip
    releases = [
        Row(list=name, release=release, organisations=n)
        for name, rows in lists.items()
        for release, n in Counter(row.release_date for row in rows).items()
    ]
    page.shows("Releases of reference data in use", releases)
    software = {"dbt-core": version("dbt-core"), "duckdb": f"v{version('duckdb')}"}
    made = [Row(software=name, version=number) for name, number in software.items()]
    page.shows("Software that built the tables", made)


def data(count: Count, page: Page, site: Path) -> None:
    """Files as they lie in the site, and how many rows they have."""
    for path, form, size in files(page, "files to download", site / "data"):
        name = path.partition(".")[0]
        lead = {"XLSX": f"{form}, {size}", "DuckDB": f"({size}) contains every table"}
        page.says(lead.get(form, ""))
        if form == "Parquet":
            kept = duckdb.sql(f"from '{site / 'data' / path}'")
            page.says(f"|{name}, {many(len(kept), 'row')}|")
            columns = [row[0] for row in page.tables.pop(f"columns of {name}")[1:]]
            page.faults += [f"lists other columns of {name}"] * (columns != kept.columns)


def files(page: Page, caption: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """The files of a table with the size that it says: path, what stands before it, size."""
    for row in page.tables.pop(caption)[1:]:
        path, *before, size, _ = map(str.strip, row)
        length = (folder / path).stat().st_size
        wanted = f"{length} bytes"
        if length >= 1000:
            wanted = f"{float(half_up(Fraction(length, 1000), 1)):,.1f} kB"
        page.counted += 1
        page.faults += [f"says that {path} has {size}"] * (size != wanted)
        yield path, "".join(before), size


def releases(count: Count, page: Page, site: Path) -> None:
    """What the records say, as it stands in the seeds that are made from them."""
    changed, made = count.world.release_changes, count.world.releases[::-1]
    figures = {
        one.version: [
            row for row in changed if row.version == one.version and row.is_correction == "true"
        ]
        for one in made
    }
    heads = {"release": "version", "commit": "commit_id", "figures corrected": "corrections"}
    rows = [Row(one, corrections=len(figures[one.version])) for one in made]
    page.shows("Releases, newest first", rows, ordered=True, **heads)
    page.says(f"RELEASE={made[0].version}")
    heads = {"name": "name", "code": "code", "now": "after"}
    for one in made:
        reasons = dict.fromkeys(row.reason for row in changed if row.version == one.version)
        page.says("\n".join(f"|{reason}|" for reason in reasons))
        page.says(f"""
            |Release {one.version}, {said(one.released_on)}|
            |The tables of release {one.version}|
        """)
        if figures[one.version]:
            caption = f"Figures that release {one.version} corrected"
            page.shows(caption, figures[one.version], ordered=True, **heads)
        folder = site / "releases" / one.version
        kept = [*files(page, f"tables of release {one.version}, as parquet", folder)]
        page.faults += [f"lacks tables of {one.version}"] * (len(kept) < 20)


def corrected(count: Count, page: Page, of: str, code: str) -> None:
    """Which figures of an organisation or an ICB were corrected, the newest first."""
    days = {one.version: one.released_on for one in count.world.releases}
    rows = [
        Row(row, corrected_on=days[row.version])
        for row in count.world.release_changes
        if row.concerns == of and row.code == code
    ]
    if rows:
        dates = listed(dict.fromkeys(said(row.corrected_on) for row in rows[::-1]))
        page.says(f"|Corrected on {dates}, see releases and corrections.|")
        page.says("\n".join(f"|{reason}|" for reason in dict.fromkeys(r.reason for r in rows)))
        page.shows("Figures that were corrected", rows, now="after")


def code_of_practice(count: Count, page: Page) -> None:
    """No figures: the words of its source."""
    cells = [cell for table in page.tables.values() for row in table for cell in row]
    page.faults += [f"says {cell!r}" for cell in cells if letters(cell) not in WRITTEN]
    page.tables.clear()


def methodology(count: Count, page: Page) -> None:
    days = [*count.rows][::-1]
    edition, entries = count.of[days[0]].edition, count.entries(days[0])
    editions = [
        Row(row, deadline=row.deadline_on, census=row.census_on or "day of the snapshot")
        for row in count.world.dspt_editions
    ]
    page.shows("Edition", editions)
    meets = {points: "yes" if points > 0 else "no" for points in POINTS.values()}
    kinds = [Row(outcome=o, points=n, meets_the_standards=meets[n]) for o, n in POINTS.items()]
    page.shows("Outcome", kinds)
    delays = ((count.of[day].edition, count.delay[day], said(day)) for day in days)
    best = next(row for row in count.scores[days[0]] if row.trusts > 1)
    halves = f"0.5 × {said(best.commissioner_score)} + 0.5 × {said(best.trust_score)}"
    parts = " + ".join(f"{n} {name}" for name, n in sorted(outcomes(entries)))
    page.says(f"""
        the snapshot of {said(days[0])} reports {edition}.
        {"; ".join(f"{e}: {n} days after its deadline on {day}" for e, n, day in delays)}.
        {edition}: {parts} = {len(entries)} organisations.
        {best.icb_name}, {edition}: {halves} (mean over {best.trusts} trusts) = \
            {said(best.composite_score)}.
        If RVY were in scope of 22/23
    """)
    every = [count.ledger[day][code] for day in days for code in sorted(count.ledger[day])]
    late = [row for row in every if (row.days_after_deadline or 0) > 0]
    last = max(late, key=lambda row: (row.snapshot_date, row.days_after_deadline))
    after = many(last.days_after_deadline, "day")
    page.says(f"""
        {last.organisation_name} last published {last.edition} on \
            {said(last.published_on)}, {after} after the deadline.
    """)
    inherited = [
        f"{row.inheritance_path} ({said(row.snapshot_date)}: {row.outcome})"
        for row in every if row.outcome_basis == "inherited"
    ]  # fmt: skip
    page.says(f"Inherited in our exports: {', '.join(inherited)}." if inherited else "")
    newest = {row.organisation_code: row for row in every[::-1]}
    if row := newest.get("RBN"):
        day = said(row.published_on)
        page.says(f"RBN's outcome of {row.edition} is {row.outcome}, published on {day}.")
    if row := newest.get("RVY"):
        page.says(f"""
            in the snapshot of {said(row.snapshot_date)}, the newest that counts it, RVY has \
                its own outcome, {row.outcome}.
        """)
    for day in sorted(count.standings)[-1:]:
        rows = [row for row in count.standings[day] if row.sector == "GP practice"]
        parts = [f"{said(line.number)} {line.standing}" for line in standings(rows)]
        whole = said(len(rows))
        page.says(f"On {said(day)}, {whole} GP practices were expected: {', '.join(parts)}.")


def report_an_error(count: Count, page: Page) -> None:
    page.says("\n".join(f"|{said(taken(file))} ({file.name})|" for file in count.exports.values()))


# --- every page -----------------------------------------------------------------------------------

OF_SNAPSHOTS = {
    "snapshot": overview, "organisations": organisations, "timeliness": timeliness, "icbs": icbs,
    "compare": compare, "sectors": sectors,
}  # fmt: skip
Check = tuple[Callable[..., None] | None, date, tuple[Any, ...]]  # what checks a page, and its day


def checks(count: Count, site: Path) -> dict[str, Check]:
    """What each page has to be checked by."""
    newest = max(count.rows)
    made: dict[str, Check] = {"404": (None, newest, ()), "accessibility": (None, newest, ())}
    for kind, check in OF_SNAPSHOTS.items():
        made |= {f"{kind}/{day}": (check, day, (day,)) for day in count.rows}
        made["index" if kind == "snapshot" else kind] = check, newest, (newest,)
    for _, new in count.pairs(of_editions=True):
        made |= {f"changes/{new}": (changes, newest, (new,)), "changes": (changes, newest, (new,))}
    for old, new in count.pairs(of_editions=False):
        if count.of[old] == count.of[new]:
            made[f"within/{new}"] = within, newest, (new,)
    made |= {f"organisation/{code}": (organisation, newest, (code,)) for code in count.history}
    for day, rows in count.scores.items():
        made |= {f"icb/{row.icb_code}": (icb, day, (row.icb_code,)) for row in rows}
    for day, rows in count.standings.items():
        for code, sector in {(row.icb_code, row.sector) for row in rows if row.icb_code}:
            name = "practices" if sector == "GP practice" else "pharmacies"
            made[f"{name}/{code}"] = place, day, (code, sector)
    for check in (published, quality, methodology, report_an_error, code_of_practice):
        made[check.__name__.replace("_", "-")] = check, newest, ()
    return made | {one.__name__: (one, newest, (site,)) for one in (data, releases)}


def compare_all(count: Count, site: Path, at_least: int) -> None:
    """Every statement of a site, and how many there were."""
    wanted, number, faults = checks(count, site), 0, []
    found = {str(file.relative_to(site).with_suffix("")) for file in site.rglob("*.html")}
    faults += [f"{name}: no such page is wanted" for name in found - wanted.keys()]
    for name, (check, day, about) in wanted.items():
        page = Page(site / f"{name}.html")
        if check:
            check(count, page, *about)
        if name != "404":
            exported = said(taken(count.exports[day]))
            dated = f"{'snapshot' if name == 'index' else name}/{''.join(map(str, about))}"
            page.says(f"""
                {dated if dated in wanted else name}.html. NHS England does not publish this site
                Open Cyber, “{page.title}”, data as exported on {exported}, release
            """)
        if check in OF_SNAPSHOTS.values():
            page.says("\n".join(f"|{e.edition}, as of {said(d)}|" for d, e in count.of.items()))
        number += page.counted
        faults += [f"{name} {fault}" for fault in page.rest()]
    print(f"{number:,} statements compared")
    assert not faults, "\n".join(faults[:20])
    assert number > at_least


def test_every_statement_of_the_default_site(site: Path) -> None:
    lists: list[Row] = []
    for name, sector, kind, location, counts in (
        ("gp_practices", "GP practice", "prescribing_setting", "sub_icb_location_code", "4|RO76"),
        ("dispensaries", "Community pharmacy", "dispenser_type", "null", "1|RO182"),
    ):
        listed = duckdb.sql(
            "select release_date, organisation_code, organisation_name, postcode, status,"
            f" region_code, icb_code, opened_on, closed_on, '{sector}' as sector,"
            f" {location} as sub_icb_location_code,"
            f" if(list_has_any(split({kind}, '|'), split('{counts}', '|')), '4', '')"
            f" as prescribing_setting from '{ROOT}/data/ods/{name}_*.parquet'"
        )
        lists += [Row(zip(listed.columns, row, strict=True)) for row in listed.fetchall()]
    compare_all(Count(ROOT / "seeds", EXPORTS, lists), site, 40_000)


def test_every_statement_of_a_site_of_seven_snapshots(tmp_path: Path) -> None:
    count, database = world(tmp_path)
    build(database, tmp_path / "site")
    compare_all(count, tmp_path / "site", 4_000)
