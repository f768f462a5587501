"""The rules R2 to R6 and R13 in random worlds: the compiled SQL against the oracle.

The worlds are small and crowded: few codes, few days, many coincidences. So most of them have the
corners: a closure on the census day, a split, a loop, a release after the census. As in life, most
organisations have an outcome of their own; some worlds are shaped for what is rare.

The worlds are the same in every run. `WORLDS_SEED=N` makes others, and a failure says the seed that
it came from.
"""

import os
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random
from typing import Any, NamedTuple

import pytest
from oracle import CSU, ICB, LOCATION, TRUST, WORST_FIRST, Ledger, Oracle, Row

from tests.bench import Bench

pytestmark = pytest.mark.full

# --- the project's SQL ---------------------------------------------------------------------------


def ledger(bench: Bench, world: Row) -> Ledger:
    """Run the models on a world, of which nothing stays."""
    exports = [
        {"source_file": f"{day}.csv", "snapshot_date": day,
         "data_rows": 10_000 + (day in world.whole)}
        for day in world.snapshots
    ]  # fmt: skip
    filled = {name: rows for name, rows in world.items() if name in bench.seeds} | {
        "stg_dspt__exports": exports,
        "int_assessments_parsed": runs(world),
        "stg_ods__gp_practices": world.practices,
        "stg_ods__dispensaries": [],
    }
    with bench.undone():
        bench.accept(*(export["source_file"] for export in exports))  # crowded worlds
        for relation, rows in filled.items():
            bench.fill(relation, rows)
        bench.run("fct_compliance", "fct_sector_standing", "int_standings_counted")
        assert bench.rows(COUNTED) == bench.rows(ROWS)
        found = [
            Row(zip(columns, row, strict=True))
            for mart, columns in COMPARED.items()
            for row in bench.rows(f"select {', '.join(columns)} from marts.{mart}")
        ]
    made = {(row.snapshot_date, row.organisation_code): row for row in found}
    assert len(made) == len(found), "an organisation is in the ledger twice"
    return made


COUNTED = """
    select snapshot_date, standing, cast(sum(organisations) as bigint)
    from rules.int_standings_counted group by all order by all
"""
ROWS = """
    select snapshot_date, standing, count(*)
    from marts.fct_sector_standing group by all order by all
"""
COMPARED = {
    "fct_compliance": (
        "snapshot_date", "organisation_code", "edition", "organisation_type", "organisation_name",
        "icb_code", "region_code", "outcome", "outcome_basis", "inherited_from",
        "inheritance_path",
    ),
    "fct_sector_standing": (
        "snapshot_date", "organisation_code", "icb_code", "standing", "outcome",
    ),
}  # fmt: skip


def runs(world: Row) -> list[Row]:
    """The assessments, each for as long as neighbouring snapshots show the same."""
    shown = {(row.organisation_code, row.snapshot_date): row for row in world.assessments}
    made: list[Row] = []
    for code in sorted({code for code, _ in shown}):
        shown_last = None
        for day in sorted(world.snapshots):
            before, row = shown_last, shown.get((code, day))
            shown_last = row and (row.edition, row.outcome)
            if shown_last and shown_last == before:
                made[-1]["last_snapshot_date"] = day
            elif shown_last:
                made.append(Row(
                    organisation_code=code, edition=row.edition, outcome=row.outcome,
                    first_snapshot_date=day, last_snapshot_date=day,
                ))  # fmt: skip
    return made


# --- random worlds -------------------------------------------------------------------------------

