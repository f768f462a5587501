"""GP practices and dispensaries: which words are known, and what each release stores."""

from pathlib import Path
from typing import Any

import duckdb
import official
import pytest
from dbt.cli.main import dbtRunner
from official import EDISPENSARY, EPRACCUR, dispensary, organisation, practice

from reference.importing import import_files
from tests.bench import ROOT


def stored(root: Path, name: str, columns: str = "organisation_code") -> list[tuple[Any, ...]]:
    """What the file of a release has, in its order."""
    query = f"select {columns} from read_parquet(?)"
    return duckdb.execute(query, [str(root / "data" / "ods" / f"{name}.parquet")]).fetchall()


def test_both_lists_are_stored_in_our_columns_and_their_words(project) -> None:
    """The kinds of rows that epraccur of February 2026 has, its own codes put aside."""
    practices = [
        practice("Z99901", "RO76", "ACTIVE"),
        practice("Z99902", "RO76", "INACTIVE", closed="20171031"),
        practice("Z99903", "RO76", "DORMANT"),
        practice("Z99904", "RO76|RO268", "ACTIVE"),
        practice("Z99905", "RO72", "ACTIVE", region="", icb=""),
        practice("Z99906", "", "ACTIVE", commissioner="00L"),
        practice("ZZZ901", "RO72", sub_type="Z", commissioner="", region="", icb=""),
    ]
    dispensaries = [dispensary("FZZ01", "1", "C", closed="20210331")]
    said = project.imports({"a_2026-05.csv": practices, "b_2026-05.csv": dispensaries})
    assert "gp_practices_2026-05-01.parquet: 7 rows, 7 new or changed; 5 active, 1 closed" in said
    columns = "region_code, icb_code, sub_icb_location_code, prescribing_setting, status"
    assert stored(project.root, "gp_practices_2026-05-01", f"organisation_code, {columns}") == [
        ("Z99901", "Y60", "QA1", "98Z", "RO76", "ACTIVE"),
        ("Z99902", "Y60", "QA1", "98Z", "RO76", "INACTIVE"),
        ("Z99903", "Y60", "QA1", "98Z", "RO76", "DORMANT"),
        ("Z99904", "Y60", "QA1", "98Z", "RO76|RO268", "ACTIVE"),
        ("Z99905", None, None, "98Z", "RO72", "ACTIVE"),
        ("Z99906", "Y60", "QA1", "00L", None, "ACTIVE"),
        ("ZZZ901", None, None, None, "RO72", "ACTIVE"),
    ]
    facts = "release_date::text, organisation_name, postcode, opened_on::text, closed_on::text"
    assert stored(project.root, "dispensaries_2026-05-01", f"{facts}, status, dispenser_type") == [
        ("2026-05-01", "CHEMIST FZZ01", "ZZ1 1AA", "2020-04-01", "2021-03-31", "C", "1")
    ]


def test_a_later_release_stores_only_what_changed(project) -> None:
    classic = [practice(f"Z9990{n}", "4", "A") for n in range(1, 6)]
    project.imports({"epraccur_2024-01.csv": classic})
    newer = [
        classic[0],
        practice("Z99902", "4", "C", closed="20240531"),
        practice("Z99903", "4", "A", name="RENAMED SURGERY"),
        practice("Z99904", "4", "D", icb="QA2"),
        practice("Z99909", "4", "A", opened="20240401"),
    ]
    said = project.imports({"epraccur_2024-06.csv": newer})
    assert stored(project.root, "gp_practices_2024-06-01") == [
        ("Z99902",), ("Z99903",), ("Z99904",), ("Z99909",)
    ]  # fmt: skip
    assert "5 rows, 4 new or changed; 3 active, 1 closed, 1 dormant" in said
    assert "no more" not in said  # Z99905: that a row is absent says nothing
    # against the newest release that has it, not the one before
    project.imports({"epraccur_2024-09.csv": [classic[4], newer[1], classic[2]]})
    assert stored(project.root, "gp_practices_2024-09-01") == [("Z99903",)]


def test_the_same_lists_give_the_same_bytes_and_nothing_twice(project, tmp_path) -> None:
    files = {
        "epraccur_2026-06.csv": [practice("Z99901", status="INACTIVE")],
        "list (May 2026).csv": EPRACCUR,
        "edispensary_2026-05.csv": EDISPENSARY,
    }
    project.imports(files)  # May before June, whatever their names
    before = project.files()
    assert stored(project.root, "gp_practices_2026-06-01") == [("Z99901",)]
    assert "nothing: all of this was there already" in project.imports(files)
    assert project.files() == before
    other = tmp_path / "other"
    (other / "seeds").mkdir(parents=True)
    official.write(project.downloads, files | {"list (May 2026).csv": EPRACCUR[::-1]})
    import_files(other, project.downloads)
    assert official.files_of(other) == before


