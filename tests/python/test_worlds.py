"""Other worlds than today's: more snapshots, 2019 at full size, 2026, 20/21.

Organisations are invented, but in the copies of the default export, of which only the file's name
and the year of the statuses are moved. Nothing of this reaches a page.
"""

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from tasks import environment
from tests.bench import EXPORTS, Bench

pytestmark = pytest.mark.full
S2019, EARLY_2022 = date(2019, 6, 17), date(2022, 2, 8)
S2022, S2023 = date(2022, 9, 9), date(2023, 11, 16)
S2025, LATE_2025, S2026 = date(2025, 9, 1), date(2025, 12, 1), date(2026, 7, 2)


# --- several snapshots --------------------------------------------------------------------------


def redated(edition: str, ahead: tuple[str, ...] = ()) -> str:
    """The export of 2023 in the year of another edition; `ahead` have published the next one."""
    text = EXPORTS[-1].read_text("utf-8").replace("22/23 ", f"{edition} ")
    text = text.replace("/2023", f"/20{edition[-2:]}")
    following = "/".join(str(int(year) + 1) for year in edition.split("/"))
    lines = text.splitlines(keepends=True)
    for n, line in enumerate(lines):
        if line.startswith(tuple(f"{code}," for code in ahead)):
            old = f"{edition} Standards "
            before, _, after = line.partition(old)
            lines[n] = f"{before}{following} Standards Not Met,{after.partition(',')[2]}"
    return "".join(lines)


AHEAD = ("RBN", "RXX")  # in December 2025 they show 25/26 already
FILES = {
    "DSPT search results 01_12_2025 09_00_00.csv": redated("24/25", AHEAD),
    "DSPT search results 02_07_2026 09_00_00.csv": redated("25/26"),
}
OLDER = {"DSPT search results 01_09_2025 09_00_00.csv": redated("24/25")}


class Worlds(NamedTuple):
    """Databases of the same project: without an older snapshot, and with it."""

    without: Path
    added: Path


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    folder = tmp_path_factory.mktemp("snapshots")
    exports = environment.lay(environment.EXPORTS, folder / "exports")
    bench = Bench()
    bench.seed()
    bench.accept(*FILES, *OLDER)

    def built(files: dict[str, str], name: str) -> Path:
        for file, text in files.items():
            (exports / file).write_text(text, "utf-8", newline="")
        bench.read(exports)
        assert bench.failed() == []
        return bench.keep(folder / name)

    return Worlds(built(FILES, "without.duckdb"), built(OLDER, "added.duckdb"))


def query(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def of_days(database: Path, days: tuple[date, ...], to: Path) -> Path:
    """The marts by snapshot, with the rows of these days alone."""
    shutil.copy(database, to)
    with duckdb.connect(str(to)) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_columns()"
            " where schema_name = 'marts' and column_name = 'snapshot_date'"
        ).fetchall():
            connection.execute(
                f"delete from marts.{table} where not list_contains(?, snapshot_date)", [days]
            )
    return to


def test_an_older_snapshot_changes_none_that_it_says_nothing_of(
    bench: Bench, worlds: Worlds, tmp_path: Path
) -> None:
    """Of 2026 only what is set beside 24/25, of which it says what two trusts had, is another."""
    beside = {
        "fct_organisation_editions", "fct_icb_organisation_editions",
        "agg_met_over_editions", "agg_outcomes_over_editions",
    }  # fmt: skip
    by_snapshot = {
        name
        for name in bench.models
        if "snapshot_date" in bench.columns(f"from {bench.relations[name]}")
    }
    for days, may_differ in (((S2022, S2023), set()), ((S2026,), beside)):
        sides = [
            of_days(database, days, tmp_path / f"{days[0]}-{n}.duckdb")
            for n, database in enumerate(worlds)
        ]
        assert len(query(sides[0], "from marts.fct_compliance")) > 200
        assert bench.changes(*sides).keys() & by_snapshot == may_differ


def test_who_has_published_the_next_edition_keeps_the_outcome_of_this_one(worlds: Worlds) -> None:
    """R4: in December RBN and RXX show 25/26; September knew their 24/25."""

    def outcomes(database: Path, day: date) -> set[tuple[Any, ...]]:
        sql = "select organisation_code, outcome, outcome_basis from marts.fct_compliance"
        return set(query(database, f"{sql} where snapshot_date = '{day}'"))

    without, added = (outcomes(database, LATE_2025) for database in worlds)
    assert without - added == {(code, "Standards Not Met", "later edition") for code in AHEAD}
    september = {row for row in outcomes(worlds.added, S2025) if row[0] in AHEAD}
    assert added - without == september
    assert {basis for _, _, basis in september} == {"own"}


# --- the world of 2026 --------------------------------------------------------------------------


