"""Whole builds of other worlds than today's: more snapshots, 2019 at full size, 2026, 20/21.

Organisations are invented, but in the copies of the default export, of which only the file's name
and the year of the statuses are moved. Nothing of this reaches a page.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from copied import EXPORTS, ROOT, Project, query

EARLY_2022, S2022, S2023 = date(2022, 2, 8), date(2022, 9, 9), date(2023, 11, 16)
S2025, LATE_2025, S2026 = date(2025, 9, 1), date(2025, 12, 1), date(2026, 7, 2)
DATA_TESTS = ("--exclude-resource-type", "unit_test")  # what a world cannot change is tested once


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("worlds"))


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


class Worlds:
    """Databases of the same project: without an older snapshot, with it added, with it always."""

    def __init__(self, project: Project, folder: Path) -> None:
        exports, upper = folder / "exports", folder / "other order"
        exports.mkdir()
        upper.mkdir()
        for source in EXPORTS:
            shutil.copy(source, exports)
        self.without = self._built(project, exports, FILES, folder / "without.duckdb")
        self.added = self._built(project, exports, OLDER, folder / "added.duckdb")
        for n, path in enumerate(sorted(exports.iterdir(), reverse=True)):
            copy = upper / path.with_suffix(".CSV" if n % 2 else ".csv").name
            shutil.copy(path, copy)
            os.utime(copy, (n, n))
        project.database.unlink()
        self.always = self._built(project, f"{upper}/*", {}, folder / "always.duckdb")

    def _built(
        self, project: Project, exports: Path | str, files: dict[str, str], to: Path
    ) -> Path:
        for name, text in files.items():
            (Path(exports) / name).write_text(text, "utf-8", newline="")
        assert project.build(exports, *DATA_TESTS) == {}
        return Path(shutil.copy(project.database, to))


@pytest.fixture(scope="module")
def worlds(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return Worlds(project, tmp_path_factory.mktemp("snapshots"))


def marts(database: Path, where: str = "true") -> dict[str, Counter[tuple[Any, ...]]]:
    """The rows of every mart, but for the name of the file; `where` only for those by snapshot."""
    columns = query(
        database,
        "select table_name, list(column_name order by ordinal_position)"
        " from information_schema.columns where table_schema = 'marts' group by table_name",
    )
    rows = {}
    for table, names in columns:
        if where == "true" or "snapshot_date" in names:
            wanted = ", ".join(f'"{name}"' for name in names if name != "source_file")
            rows[table] = Counter(
                query(database, f"select {wanted} from marts.{table} where {where}")
            )
    return rows


def test_an_older_snapshot_added_later_gives_what_having_it_always_gives(worlds: Worlds) -> None:
    added, always = marts(worlds.added), marts(worlds.always)
    assert len(added) >= 18
    for table in added:
        assert added[table] == always[table], table


def test_an_older_snapshot_changes_none_that_it_says_nothing_of(worlds: Worlds) -> None:
    """Of 2026 only what is set beside 24/25, of which it says what two trusts had, is another."""
    beside = {
        "fct_organisation_editions", "fct_icb_organisation_editions",
        "agg_met_over_editions", "agg_outcomes_over_editions",
    }  # fmt: skip
    for others, may_differ in ((f"'{S2022}', '{S2023}'", set()), (f"'{S2026}'", beside)):
        where = f"snapshot_date in ({others})"
        without, added = marts(worlds.without, where), marts(worlds.added, where)
        assert without["fct_compliance"].total() > 200
        assert {table for table in without if without[table] != added[table]} == may_differ


def test_who_has_published_the_next_edition_keeps_the_outcome_of_this_one(worlds: Worlds) -> None:
    """R4: in December RBN and RXX show 25/26; September knew their 24/25."""

    def outcomes(database: Path) -> set[tuple[Any, ...]]:
        sql = "select organisation_code, outcome, outcome_basis from marts.fct_compliance"
        return set(query(database, f"{sql} where snapshot_date = '{LATE_2025}'"))

    without, added = outcomes(worlds.without), outcomes(worlds.added)
    assert without - added == {(code, "Standards Not Met", "later edition") for code in AHEAD}
    september = query(
        worlds.added,
        "select organisation_code, outcome, outcome_basis from marts.fct_compliance"
        f" where snapshot_date = '{S2025}' and organisation_code in {AHEAD}",
    )
    assert added - without == set(september)
    assert {basis for _, _, basis in september} == {"own"}


# --- the world of 2026 --------------------------------------------------------------------------


def test_42_icbs_of_2023_and_36_of_2026_in_one_build(worlds: Worlds) -> None:
    scores = query(
        worlds.added,
        "select snapshot_date, count(*) from marts.agg_icb_scores group by all order by all",
    )
    later_on = [(S2025, 42), (LATE_2025, 42), (S2026, 36)]
    assert scores == [(EARLY_2022, 42), (S2022, 42), (S2023, 42), *later_on]
    boards = query(
        worlds.added,
        "select snapshot_date, count(*) from marts.fct_compliance"
        " where organisation_type = 'Integrated Care Board (ICB)' group by all order by all",
    )
    assert boards == [(S2023, 42), *later_on]


def test_trusts_in_scope_at_each_census(worlds: Worlds) -> None:
    trusts = query(
        worlds.added,
        "select snapshot_date, count(*), count(icb_code) from marts.fct_compliance"
        " where organisation_type = 'NHS Trust' group by all order by all",
    )
    # G6V2S opened in November 2024: the only release that lists it gives it an ICB of 2026
    assert trusts == [
        (EARLY_2022, 216, 216),
        (S2022, 212, 212),
        (S2023, 210, 210),
        (S2025, 205, 204),
        (LATE_2025, 205, 204),
        (S2026, 202, 202),
    ]
    findings = query(
        worlds.added,
        "select snapshot_date, organisation_code from marts.dq_findings"
        " where \"check\" = 'in scope but in no ICB' order by all",
    )
    assert findings == [(S2025, "G6V2S"), (LATE_2025, "G6V2S")]


def test_every_trust_of_2026_is_in_one_of_the_36(worlds: Worlds) -> None:
    places = query(
        worlds.added,
        "select compliance.icb_code, boards.icb_code, boards.region_code = compliance.region_code"
        " from marts.fct_compliance as compliance left join marts.dim_icbs as boards"
        " on compliance.icb_code = boards.icb_code and boards.release_date = '2026-04-01'"
        f" where organisation_type = 'NHS Trust' and snapshot_date = '{S2026}'",
    )
    assert len(places) == 202
    assert all(ours and ours == theirs and same_region for ours, theirs, same_region in places)


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


def test_corrections_that_the_source_has_caught_up_with_are_reported(worlds: Worlds) -> None:
    assert {"RA3", "RBA"} <= caught_up(worlds.added)


def caught_up(database: Path) -> set[str]:
    rows = query(
        database,
        "select organisation_code from marts.dq_findings"
        " where \"check\" = 'correction that the source has caught up with'",
    )
    return {code for (code,) in rows}


# --- organisations that are newer than the edition ------------------------------------------------


def test_who_opened_after_the_deadline_answers_by_its_predecessors(
    project: Project, tmp_path: Path
) -> None:
    """R5 with real mergers: G6V2S of November 2024, the ICBs of April 2026, and RH5, no new one."""
    in_2024, in_2026 = date(2024, 12, 1), date(2026, 6, 15)
    # RH5 shows nothing, and RA4, closed for long, what it might have taken over
    lines = [
        line for line in redated("23/24").splitlines() if not line.startswith(("RH5,", "RA4,"))
    ]
    lines.append("RA4,Yeovil,23/24 Standards Exceeded,28/06/2024,NHS Trust,")
    (tmp_path / "DSPT search results 01_12_2024 09_00_00.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "DSPT search results 15_06_2026 09_00_00.csv").write_text(redated("24/25"))
    project.database.unlink(missing_ok=True)
    assert project.build(tmp_path, *DATA_TESTS) == {}

    def found(day: date, *codes: str) -> list[tuple[Any, ...]]:
        return project.query(
            "select organisation_code, edition, outcome, outcome_basis, inherited_from,"
            " inheritance_path from marts.fct_compliance"
            f" where snapshot_date = '{day}' and list_contains({list(codes)}, organisation_code)"
            " order by all"
        )

    def lowest(day: date, *codes: str) -> tuple[Any, ...]:
        (row,) = project.query(
            "select assessments.outcome, assessments.organisation_code"
            " from marts.fct_assessments as assessments join marts.dim_outcomes as outcomes"
            " on assessments.outcome = outcomes.outcome"
            f" where snapshot_date = '{day}' and list_contains({list(codes)}, organisation_code)"
            " order by outcome_order desc, organisation_code limit 1"
        )
        return row

    for day, edition, code, predecessors in [
        (in_2024, "23/24", "G6V2S", ("RRP", "TAF")),
        (in_2026, "24/25", "S1Y5D", ("QHG", "QUE", "QM7")),
    ]:
        outcome, giver = lowest(day, *predecessors)
        path = f"{code} < {giver}"
        assert found(day, code) == [(code, edition, outcome, "inherited", giver, path)]
    assert found(in_2024, "RH5", "RA4") == [
        ("RH5", "23/24", "Not Published", "not published", None, None)
    ]
    # in 2026 six ICBs are new, and none of them is called Not Published
    new = project.query(
        "select distinct inheritance_path like organisation_code || ' < %', count(*)"
        f" from marts.fct_compliance where snapshot_date = '{in_2026}' and organisation_code in"
        " ('S1Y5D', 'D7T5G', 'T6Y0W', 'Z9B2Z', 'S0E4D', 'S9B9J') group by all"
    )
    assert new == [(True, 6)]


# --- the form of 2019, at the size of the real file --------------------------------------------

SECTORS_2019 = {
    "Pharmacy": 11_455, "GP": 6_827, "Dentist (NHS)": 4_634, "Care Home": 2_178,
    "Optician": 1_520, "Company": 1_265, "Dentist (Private)": 775, "Charity / Hospice": 706,
    "AQP Clinical Services": 433, "Domiciliary Care Organisation": 425,
    "NHS Business Partner": 384, "PROFILE NOT COMPLETE": 276,
    "Community Services Provider": 221, "CCG": 197, "Acute": 168, "Local Authority": 155,
    "Secondary Use Organisation": 83, "Researcher / Department": 75, "Mental Health Trust": 51,
    "University": 42, "AQP Non-Clinical Services": 32, "Arms Length Body": 24,
    "Ambulance Trust": 23, "Prison": 8, "NHS Digital": 7, "CSU": 6,
}  # fmt: skip
SECTORS_SINCE = {
    "Pharmacy": 11_455, "General Practice (GP)": 6_827, "Dentist": 4_634 + 775,
    "Social Care": 2_178 + 425, "Optician": 1_520, "Company": 1_265, "No Sector Identified": 276,
    "Other (including charities and NHS business partners)": 706 + 433 + 384 + 221 + 32 + 8,
    "CCG / Integrated Care Board (ICB)": 197, "NHS Trust": 168 + 51 + 23, "Local Authority": 155,
    "University (including researcher and secondary use)": 83 + 75 + 42,
    "Arm's Length Body": 24 + 7, "Commissioning Support Unit (CSU)": 6,
}  # fmt: skip
STATUSES_2019 = {
    "Standards Met": ("18/19", "Standards Met"),
    "": (None, "Not Published"),
    "Entry Level": ("18/19", "Entry Level"),
    "Standards Exceeded": ("18/19", "Standards Exceeded"),
    "Standards not fully met (plan agreed)": ("18/19", "Approaching Standards"),
    "Standards Met (19-20)": ("19/20", "Standards Met"),
    "Standards Not Met": ("18/19", "Standards Not Met"),
    "Entry Level (19-20)": ("19/20", "Entry Level"),
}


def rows_of_2019() -> Iterator[list[str]]:
    """The 31,970 rows: every sector as often as it was, every status and kind of date in turn."""
    sectors = (sector for sector, count in SECTORS_2019.items() for _ in range(count))
    dates = cycle(["29/03/2019", "CompletedThroughQIO", "31/03/2019"])
    for n, (sector, status) in enumerate(zip(sectors, cycle(STATUSES_2019), strict=False)):
        published = next(dates) if status else ""
        yield [f"Invented, {n} Ltd", f"ZZ{n:05}", status, published, sector, ""]


def test_the_form_of_2019_at_its_real_size(project: Project, tmp_path: Path) -> None:
    rows = list(rows_of_2019())
    assert (len(rows), len(SECTORS_2019)) == (31_970, 26)
    path = tmp_path / "DSPT Progress as of 17_06_2019 09_00_00 publish.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        header = "OrganisationName,ODSCode,PublicationStatus,DateOfPublication,PrimarySector"
        csv.writer(file).writerows([[*header.split(","), "CCG (from ODS and CQC)"], *rows])
    project.database.unlink(missing_ok=True)
    assert project.build(tmp_path, *DATA_TESTS) == {}

    query = project.query
    assert query("select reporting_edition, organisations from marts.dim_snapshots") == [
        ("18/19", 31_970)
    ]
    assert query("select count(*) from marts.fct_assessments") == [(31_970,)]
    sectors = query("select sector, count(*) from marts.fct_assessments group by all")
    assert dict(sectors) == SECTORS_SINCE
    outcomes = Counter(STATUSES_2019[row[2]] for row in rows)
    counted = query("select edition, outcome, count(*) from marts.fct_assessments group by all")
    assert {(edition, outcome): n for edition, outcome, n in counted} == outcomes
    through_qio = sum(row[3] == "CompletedThroughQIO" for row in rows)
    assert query("select count(*) from marts.fct_assessments where published_on is null") == [
        (through_qio + outcomes[None, "Not Published"],)
    ]
    findings = query(
        "select \"check\", detail from marts.dq_findings where snapshot_date = '2019-06-17'"
        " and \"check\" in ('unreadable dates', 'sector without a place in the list')"
    )
    assert findings == [
        (
            "unreadable dates",
            f'{through_qio} publication dates are no dates, such as "CompletedThroughQIO"',
        )
    ]


# --- an edition that the project has never had ---------------------------------------------------


def seed_rows(project: Project, name: str) -> list[list[str]]:
    with (project.root / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, rows: list[list[str]], line_end: str = "\r\n") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator=line_end).writerows(rows)


def ods(code: str, name: str, opened: str, closed: str = "", sub_type: str = "") -> list[str]:
    """A row of etr or eccg, 27 columns: an invented organisation in Northumberland."""
    row = [code, name, "Y63", "QHM", *[""] * 5, "ZZ1 1AA", opened, closed, "", sub_type]
    return [*row, *[""] * 13]


def official_files(project: Project, folder: Path) -> int:
    """Writes official files of spring 2021; gives the number of CCGs of before 1 April 2021.

    The lookup of April 2020 is that of April 2021, but for the CCGs that opened in between: in the
    place of each stand two invented ones, which are to merge into it.
    """
    write(folder / "etr_2021-03.csv", [
        ods("RZ0", "MERGING NHS TRUST", "20100401", "20210331"),
        ods("RZ1", "TAKING OVER NHS TRUST", "20100401"),
        ods("RZ2", "NHS TRUST TO BE SPLIT", "20100401"),
        ods("RZ5", "CLOSED NHS TRUST", "20100401", "20210330"),
    ])  # fmt: skip
    write(folder / "eccg_2021-04.csv", [
        ods("90Y", "NHS INVENTED NORTH CCG", "20130401", "20210331", "C"),
        ods("90Z", "NHS INVENTED SOUTH CCG", "20130401", "20210331", "C"),
        ods("Z9Z9Z", "NHS INVENTED CCG", "20210401", "", "C"),
        ods("90H", "INVENTED COMMISSIONING HUB", "20130401", "", "H"),
    ])  # fmt: skip
    write(folder / "succ.csv", [
        ["RZ0", "RZ1", "R", "20210401", ""],
        ["RZ2", "RZ3", "R", "20211001", ""],
        ["RZ2", "RZ4", "R", "20211001", ""],
        ["90Y", "Z9Z9Z", "R", "20210401", ""],
        ["90Z", "Z9Z9Z", "R", "20210401", ""],
    ])  # fmt: skip
    opened = {row[1]: row[7] for row in seed_rows(project, "ods/ods_commissioners")}
    boards = {row[1]: row for row in seed_rows(project, "ons/ons_icbs") if row[0] == "2021-04-01"}
    regions = {
        row[1]: row for row in seed_rows(project, "ons/ons_regions") if row[0] == "2021-04-01"
    }
    invented = (f"{n}{letter}" for n in range(90, 99) for letter in "YZ")
    levels = [f"{level}20{column}" for level in ("CCG", "STP", "NHSER") for column in
              ("CD", "CDH", "NM")]  # fmt: skip
    lookup = [["FID", *levels]]
    for release, code, ons_code, name, icb in seed_rows(project, "ons/ons_sub_icb_locations"):
        if release != "2021-04-01":
            continue
        ccgs = [(code, ons_code, name)]
        if opened[code] >= "2021-04-01":
            ccgs = [(c, f"E39000{c}", f"NHS Invented {c} CCG") for c in islice(invented, 2)]
        _, _, icb_ons_code, icb_name, region = boards[icb]
        lookup += [
            [str(len(lookup)), ccg_ons_code, ccg, ccg_name, icb_ons_code, icb, icb_name]
            + [regions[region][2], region, regions[region][3]]
            for ccg, ccg_ons_code, ccg_name in ccgs
        ]
    write(folder / "CCG_STP_NHSER_Apr_2020_LU_EN.csv", lookup)
    return len(lookup) - 1


@pytest.fixture
def world_of_20_21(project: Project, tmp_path: Path) -> Iterator[tuple[Project, int]]:
    """A project that has never had 20/21, after an import, one row and one export.

    It lacks two successions, as ODS's file once did. Afterwards its seeds are as they were.
    """
    kept = shutil.copytree(project.root / "seeds", tmp_path / "kept")
    editions = project.root / "seeds" / "dspt" / "dspt_editions.csv"
    with_it = editions.read_text("utf-8")
    (row,) = (line for line in with_it.splitlines() if line.startswith("20/21,"))
    without_it = with_it.replace(f"{row}\n", "")
    assert without_it != with_it
    later = seed_rows(project, "ods/ods_commissioners")  # this one release lists the real CCGs
    write(
        project.root / "seeds" / "ods" / "ods_commissioners.csv",
        [row for row in later if row[0] != "2025-12-01"],
        "\n",
    )
    successions = seed_rows(project, "ods/ods_successions")
    lacking = [row for row in successions if row[:2] not in (["RA3", "RA7"], ["RBA", "RH5"])]
    assert len(lacking) == len(successions) - 2
    write(project.root / "seeds" / "ods" / "ods_successions.csv", lacking, "\n")

    downloads, exports = tmp_path / "downloads", tmp_path / "exports"
    downloads.mkdir()
    exports.mkdir()
    ccgs = official_files(project, downloads)
    subprocess.run(
        [sys.executable, "-m", "reference", "import", str(downloads)],
        cwd=project.root, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    editions.write_text(f"{without_it}{row}\n", "utf-8")
    write(exports / "DSPT search results 01_03_2022 15_17_38.csv", [
        ["Code", "Organisation Name", "Latest Status", "Date Of Publication", "Primary Sector",
         "Commissioner (From ODS)"],
        ["RZ1", "A", "20/21 Approaching Standards", "29/06/2021", "NHS Trust", ""],
        ["RZ3", "B", "20/21 Standards Met", "28/06/2021", "NHS Trust", ""],
        ["RZ4", "C", "20/21 Standards Not Met", "27/06/2021", "NHS Trust", ""],
        ["90Z", "D", "20/21 Standards Met", "26/03/2021", "CCG", ""],
        ["Z9Z9Z", "E", "20/21 Standards Exceeded", "25/06/2021", "CCG", ""],
    ])  # fmt: skip
    project.database.unlink(missing_ok=True)
    try:
        assert project.build(exports, *DATA_TESTS) == {}
        yield project, ccgs
    finally:
        shutil.rmtree(project.root / "seeds")
        shutil.move(kept, project.root / "seeds")


def test_an_edition_comes_from_import_a_row_and_an_export(
    world_of_20_21: tuple[Project, int],
) -> None:
    project, ccgs = world_of_20_21
    query = project.query
    assert query("select snapshot_date, reporting_edition, census_on from marts.dim_snapshots") == [
        (date(2022, 3, 1), "20/21", date(2021, 3, 31))
    ]
    # 216 trusts were open on 31 March 2021, and three of the invented ones; each CCG that was to
    # merge on the next day counts, and the one that they merge into does not yet
    in_scope = query(
        "select organisation_type, organisations from marts.agg_outcomes_by_type"
        " where outcome = 'Total'"
    )
    assert dict(in_scope) == {
        "NHS Trust": 216 + 3,
        "Sub-ICB location (CCG)": ccgs,
        "Commissioning Support Unit (CSU)": 5,
        "Total": 216 + 3 + ccgs + 5,
    }
    assert ccgs == 97 + 2 * 9
    # places are those of the last release before the census: of the lookup, not of eccg (QHM)
    invented = query(
        "select organisation_code, icb_code, outcome, outcome_basis, inheritance_path"
        " from marts.fct_compliance"
        " where organisation_code in"
        " ('90H', '90Y', '90Z', 'Z9Z9Z', 'RZ0', 'RZ1', 'RZ2', 'RZ3', 'RZ4', 'RZ5') order by all"
    )
    assert invented == [
        ("90Y", "QMF", "Standards Exceeded", "inherited", "90Y > Z9Z9Z"),
        ("90Z", "QMF", "Standards Met", "own", None),
        ("RZ0", "QHM", "Approaching Standards", "inherited", "RZ0 > RZ1"),
        ("RZ1", "QHM", "Approaching Standards", "own", None),
        ("RZ2", "QHM", "Standards Not Met", "inherited", "RZ2 > RZ4"),
    ]
    lost = query("select * from marts.dq_findings where organisation_code in ('90H', 'RZ5')")
    assert lost == []

    # the corrections supply what ODS's file lacks, and none of them is reported as needless
    pairs = "('RA3', 'RA7'), ('RBA', 'RH5')"
    where = f"where (predecessor_code, successor_code) in ({pairs})"
    assert query(f"from seeds.ods_successions {where}") == []
    assert query(
        "select predecessor_code, successor_code, effective_on"
        " from rules.int_successions_corrected"
        f" {where} order by all"
    ) == [("RA3", "RA7", date(2020, 4, 1)), ("RBA", "RH5", date(2020, 4, 1))]
    assert not {"RA3", "RBA"} & caught_up(project.database)