def test_releases_are_added_in_order_and_never_rewritten(project) -> None:
    project.imports({"epraccur_2026-03.csv": EPRACCUR})
    project.imports({"epraccur_2026-06.csv": EPRACCUR})
    words = r"delete data/ods/gp_practices_2026-06-01\.parquet and import"
    project.refuses(words, {"epraccur_2026-05.csv": EPRACCUR})
    words = "already exists with other content for Z99901; a release is never"
    project.refuses(words, {"epraccur_2026-06.csv": [practice("Z99901", status="DORMANT")]})
    (project.root / "data" / "ods" / "gp_practices_2026-03-01.parquet").write_bytes(b"PAR1")
    words = r"gp_practices_2026-03-01\.parquet: is not as this import"
    project.refuses(words, {"epraccur_2026-06.csv": EPRACCUR})


@pytest.mark.parametrize(
    ("others", "row", "words"),
    [
        (EPRACCUR, practice("Z99903", status="MOTHBALLED"), "status 'MOTHBALLED' .*ods_statuses"),
        (EPRACCUR, practice("Z99903", status=""), "status '' of Z99903"),
        (EPRACCUR, practice("Z99903", "RO76|RO999"), r"setting 'RO76\|RO999' .*ing_settings"),
        (EPRACCUR, practice("Z99903", "RO76|"), r"prescribing_setting 'RO76\|'"),
        (EPRACCUR, practice("Z99903", sub_type="X"), "Z99903 SURGERY Z99903, is neither .* disp"),
        (EPRACCUR, organisation("V00012", "INVENTED DENTAL"), "V00012 INVENTED DENTAL, .* neither"),
        (EDISPENSARY, dispensary("FZZ03", "4"), "dispenser_type '4' of FZZ03 .*dispenser_types"),
        (EDISPENSARY, dispensary("FZZ03", status="X"), "the status 'X'"),
    ],
)
def test_a_row_of_an_unknown_kind_stops_the_import(project, others, row, words) -> None:
    words = rf"list_2026-05\.csv: row 3.*{words}"
    project.refuses(words, {"list_2026-05.csv": [*others, row]})


WITHOUT_DATES = [  # real rows of a list of trusts that had neither dates nor places
    [code, name, *[""] * 7, postcode, "", "", "A", *[""] * 14]
    for code, name, postcode in (
        ("R0A", "MANCHESTER UNIVERSITY NHS FOUNDATION TRUST", "M13 9WL"),
        ("RA4", "YEOVIL DISTRICT HOSPITAL NHS FOUNDATION TRUST", "BA21 4AT"),
    )
]
FEW_DATES = [practice(f"Z9990{n}", opened="20200401" * (n < 7)) for n in range(9)]
FEW_PLACES = [dispensary(f"FZZ0{n}", region="Y60" * (n < 4)) for n in range(9)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (WITHOUT_DATES, "2 of its 2 rows have no opened_on"),
        (FEW_DATES, "2 of its 9 rows have no opened_on"),
        (FEW_PLACES, "5 of its 9 rows have no region_code"),
        ([organisation("RZ1", icb="")], "1 of its 1 rows have no icb_code"),
    ],
)
def test_a_list_without_dates_or_places_is_none(project, rows, words) -> None:
    project.refuses(rf"list_2026-01\.csv: {words}", {"list_2026-01.csv": rows})


def test_a_long_list_may_take_back_a_little(project) -> None:
    """Some practices do open again, and the newer service has no setting for some units."""
    rows = [practice(f"Z{n}", "4", "C", closed="20200101") for n in range(10_000, 10_200)]
    reopened = [practice(row[0], "4", "A") for row in rows]
    project.imports({"epraccur_2024-01.csv": rows})
    project.imports({"epraccur_2024-02.csv": [*reopened[:4], *rows[4:]]})
    words = r"against earlier releases 5 open again \(Z10004, "
    project.refuses(words, {"epraccur_2024-03.csv": [*reopened[:9], *rows[9:]]})
    blank = [practice(row[0], "", "A", closed="") for row in rows[:4]]
    project.imports({"epraccur_2024-03.csv": [*blank, *rows[4:]]})


@pytest.mark.parametrize(("day", "count"), [("2019-06-17", 11_560), ("2022-09-09", 11_092)])
def test_the_committed_pharmacies_count_as_ods_did(day, count) -> None:
    is_open = f"opened_on <= '{day}' and coalesce(closed_on, '9999-12-31') >= '{day}'"
    where = f"filter (dispenser_type = '1' and region_code like 'Y%' and {is_open})"
    assert stored(ROOT, "dispensaries_2025-04-01", f"count(*) {where}") == [(count,)]


def test_a_build_without_a_list_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPEN_CYBER_DB", str(tmp_path / "open_cyber.duckdb"))
    folders = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", "target"]
    result = dbtRunner().invoke(
        ["compile", "--quiet", "--select", "stg_ods__gp_practices", *folders]
    )
    said = str(result.exception or [node.message for node in result.result])
    assert "There is no data/ods/gp_practices_*.parquet" in said
    assert "make reference" in said
