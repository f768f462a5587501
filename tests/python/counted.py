"""What the pages can state, counted once more in plain Python from the exports and the seeds.

It rests on the oracle (`oracle.py`), and goes on in the words of the rules alone: what an export
says (R1), scores (R8), days (R9), changes (R11, R12), who should have published (R13). Rows have
the columns of the contract.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from oracle import ICB, TRUST, WORST_FIRST, Oracle, Row, nearest

BEST_FIRST = [*WORST_FIRST[::-1], "Not Published"]
POINTS = dict(zip(BEST_FIRST, (3, 1, -1, -1, -3, -3), strict=True))
STANDINGS = (
    "met or exceeded", "other outcome", "older edition", "nothing published", "not in the export",
)  # fmt: skip
PREFIXED = re.compile(r"(?:20)?(\d\d)[/-](\d\d)(?: +\(version \d+\))?(?: +-)? +(.+)")
SUFFIXED = re.compile(r"(.+) \((\d\d)-(\d\d)\)")
COLUMNS = (
    ("code", "odscode"),
    ("status", "latest status", "publicationstatus"),
    ("date of publication", "dateofpublication"),
    ("primary sector", "primarysector"),
)


# --- what files say -------------------------------------------------------------------------------


def seeds(folder: Path) -> Row:
    """The rows of all seeds by name; what is blank is None, and days are dates."""

    def value(column: str, cell: str) -> Any:
        is_day = column.endswith(("_on", "_date", "_from"))
        return (date.fromisoformat(cell) if is_day else cell) if cell else None

    found = Row()
    for file in folder.glob("*/*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            found[file.stem] = [Row({c: value(c, v) for c, v in row.items()}) for row in rows]
    return found


def meaning(status: str, labels: dict[str, str], of_2019: bool = False) -> tuple[str | None, str]:
    """R1: the edition and the outcome of a status."""
    words = status.rstrip(".").strip().lower()
    edition, label = "18/19" if of_2019 else None, words or "not published"
    if found := PREFIXED.fullmatch(words):
        edition, label = f"{found[1]}/{found[2]}", found[3]
    elif of_2019 and (found := SUFFIXED.fullmatch(words)):
        edition, label = f"{found[2]}/{found[3]}", found[1]
    outcome = labels[label]
    return (None if outcome == "Not Published" else edition), outcome


def taken(export: Path) -> datetime:
    """When an export was taken, which its name alone says."""
    [stamp] = re.findall(r"\d\d_\d\d_\d{4} \d\d_\d\d_\d\d", export.name)
    return datetime.strptime(stamp, "%d_%m_%Y %H_%M_%S")


def day_of(text: str) -> date | None:
    """A date of publication, in any form of the toolkit; None where it is not a date."""
    day = text.removesuffix(" 00:00:00")
    for signs, form in (("../../....", "%d/%m/%Y"), ("....-..-..", "%Y-%m-%d"), (".+", "%d %B %Y")):
        with suppress(ValueError):
            if re.fullmatch(signs, day):
                return datetime.strptime(day, form).date()
    return None


def clean(cell: str) -> str:
    """A cell without what is not seen at its ends."""

    def hidden(sign: str) -> bool:
        return unicodedata.category(sign)[0] in "CZ" or sign in "\ufffd\u2800"

    while cell and hidden(cell[0]):
        cell = cell[1:]
    while cell and hidden(cell[-1]):
        cell = cell[:-1]
    return cell


def cleaned(content: bytes) -> list[list[str]]:
    """The rows that say something."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    rows = [list(map(clean, row)) for row in csv.reader(io.StringIO(text, newline=""))]
    return list(filter(any, rows))


def read(export: Path, labels: dict[str, str], sectors: dict[str, str]) -> list[Row]:
    """The rows of an export, with what their statuses mean."""
    header, *rows = cleaned(export.read_bytes())
    heads = [head.lower() for head in header]
    positions = [next(heads.index(name) for name in names if name in heads) for names in COLUMNS]
    rows_read = []
    for cells in rows:
        code, status, published, sector = (cells[position] for position in positions)
        edition, outcome = meaning(status, labels, "odscode" in heads)
        rows_read.append(Row(
            snapshot_date=taken(export).date(), organisation_code=code.upper(), edition=edition,
            outcome=outcome, status=status or None, published_on=day_of(published), cells=cells,
            published_text=published,
            sector=sectors.get(sector, sector or "No Sector Identified"),
        ))  # fmt: skip
    return rows_read