TRUSTS = ["RA1", "RA2", "RA3", "RA4", "RA5", "TA6", "G7A7B"]
LOCATIONS = ["01A", "02B", "H3C3D"]
BOARDS = ["QA1", "QB2", "D3E3F"]
UNITS = ["0AA", "0BB"]
HUB, UNLISTED = "13R", "RZ9"  # a commissioning hub, and a code that ODS does not list
PRACTICES = ["A81001", "B82002", "Y03003"]  # one mostly late, one as others, one silent
EVERYBODY = [*TRUSTS, *LOCATIONS, *BOARDS, *UNITS, HUB, UNLISTED, *PRACTICES]
REGIONS = ["Y56", "Y63"]
SNAPSHOTS = [
    date(2021, 6, 30), date(2022, 6, 29), date(2022, 9, 9), date(2023, 6, 30), date(2023, 11, 16),
]  # fmt: skip
DAYS = [date(2021, 3, 31), date(2021, 4, 1), *SNAPSHOTS, date(2023, 11, 17), date(2026, 4, 1)]
RELEASES = [date(2021, 4, 1), date(2022, 9, 9), date(2023, 11, 1), date(2026, 4, 1)]
EDITIONS = {f"{year - 1}/{year}": 2000 + year for year in range(20, 26)}


class Shape(NamedTuple):
    """Successions that a world has for certain, and who shows nothing in it.

    HEAD, silent and in scope for certain, stands at one end of them, and is new at the other.
    """

    pairs: list[tuple[str, str]]
    silent: list[str]
    is_head_new: bool = False


HEAD, *OTHERS = TRUSTS
CHAIN, SPLIT = [*pairwise([*TRUSTS, UNLISTED])], [(HEAD, new) for new in [*OTHERS[:2], UNLISTED]]
RELATED = [
    (CHAIN, TRUSTS[:2]),  # who speaks is two steps away
    (CHAIN, TRUSTS[:5]),  # five
    (CHAIN, TRUSTS[:6]),  # one too many
    (SPLIT, [HEAD]),
    (SPLIT, TRUSTS),
]
SHAPES = [  # and how many worlds of each
    (Shape([], []), 80),
    (Shape([], TRUSTS[::2]), 20),
    *((Shape(pairs, silent), 12) for pairs, silent in RELATED),
    *((Shape([(new, old) for old, new in pairs], silent, True), 25) for pairs, silent in RELATED),
]

PERIOD = {"opened_on": [None, None, *DAYS[:4]], "closed_on": [None, None, None, *DAYS]}
MAYBE_BOARD = [*BOARDS, *BOARDS, "Q99", None]


def released(source: str, release: date, code: str, of: str = "organisation", **also: Any) -> Row:
    """A row of a release, with a name of its own, so that a row of a wrong release shows."""
    name = f"{code} in {source} of {release}"
    return Row({"release_date": release, f"{of}_code": code, f"{of}_name": name}, **also)


def releases(chance: Random) -> list[date]:
    """One to three of them."""
    return sorted(chance.sample(RELEASES, chance.randint(1, 3)))


def listed(
    chance: Random, codes: list[str], dates: list[date] | None = None, **columns: list[Any]
) -> list[Row]:
    """Most of these codes in each release; of each column, one of its values."""
    return [
        released("ODS", release, code, **{name: chance.choice(of) for name, of in columns.items()})
        for release in dates or releases(chance)
        for code in codes
        if chance.random() < 2 / 3
    ]


def unbroken(chance: Random, codes: list[str]) -> list[tuple[date, str]]:
    """Releases of a source without dates: a code comes and goes once."""
    dates, pairs = releases(chance), []
    for code in codes:
        start = chance.choice([0, 0, *range(len(dates))])
        end = chance.choice([len(dates), *range(len(dates) + 1)])
        pairs += [(release, code) for release in dates[start:end]]
    return pairs


def successions(chance: Random, shape: Shape) -> list[Row]:
    """Those of the shape, and any others: loops, of the future, without a target."""
    somebody, old = [*TRUSTS, *TRUSTS, UNLISTED, "01A", "QA1", "D3E3F"], chance.choice(DAYS[:3])
    edges = [
        (chance.choice(somebody), chance.choice([*somebody, *[None] * 5]), chance.choice(DAYS))
        for _ in range(chance.randint(0, 2 if shape.pairs else 12))
    ]
    columns = ("predecessor_code", "successor_code", "effective_on")
    every = dict.fromkeys(edges + [(*pair, old) for pair in shape.pairs])
    return [Row(zip(columns, row, strict=True)) for row in every]


