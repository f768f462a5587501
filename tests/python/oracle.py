"""The rules R2 to R6 and R13 and the releases, once more in plain Python.

It is written from the words of the rules alone, and rests on rows of seeds and exports. The random
worlds, the spoilt exports and the statements of the pages are compared with it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

TRUST, LOCATION = "NHS Trust", "Sub-ICB location (CCG)"
ICB, CSU = "Integrated Care Board (ICB)", "Commissioning Support Unit (CSU)"
WORST_FIRST = [
    "Standards Not Met", "Entry Level", "Approaching Standards", "Standards Met",
    "Standards Exceeded",
]  # fmt: skip
LOCATION_SUB_TYPES = (None, "C", "RO319", "RO319|RO326")
EVER, NEVER = date.min, date.max


class Row(dict[str, Any]):
    """A row, whose columns read as attributes too."""

    __getattr__ = dict.__getitem__


Ledger = dict[tuple[date, str], Row]


def nearest(rows: Iterable[Row], day: date) -> list[Row]:
    """Rows of releases, in the order in which they count for a day.

    Where two sources are of one date, ODS counts before ONS.
    """
    return sorted(
        rows,
        key=lambda row: (
            row.release_date > day,
            abs(row.release_date - day),
            row.get("source"),
        ),
    )


class Oracle:
    """The rules, one method each; `seen` counts what of them was reached.

    A world has the rows of the seeds by name, and besides the `snapshots`, the `assessments` that
    they show, the `practices` in the lists, and which of the snapshots are `whole` exports.
    """

    def __init__(self, world: Row) -> None:
        self.world = world
        self.seen: Counter[str] = Counter()
        looked_up = {board.release_date for board in world.ons_icbs}
        by_hand = [board for board in world.ods_icbs if board.release_date not in looked_up]
        self.boards = world.ons_icbs + by_hand
        english = {
            row.organisation_code
            for row in world.ods_trusts
            if row.region_code not in (None, "W00")
        }
        trusts = [row for row in world.ods_trusts if row.organisation_code in english]
        self.locations = [
            row
            for row in world.ods_commissioners
            if row.sub_type in LOCATION_SUB_TYPES
            and not row.organisation_name.endswith("SUB-ICB REPORTING ENTITY")
        ]
        self.types: dict[str, str] = {}
        self.listed: dict[str, list[Row]] = {}  # what the releases say of each organisation
        self.releases: dict[str, set[date]] = {}  # of sources without dates, by type
        for kind, source, of, rows in (
            (TRUST, "ODS", "organisation", trusts),
            (LOCATION, "ODS", "organisation", self.locations),
            (LOCATION, "ONS", "sub_icb_location", world.ons_sub_icb_locations),
            (ICB, "ICBs", "icb", self.boards),
            (CSU, "CSUs", "organisation", world.ods_csus),
        ):
            if source != "ODS":
                self.releases[kind] = {row.release_date for row in rows}
            for row in rows:
                code, name = row[f"{of}_code"], row[f"{of}_name"]
                self.types[code] = kind
                self.listed.setdefault(code, []).append(
                    Row(row, source=source, name=name, icb=row.get("icb_code"))
                )
        self.shown: dict[str, list[Row]] = {}
        for row in world.assessments:
            self.shown.setdefault(row.organisation_code, []).append(row)

    def period(self, code: str) -> tuple[date, date]:
        """R3: the first and the last day of an organisation."""
        if dated := [row for row in self.listed[code] if row.source == "ODS"]:
            newest = max(dated, key=lambda row: row.release_date)
            opened, closed = newest.opened_on, newest.closed_on
        else:
            releases = self.releases[self.types[code]]
            listed = {row.release_date for row in self.listed[code]}
            first = min(listed)
            gone = [release for release in releases - listed if release > first]
            opened = first if first > min(releases) else None
            closed = min(gone) - timedelta(days=1) if gone else None
        for correction in self.world.ods_corrections:
            what = correction.correction, correction.organisation_code
            if what == ("close organisation", code):
                closed = closed or correction.effective_on
        return opened or EVER, closed or NEVER

    def is_open(self, code: str, day: date) -> bool:
        """R3: open on a day, both ends included."""
        opened, closed = self.period(code)
        return opened <= day <= closed

    def edition(self, snapshot: date) -> Row:
        """R2: the newest edition that is due."""
        due = [row for row in self.world.dspt_editions if row.deadline_on <= snapshot]
        return max(due, key=lambda edition: edition.deadline_on)

    def in_scope(self, snapshot: date) -> list[str]:
        """R3: who counts."""
        edition = self.edition(snapshot)
        counted = {TRUST, CSU, edition.commissioner_type}
        return [
            code
            for code, kind in self.types.items()
            if kind in counted and self.is_open(code, edition.census_on or snapshot)
        ]

    def own(self, code: str, snapshot: date) -> tuple[Row, str] | None:
        """R4: the row that gives the outcome of its own, and its basis."""
        reporting = self.edition(snapshot)
        deadlines = {row.edition: row.deadline_on for row in self.world.dspt_editions}
        shown = [
            row for row in self.shown.get(code, []) if row.edition and row.snapshot_date <= snapshot
        ]
        if reported := [row for row in shown if row.edition == reporting.edition]:
            newest = max(reported, key=lambda row: row.snapshot_date)
            self.seen["own, of an earlier snapshot"] += newest.snapshot_date < snapshot
            self.seen["own, changed since"] += len({row.outcome for row in reported}) > 1
            return newest, "own"
        if later := [row for row in shown if deadlines[row.edition] > reporting.deadline_on]:
            earliest = min(deadlines[row.edition] for row in later)
            of_earliest = [row for row in later if deadlines[row.edition] == earliest]
            self.seen["later edition, of several"] += len({row.edition for row in later}) > 1
            return max(of_earliest, key=lambda row: row.snapshot_date), "later edition"
        return None

    def successions(self, snapshot: date) -> set[tuple[str, str]]:
        """R5: who had succeeded whom on or before the day of the snapshot."""
        return {(old, new) for day, old, new in self.ways() if day <= snapshot}

    def ways(self) -> set[tuple[date, str, str]]:
        """R5: when who was succeeded by whom, and what is added to that by hand."""
        return {
            (row.effective_on, row.predecessor_code, row.successor_code)
            for row in self.world.ods_successions
            if row.successor_code
        } | {
            (row.effective_on, row.organisation_code, row.successor_code)
            for row in self.world.ods_corrections
            if row.correction == "add succession"
        }

    def inherited(self, code: str, snapshot: date) -> tuple[str, str, str] | None:
        """R5: the outcome taken over, from whom, and the path there."""
        successions = self.successions(snapshot)
        if answer := self.answer(code, snapshot, successions):
            outcome, path = answer
            return outcome, path[-1], " > ".join(path)
        # who was there at the deadline never hides behind a predecessor
        opened, _ = self.period(code)
        if opened <= self.edition(snapshot).deadline_on:
            return None
        if answer := self.answer(code, snapshot, {(new, old) for old, new in successions}):
            outcome, path = answer
            return outcome, path[-1], " < ".join(path)
        return None

    def answer(
        self, code: str, snapshot: date, pairs: set[tuple[str, str]]
    ) -> tuple[str, list[str]] | None:
        """R5: the lowest outcome of the nearest generation that has any, and the path to it."""
        generation, visited = [[code]], {code}
        for _ in range(5):
            reached: dict[str, list[str]] = {}
            for path in sorted(generation):
                for _, relative in sorted(pair for pair in pairs if pair[0] == path[-1]):
                    if relative not in visited:
                        reached.setdefault(relative, [*path, relative])
            found = [
                (WORST_FIRST.index(own[0].outcome), relative)
                for relative in reached
                if (own := self.own(relative, snapshot))
            ]
            if found:
                rank, relative = min(found)
                self.seen["lowest of several"] += len({rank for rank, _ in found}) > 1
                self.seen["tie of several"] += (
                    len(found) > 1 and [r for r, _ in found].count(rank) > 1
                )
                return WORST_FIRST[rank], reached[relative]
            visited |= set(reached)
            generation = list(reached.values())
        return None

    def listings(self, code: str, day: date) -> list[Row]:
        """What the releases say of an organisation, in the order in which they count for a day."""
        return nearest(self.listed[code], day)

    def listing(self, code: str, day: date) -> Row:
        """Releases: the one that says where an organisation was on a day; else one without ICB."""
        ranked = self.listings(code, day)
        for listing in ranked:
            if self.types.get(listing.icb) == ICB and self.is_open(listing.icb, day):
                return listing
        return Row(ranked[0], icb=None)

    def place(self, code: str, day: date) -> Row:
        """Releases: the name, ICB and region of a day."""
        listing = self.listing(code, day)
        boards = self.listings(listing.icb, day) if listing.icb else []
        return Row(
            organisation_name=listing.name, icb_code=listing.icb,
            region_code=boards[0].region_code if boards else None,
        )  # fmt: skip

    def entry(self, code: str, snapshot: date) -> Row:
        """R2 to R6: what the ledger says of an organisation in scope."""
        edition = self.edition(snapshot)
        outcome, basis, giver, path = "Not Published", "not published", None, None
        if own := self.own(code, snapshot):
            outcome, basis = own[0].outcome, own[1]
        elif inherited := self.inherited(code, snapshot):
            (outcome, giver, path), basis = inherited, "inherited"
        return Row(
            self.place(code, edition.census_on or snapshot), snapshot_date=snapshot,
            organisation_code=code, edition=edition.edition, organisation_type=self.types[code],
            outcome=outcome, outcome_basis=basis, inherited_from=giver, inheritance_path=path,
        )  # fmt: skip

    def expected(self, day: date) -> list[Row]:
        """R13: the practices of England that were open on a day, by the facts of the time."""
        practices: dict[str, list[Row]] = {}
        for practice in sorted(self.world.practices, key=lambda row: row.release_date):
            practices.setdefault(practice.organisation_code, []).append(practice)
        found = []
        for rows in practices.values():
            first, newest = rows[0], rows[-1]
            of_the_time = max(
                (row for row in rows if row.release_date <= day),
                key=lambda row: row.release_date,
                default=first,
            )
            is_open = (newest.opened_on or EVER) <= day <= (newest.closed_on or NEVER)
            is_english = any((row.region_code or "").startswith("Y") for row in rows)
            settings = of_the_time.prescribing_setting.split("|")
            if is_open and is_english and {"4", "RO76"} & set(settings):
                found.append(of_the_time)
        return found

    def standing(self, practice: Row, snapshot: date) -> Row:
        """R13: how an organisation that should have published stands, and its outcome."""
        code = practice.organisation_code
        place = practice.sub_icb_location_code or practice.icb_code
        is_placed = self.types.get(place) in (LOCATION, ICB)
        census = self.edition(snapshot).census_on or snapshot
        standing, outcome = "not in the export", None
        if own := self.own(code, snapshot):
            outcome = own[0].outcome
            is_met = outcome in ("Standards Met", "Standards Exceeded")
            standing = "met or exceeded" if is_met else "other outcome"
        elif shown := [r for r in self.shown.get(code, []) if r.snapshot_date == snapshot]:
            standing = "older edition" if shown[0].edition else "nothing published"
        return Row(
            snapshot_date=snapshot, organisation_code=code, standing=standing, outcome=outcome,
            icb_code=self.place(place, census).icb_code if is_placed else None,
        )  # fmt: skip

    def ledger(self) -> Ledger:
        """Everybody in scope of a snapshot or expected to publish, with what the rules say."""
        rows = []
        for snapshot in self.world.snapshots:
            rows += [self.entry(code, snapshot) for code in self.in_scope(snapshot)]
            if snapshot in self.world.whole:
                census = self.edition(snapshot).census_on or snapshot
                rows += [self.standing(one, snapshot) for one in self.expected(census)]
        return {(row.snapshot_date, row.organisation_code): row for row in rows}