# --- what the rules make of it --------------------------------------------------------------------


def mean(rows: list[Row]) -> Fraction | None:
    """The mean of their points."""
    return Fraction(sum(row.points for row in rows), len(rows)) if rows else None


def composite(commissioner: Fraction | None, trust: Fraction | None) -> Fraction | None:
    """R8: half the one, half the other, and nothing where one is missing."""
    return None if commissioner is None or trust is None else (commissioner + trust) / 2


class Count(Oracle):
    """All that there is to state of these seeds, exports and lists."""

    def __init__(self, folder: Path, exports: Iterable[Path], practices: list[Row]) -> None:
        world = seeds(folder)
        labels = {row.label: row.outcome for row in world.dspt_status_labels}
        sectors = {row.sector_as_exported: row.sector for row in world.dspt_sectors}
        self.exports = {taken(export).date(): export for export in sorted(exports, key=taken)}
        self.rows = {day: read(export, labels, sectors) for day, export in self.exports.items()}
        self.whole = [day for day, rows in self.rows.items() if len(rows) > 10_000]
        everything = [row for rows in self.rows.values() for row in rows]
        super().__init__(Row(world, assessments=everything, practices=practices))
        self.row = {(row.snapshot_date, row.organisation_code): row for row in everything}
        self.deadlines = {row.edition: row.deadline_on for row in world.dspt_editions}
        self.frameworks = {row.edition: row.framework for row in world.dspt_editions}
        self.of = {day: self.edition(day) for day in self.rows}
        self.census = {day: self.of[day].census_on or day for day in self.rows}
        self.delay = {day: (day - self.of[day].deadline_on).days for day in self.rows}  # in days
        self.newest = {edition.edition: day for day, edition in self.of.items()}
        self.ledger = {
            day: {code: self.entry(code, day) for code in self.in_scope(day)} for day in self.rows
        }
        self.organisations = sorted(set().union(*self.ledger.values()))
        self.scores = {day: self.ranked(self.icb_scores(day)) for day in self.rows}
        self.changed = {pair: self.changes(*pair) for pair in self.pairs(of_editions=True)}
        self.history = {code: self.by_edition(code) for code in self.organisations}
        self.standings = {day: self.stand(day) for day in self.whole}

    def entry(self, code: str, day: date) -> Row:
        """R4 to R7, R9: an organisation in scope of a snapshot."""
        entry, edition, shown = super().entry(code, day), self.of[day], self.row.get((day, code))
        found = self.own(entry.inherited_from or code, day)
        source = found[0] if found else None
        published = source and source.published_on
        is_own = published and entry.outcome_basis == "own"
        release = self.listing(code, self.census[day]).release_date
        is_later = entry.icb_code and release > self.census[day]
        return Row(
            entry, icb_name=self.icb_name(entry.icb_code, day),
            region_name=self.region_name(entry.region_code, day),
            placed_later=is_later and release, points=POINTS[entry.outcome],
            own_status=shown and shown.status, published_on=published,
            outcome_status=source and source.status,
            outcome_seen_on=source and self.first_seen(source),
            days_after_deadline=(published - edition.deadline_on).days if is_own else None,
            meets=entry.outcome in ("Standards Exceeded", "Standards Met"),
        )  # fmt: skip

    def first_seen(self, row: Row) -> date:
        """The first of the neighbouring exports that show a row as it is."""
        for day in sorted(day for day in self.rows if day < row.snapshot_date)[::-1]:
            before = self.row.get((day, row.organisation_code))
            if not before or before.cells != row.cells:
                break
            row = before
        return row.snapshot_date

    def icb_name(self, icb: str | None, day: date) -> str | None:
        """The name of an ICB at the census."""
        return self.place(icb, self.census[day]).organisation_name if icb else None

    def region_name(self, region: str | None, day: date) -> str | None:
        """The name of a region at the census."""
        rows = [row for row in self.world.ons_regions if row.region_code == region]
        return nearest(rows, self.census[day])[0].region_name if region else None

    def name(self, code: str) -> str:
        """The newest name of an organisation."""
        return self.listings(code, date.max)[0].name

    def entries(self, day: date, **wanted: Any) -> list[Row]:
        """Those in scope of a snapshot with these values."""
        return [row for row in self.ledger[day].values() if wanted.items() <= row.items()]

    def sides(self, day: date, **place: str | None) -> tuple[list[Row], list[Row]]:
        """The commissioners and the trusts of a place."""
        kinds = self.of[day].commissioner_type, TRUST
        commissioners, trusts = (self.entries(day, organisation_type=k, **place) for k in kinds)
        return commissioners, trusts

    def icb_scores(self, day: date) -> Iterator[Row]:
        """R8: each ICB that is open on the census date."""
        census = self.census[day]
        patients_of = self.world.ons_registered_patients
        geographies = {row.geography_from for row in patients_of}
        newest = max((one for one in geographies if one <= census), default=None)
        weights = {r.sub_icb_location_code: r for r in patients_of if r.geography_from == newest}
        for icb in [code for code, kind in self.types.items() if kind == ICB]:
            if not self.is_open(icb, census):
                continue
            side, trusts = self.sides(day, icb_code=icb)
            score, basis, patients, counted_on = mean(side), "mean", None, None
            if side and all(row.organisation_code in weights for row in side):
                weighing = [(row.points, weights[row.organisation_code]) for row in side]
                patients = sum(int(one.registered_patients) for _, one in weighing)
                total = sum(points * int(one.registered_patients) for points, one in weighing)
                score, basis = Fraction(total, patients), "weighted mean"
                counted_on = max(one.counted_on for _, one in weighing)
            own = self.ledger[day].get(icb)
            region, half = self.place(icb, census).region_code, mean(trusts)
            locations = sorted(f"{row.organisation_code} {row.outcome}" for row in side)
            yield Row(
                snapshot_date=day, edition=self.of[day].edition, icb_code=icb,
                icb_name=self.icb_name(icb, day), region_code=region,
                region_name=self.region_name(region, day), icb_outcome=own and own.outcome,
                commissioner_score=score, commissioner_basis="own" if own else basis,
                locations=None if own else ", ".join(locations), trusts=len(trusts),
                outcomes=outcomes(trusts), trust_score=half, composite_score=composite(score, half),
                registered_patients=patients, patients_counted_on=counted_on,
            )  # fmt: skip

    def ranked(self, scores: Iterable[Row]) -> list[Row]:
        """R8: the highest first, ties by code, those without a score last; each with its ranks."""
        rows = [*scores]
        scored = [row for row in rows if row.composite_score is not None]

        def rank(row: Row, step: int = 0, **among: str) -> int | None:
            if row not in scored or (step and row.trust_score == 3 * step):
                return None
            moved = row.composite_score + (Fraction(step, row.trusts) if step else 0)
            others = [one for one in scored if one is not row and among.items() <= one.items()]
            return 1 + sum(one.composite_score > moved for one in others)

        for row in rows:
            there = {"region_code": row.region_code}
            row |= {
                "rank_in_england": rank(row), "rank_in_region": rank(row, **there),
                "icbs_in_england": len(scored) if row in scored else None,
                "icbs_in_region": sum(there.items() <= one.items() for one in scored),
                "rank_one_step_better": rank(row, 1), "rank_one_step_worse": rank(row, -1),
                "has_few_trusts": row.trusts <= 2, "is_highest": rank(row) == 1,
                "is_lowest": row in scored
                and row.composite_score == min(one.composite_score for one in scored),
                "icbs_with_this_score": sum(
                    one.composite_score == row.composite_score for one in scored
                ) or None,
            }  # fmt: skip
        last = len(rows) + 1
        return sorted(rows, key=lambda row: (row.rank_in_england or last, row.icb_code))

    def region_scores(self, day: date) -> list[Row]:
        """Half the mean over a region's commissioners, half that over its trusts; best first."""
        rows = []
        for region in {row.region_code for row in self.entries(day)} - {None}:
            side, trusts = self.sides(day, region_code=region)
            score, half = mean(side), mean(trusts)
            rows.append(Row(
                region_code=region, region_name=self.region_name(region, day), trusts=len(trusts),
                commissioner_score=score, trust_score=half, composite_score=composite(score, half),
            ))  # fmt: skip

        def order(row: Row) -> tuple[bool, Fraction, str]:
            score = row.composite_score
            return score is None, -(score or Fraction()), row.region_code

        return sorted(rows, key=order)

    def series(self, day: date) -> list[tuple[str, date, bool]]:
        """The editions up to a snapshot: edition, newest snapshot, whether it compares (R11)."""
        days = [one for one in self.newest.values() if self.of[one].edition < self.of[day].edition]
        return [(self.of[one].edition, one, self.compare(one, day)) for one in [*days, day]]

    def compare(self, *days: date) -> bool:
        """R11: whether snapshots follow one framework."""
        return len({self.frameworks[self.of[day].edition] for day in days}) == 1

    def pairs(self, of_editions: bool) -> list[tuple[date, date]]:
        """The snapshots that are compared, the oldest first."""
        return [*pairwise(sorted(self.newest.values() if of_editions else self.rows))]

    def changes(self, before: date, after: date) -> list[Row]:
        """R11, R12: what became of each organisation in scope of either snapshot."""
        changes = []
        for code in self.ledger[before].keys() | self.ledger[after].keys():
            old, new = (self.ledger[day].get(code) for day in (before, after))
            opened, closed = self.period(code)
            heirs = sorted(heir for one, heir in self.successions(after) if one == code)
            kind, entered, left = None, None, None
            if not old:
                kind = "entered"
                entered = "opened" if opened > self.census[before] else "new in scope"
            elif not new:
                kind = "left"
                left = "closed" if closed < self.census[after] else "out of scope"
            elif not self.compare(before, after):
                pass
            elif "Not Published" in (old.outcome, new.outcome):
                kind = "no outcome seen"
            else:
                a, b = (BEST_FIRST.index(row.outcome) for row in (old, new))
                kind = "improved" if b < a else "worsened" if b > a else "unchanged"
            days = old and old.published_on, new and new.published_on
            changes.append(Row(
                organisation_code=code, organisation_name=(new or old).organisation_name, kind=kind,
                organisation_type=self.types[code], entered_because=entered, left_because=left,
                successor=", ".join(heirs) or None if left == "closed" else None,
                from_outcome=old and old.outcome, to_outcome=new and new.outcome,
                from_published_on=days[0], to_published_on=days[1],
                kept_date=days[0] is not None and days[0] == days[1],
            ))  # fmt: skip
        return changes

    def by_edition(self, code: str) -> list[Row]:
        """Each edition on hand, newest first: the newest snapshot that counts one, or why none."""
        rows = []
        opened, closed = self.period(code)
        for edition, newest in sorted(self.newest.items(), reverse=True):
            days = [day for day in self.rows if self.of[day].edition == edition]
            [*_, entry] = [None, *(self.ledger[d][code] for d in days if code in self.ledger[d])]
            why = "closed before" if closed < self.census[newest] else "not a commissioner"
            if opened > self.census[newest]:
                why = "opened later"
            changes = [
                change.kind
                for pair, changes in self.changed.items()
                for change in changes
                if entry and (pair[1], code) == (entry.snapshot_date, change.organisation_code)
            ]
            rows.append(Row(
                entry or dict.fromkeys(next(iter(self.ledger[newest].values()))),
                snapshot_date=entry.snapshot_date if entry else newest,
                edition=edition, change=changes[0] if changes else None,
                organisation_code=code, organisation_name=self.name(code),
                organisation_type=self.types[code], not_counted_because=None if entry else why,
                outcome_or_none=entry.outcome if entry else "Not counted",
            ))  # fmt: skip
        return rows

    def stand(self, day: date) -> list[Row]:
        """R13: who should have published, and how each stands."""
        rows = []
        for listed in self.expected(self.census[day]):
            code = listed.organisation_code
            own, shown = self.own(code, day), self.row.get((day, code))
            rows.append(Row(
                listed | self.standing(listed, day), own_status=shown and shown.status,
                is_dormant=listed.status in ("D", "DORMANT"),
                published_on=own[0].published_on if own else shown and shown.published_on,
            ))  # fmt: skip
        return rows


def outcomes(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """How many have each outcome, zeros too, best first."""
    counted = Counter(row.outcome for row in rows)
    return [(name, counted[name]) for name in BEST_FIRST if name != "Entry Level" or counted[name]]