def corrections(chance: Random) -> list[Row]:
    """A few successions that the source lacks, and closures, one of an organisation at most."""
    pairs = chance.sample([*product(TRUSTS, repeat=2)], chance.randint(0, 2))
    closed = chance.sample(EVERYBODY, chance.randint(0, 2))
    rows = [("add succession", *pair) for pair in pairs]
    rows += [("close organisation", code, None) for code in closed]
    return [
        Row(correction=what, organisation_code=code, successor_code=successor,
            effective_on=chance.choice(DAYS))
        for what, code, successor in rows
    ]  # fmt: skip


def assessments(chance: Random, silent: list[str], snapshots: list[date]) -> list[Row]:
    """What everybody else shows: mostly the edition that is due, as in life."""
    rows = []
    often = chance.choice([20, 20, 20, 2])
    for snapshot in snapshots:
        *before, due = [name for name, year in EDITIONS.items() if date(year, 6, 30) <= snapshot]
        following = [name for name in EDITIONS if name not in (*before, due)]
        for code in EVERYBODY:
            of = [*[due] * often, *before[-1:], *following[:2]]
            if code == PRACTICES[0]:
                of = [due, *before]
            edition, outcome = chance.choice(of), chance.choice(WORST_FIRST)
            if code in (*silent, PRACTICES[-1]) or chance.random() < 0.05:
                if chance.random() < 0.5:  # no row in the export, else one without an edition
                    continue
                edition, outcome = None, "Not Published"
            rows.append(Row(
                snapshot_date=snapshot, organisation_code=code, edition=edition, outcome=outcome,
            ))  # fmt: skip
    return rows


def random_world(chance: Random, shape: Shape) -> Row:
    """A small world with everything that the rules speak of."""
    snapshots = chance.sample(SNAPSHOTS, chance.randint(1, 3))
    editions = [
        Row(
            edition=name, deadline_on=date(year, 6, 30),
            census_on=chance.choice([None, None, None, chance.choice(DAYS)]),
            commissioner_type=ICB if year >= 2023 else LOCATION,
        )
        for name, year in EDITIONS.items()
    ]  # fmt: skip

    def board(release: date, code: str) -> Row:
        return released("ICBs", release, code, "icb", region_code=chance.choice(REGIONS))

    boards = [board(*pair) for pair in unbroken(chance, BOARDS)]
    lookups = [row for row in boards if row.release_date != RELEASES[-1]]
    # kept by hand: the newest release, and one that counts no more, for there is a lookup of it
    by_hand = [row for row in boards if row not in lookups]
    by_hand += [
        board(row.release_date, code)
        for row in lookups[:1] for code in BOARDS if chance.random() < 0.5
    ]  # fmt: skip
    english = [*REGIONS, *REGIONS, *REGIONS, "W00", None]
    trusts = listed(chance, TRUSTS, region_code=english, icb_code=MAYBE_BOARD, **PERIOD)
    if shape.pairs:
        # new: opened on the newest deadline, the day after it, or the day of the snapshot
        newest = max(snapshots)
        deadline = max(e.deadline_on for e in editions if e.deadline_on <= newest)
        lately = chance.choice([deadline, deadline + timedelta(days=1), newest, newest])
        trusts = [trust for trust in trusts if trust.organisation_code != HEAD]
        trusts.append(released(
            "ODS", RELEASES[0], HEAD, region_code=REGIONS[0], icb_code=None,
            opened_on=lately if shape.is_head_new else None, closed_on=None,
        ))  # fmt: skip
    commissioners = [
        row
        for sub_type, codes, dates in (("C", LOCATIONS[1:], None), ("H", [HUB], RELEASES[:1]))
        for row in listed(chance, codes, dates, sub_type=[sub_type], icb_code=MAYBE_BOARD, **PERIOD)
    ]
    return Row(
        snapshots=snapshots,
        dspt_editions=editions,
        ods_trusts=trusts,
        ods_commissioners=commissioners,
        ons_sub_icb_locations=[
            released("ONS", *pair, "sub_icb_location", icb_code=chance.choice([*BOARDS, "Q99"]))
            for pair in unbroken(chance, LOCATIONS)
        ],
        ons_icbs=lookups,
        ods_icbs=by_hand,
        ods_csus=[released("CSUs", *pair) for pair in unbroken(chance, UNITS)],
        ods_successions=successions(chance, shape),
        ods_corrections=corrections(chance),
        assessments=assessments(chance, shape.silent, snapshots),
        practices=listed(
            chance, PRACTICES, prescribing_setting=["4", "4", "RO76|RO268", "25"],
            region_code=[*REGIONS, *REGIONS, "W00", None],
            sub_icb_location_code=[*LOCATIONS, "99Z"], **PERIOD,
        ),
        whole=chance.sample(snapshots, chance.randint(0, len(snapshots))),
    )  # fmt: skip