def test_icbs_and_trusts_of_each_census_in_one_build(worlds: Worlds) -> None:
    """42 ICBs until 2026, then 36; and every trust but one is in an ICB."""
    counted = query(
        worlds.added,
        "select snapshot_date, (select count(*) from marts.agg_icb_scores as scores"
        " where scores.snapshot_date = compliance.snapshot_date),"
        " count(*) filter (organisation_type = 'Integrated Care Board (ICB)'),"
        " count(*) filter (organisation_type = 'NHS Trust'),"
        " count(icb_code) filter (organisation_type = 'NHS Trust')"
        " from marts.fct_compliance as compliance"
        f" where snapshot_date >= '{EARLY_2022}' group by all order by all",
    )
    assert counted == [
        (EARLY_2022, 42, 0, 216, 216),
        (S2022, 42, 0, 212, 212),
        (S2023, 42, 42, 210, 210),
        (S2025, 42, 42, 205, 204),
        (LATE_2025, 42, 42, 205, 204),
        (S2026, 36, 36, 202, 202),
    ]
    # G6V2S opened in November 2024: the only release that lists it gives it an ICB of 2026
    findings = query(
        worlds.added,
        "select snapshot_date, organisation_code from marts.dq_findings"
        f" where \"check\" = 'in scope but in no ICB' and snapshot_date >= '{EARLY_2022}'"
        " order by all",
    )
    assert findings == [(S2025, "G6V2S"), (LATE_2025, "G6V2S")]
    in_the_36 = query(
        worlds.added,
        "select count(*) from marts.fct_compliance"
        " join marts.dim_icbs using (icb_code, region_code)"
        " where release_date = '2026-04-01' and organisation_type = 'NHS Trust'"
        f" and snapshot_date = '{S2026}'",
    )
    assert in_the_36 == [(202,)]


def test_successions_of_icbs_of_2026_are_known(worlds: Worlds) -> None:
    left = query(
        worlds.added,
        "select organisation_code, left_because, successor from marts.fct_outcome_changes"
        " where comparison = 'snapshot' and kind = 'left'"
        f" and organisation_type = 'Integrated Care Board (ICB)' and to_snapshot_date = '{S2026}'",
    )
    assert len(left) == 12
    assert ("QH8", "closed", "D7T5G") in left
    assert ("QJG", "closed", "D7T5G, T6Y0W") in left
    assert all(successor for _, _, successor in left)


def test_corrections_that_the_source_has_caught_up_with_are_reported(bench: Bench) -> None:
    check = "\"check\" = 'correction that the source has caught up with'"
    caught_up = bench.rows(f"select organisation_code from marts.dq_findings where {check}")
    assert {("RA3",), ("RBA",)} <= set(caught_up)


# --- organisations that are newer than the edition ------------------------------------------------


def test_who_opened_after_the_deadline_answers_by_its_predecessors(
    bench: Bench, tmp_path: Path
) -> None:
    """R5 with real mergers: G6V2S of November 2024, the ICBs of April 2026, and RH5, no new one.

    Each path ends at a predecessor with the lowest outcome, the first by code of those.
    """
    # RH5 shows nothing, and RA4, closed for long, what it might have taken over
    lines = [
        line for line in redated("23/24").splitlines() if not line.startswith(("RH5,", "RA4,"))
    ]
    lines.append("RA4,Yeovil,23/24 Standards Exceeded,28/06/2024,NHS Trust,")
    (tmp_path / "DSPT search results 01_12_2024 09_00_00.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "DSPT search results 15_06_2026 09_00_00.csv").write_text(redated("24/25"))
    with bench.undone():
        bench.read(tmp_path)
        bench.accept(*(path.name for path in tmp_path.iterdir()))
        assert bench.failed() == []
        found = bench.rows(
            "select edition, coalesce(inheritance_path, organisation_code), outcome, outcome_basis"
            " from marts.fct_compliance where organisation_code in ('G6V2S', 'RH5', 'RA4')"
            " and edition = '23/24' or inheritance_path like '% < %' order by all"
        )
    assert found == [
        ("23/24", "G6V2S < TAF", "Approaching Standards", "inherited"),
        ("23/24", "RH5", "Not Published", "not published"),
        ("24/25", "D7T5G < QH8", "Standards Met", "inherited"),
        ("24/25", "S0E4D < QNQ", "Standards Met", "inherited"),
        ("24/25", "S1Y5D < QHG", "Standards Met", "inherited"),
        ("24/25", "S9B9J < QNQ", "Standards Met", "inherited"),
        ("24/25", "T6Y0W < QJG", "Standards Met", "inherited"),
        ("24/25", "Z9B2Z < QMJ", "Standards Met", "inherited"),
    ]


# --- the form of 2019, at its real size ---------------------------------------------------------

SECTORS_SINCE = {
    "Pharmacy": 11_455, "General Practice (GP)": 6_827, "Dentist": 4_634 + 775,
    "Social Care": 2_178 + 425, "Optician": 1_520, "Company": 1_265, "No Sector Identified": 276,
    "Other (including charities and NHS business partners)": 706 + 433 + 384 + 221 + 32 + 8,
    "CCG / Integrated Care Board (ICB)": 197, "NHS Trust": 168 + 51 + 23, "Local Authority": 155,
    "University (including researcher and secondary use)": 83 + 75 + 42,
    "Arm's Length Body": 24 + 7, "Commissioning Support Unit (CSU)": 6,
}  # fmt: skip


def test_the_form_of_2019_at_its_real_size(bench: Bench) -> None:
    """Its outcomes are counted from the file by the test of the statements."""
    [export] = [path for path in environment.EXPORTS if path.name.startswith("DSPT Progress")]
    with export.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 31_970
    of_2019 = f"from marts.fct_assessments where snapshot_date = '{S2019}'"
    assert dict(bench.rows(f"select sector, count(*) {of_2019} group by all")) == SECTORS_SINCE
    through_qio = sum(row["DateOfPublication"] == "CompletedThroughQIO" for row in rows)
    assert through_qio > 100
    without_date = f"{of_2019} and published_on is null and outcome != 'Not Published'"
    assert bench.rows(f"select count(*) {without_date}") == [(through_qio,)]
    findings = bench.rows(
        f"select detail from marts.dq_findings where snapshot_date = '{S2019}'"
        " and \"check\" in ('unreadable dates', 'sector without a place in the list')"
    )
    assert findings == [
        (f'{through_qio} publication dates are not dates, such as "CompletedThroughQIO"',)
    ]