def some_worlds(number: int, most: int | None = None) -> list[Row]:
    """The worlds that grow from a number, or so many of each shape."""
    chance = Random(number)
    return [random_world(chance, shape) for shape, worlds in SHAPES for _ in range(most or worlds)]


def test_the_sql_and_the_words_of_the_rules_agree(bench: Bench) -> None:
    number = int(os.environ.get("WORLDS_SEED", "1"))
    seen: Counter[str] = Counter()
    every = some_worlds(number)
    for which, world in enumerate(every):
        oracle = Oracle(world)
        expected, computed = oracle.ledger(), ledger(bench, world)
        differing = {
            key: {"rules": expected.get(key), "sql": computed.get(key)}
            for key in sorted(expected.keys() | computed.keys())
            if expected.get(key) != computed.get(key)
        }
        assert not differing, f"WORLDS_SEED={number}, world {which}: {differing}\n{world}"
        seen.update(oracle.seen)
        seen.update(what for row in expected.values() for what in kinds_of(row))
    print(f"Reached with WORLDS_SEED={number}:", dict(seen.most_common()))
    assert len(every) >= 250
    rare = {what: seen[what] for what in KINDS if seen[what] < 5}
    assert not rare, f"the worlds of WORLDS_SEED={number} hardly reach {rare}"
    # in life 19 of 20, but then hardly anything else would be reached
    assert seen["own"] > 0.5 * sum(seen[basis] for basis in BASES)


BASES = ["own", "later edition", "inherited", "not published"]
KINDS = [
    *BASES, "own, of an earlier snapshot", "own, changed since", "later edition, of several",
    "1 on", "2 on", "5 on", "1 back", "2 back", "5 back", "lowest of several", "tie of several",
    TRUST, LOCATION, ICB, CSU, "in no ICB", "inherited from outside ODS",
    "met or exceeded", "other outcome", "older edition", "nothing published", "not in the export",
]  # fmt: skip


def kinds_of(row: Row) -> list[str]:
    """Say what a row shows of the rules, to see that the worlds reach all of them."""
    if "standing" in row:
        return [row.standing]
    kinds = [row.outcome_basis, row.organisation_type]
    if row.inheritance_path:
        forwards, backwards = row.inheritance_path.count(">"), row.inheritance_path.count("<")
        kinds.append(f"{forwards} on" if forwards else f"{backwards} back")
    if row.icb_code is None and row.organisation_type != CSU:
        kinds.append("in no ICB")
    if row.inherited_from == UNLISTED:
        kinds.append("inherited from outside ODS")
    return kinds
