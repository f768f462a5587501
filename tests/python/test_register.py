"""Who should have published (R13), counted once more in plain Python: lists and exports, no SQL."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tasks.environment import EXPORTS

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {date(2019, 6, 17): "18/19", date(2022, 9, 9): "21/22"}
MET = ("standards met", "standards exceeded")
# sector, day: expected, then met or exceeded, other outcome, older edition, nothing, no row
WORKED_OUT_APART = {
    ("GP practice", date(2022, 9, 9)): (6590, 6122, 0, 340, 21, 107),
    ("GP practice", date(2019, 6, 17)): (7178, 6494, 0, 0, 286, 398),
    ("Community pharmacy", date(2022, 9, 9)): (11092, 10556, 0, 320, 68, 148),
    ("Community pharmacy", date(2019, 6, 17)): (11560, 10715, 240, 0, 189, 416),
}
STANDINGS = (
    "met or exceeded",
    "other outcome",
    "older edition",
    "nothing published",
    "not in the export",
)


@pytest.fixture(scope="module")
def marts(database: Path) -> Iterator[Any]:
    """The marts of the default data."""
    with duckdb.connect(str(database), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def listed() -> Iterator[tuple[str, str, Any, Any]]:
    """Sector, code, first and last day of each English practice and pharmacy of the lists."""
    for name, sector, kind, counts in (
        ("gp_practices", "GP practice", "prescribing_setting", {"4", "RO76"}),
        ("dispensaries", "Community pharmacy", "dispenser_type", {"1", "RO182"}),
    ):
        [file] = (ROOT / "data" / "ods").glob(f"{name}_*.parquet")
        for code, region, opened, closed, kinds in duckdb.sql(
            f"select organisation_code, region_code, opened_on, closed_on, {kind} from '{file}'"
        ).fetchall():
            if (region or "").startswith("Y") and counts & set((kinds or "").split("|")):
                yield sector, code, opened, closed


def statuses(export: Path) -> dict[str, str]:
    """The status of each code of an export, as it is written there."""
    with export.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        code, status = (
            next(name for name in rows.fieldnames or [] if name.lower() in names)
            for names in (("code", "odscode"), ("status", "latest status", "publicationstatus"))
        )
        return {row[code].strip().upper(): row[status].strip() for row in rows}


def standing_of(status: str | None, edition: str) -> str:
    """R13, from the words of one export; none of these organisations is in an earlier one."""
    if status is None:
        return "not in the export"
    if status in ("", "Not Published"):
        return "nothing published"
    prefix, _, label = status.partition(" ") if status[:1].isdigit() else ("18/19", "", status)
    if prefix < edition:
        return "older edition"
    label = label.lower().removesuffix(" (19-20)")
    return "met or exceeded" if label in MET else "other outcome"


@pytest.mark.parametrize(("sector", "day"), WORKED_OUT_APART)
def test_practices_and_pharmacies_stand_as_counted_apart(marts, sector, day) -> None:
    [export] = [path for path in EXPORTS if f"{day:%d_%m_%Y}" in path.name]
    shown = statuses(export)
    counted = Counter(
        standing_of(shown.get(code), WHOLE[day])
        for of, code, opened, closed in listed()
        if of == sector and (opened or day) <= day <= (closed or day)
    )
    figures = tuple(counted[standing] for standing in STANDINGS)
    assert (sum(figures), *figures) == WORKED_OUT_APART[sector, day]
    ours = dict(
        marts(
            "select standing, organisations from marts.agg_sector_standing"
            f" where sector = '{sector}' and snapshot_date = '{day}' and level = 'England'"
        )
    )
    assert (ours["Total"], *(ours[standing] for standing in STANDINGS)) == (
        sum(figures),
        *figures,
    )


def test_only_whole_exports_have_a_figure(marts) -> None:
    assert set(marts("select distinct snapshot_date from marts.fct_sector_standing")) == {
        (day,) for day in WHOLE
    }


def test_each_icb_has_figures_and_qrv_is_lowest(marts) -> None:
    icbs = marts(
        "select code, organisations, expected from marts.agg_sector_standing"
        " where sector = 'GP practice' and level = 'icb' and standing = 'met or exceeded'"
        " and snapshot_date = '2022-09-09' order by share"
    )
    assert len(icbs) == 42
    assert icbs[0] == ("QRV", 285, 352)
    assert (sum(row[1] for row in icbs), sum(row[2] for row in icbs)) == (6122, 6590)


def test_published_counts_of_lists_stand_beside_ours(marts) -> None:
    found = marts(
        "select open_from, published, computed from marts.rec_published_lists"
        " where sector = 'GP practice' order by open_from"
    )
    assert found == [
        (date(2019, 3, 31), 7246, 7248),
        (date(2020, 3, 31), 7024, 7026),
        (date(2021, 3, 31), 6804, 6806),
    ]
    missing = {"Y01057", "Y06247"}
    for _, code, opened, closed in listed():
        if code in missing:
            assert (opened or date.min) <= date(2019, 3, 31) and closed is None


def test_published_figures_of_november_2021_are_all_there_with_their_reasons(marts) -> None:
    found = marts(
        "select figure, count(*), count(computed), count(reason) from marts.rec_published_figures"
        " where publication like '%November 2021' group by figure order by figure"
    )
    assert found == [
        ("organisations", 24, 24, 8),
        ("trusts_by_own_code", 5, 5, 2),
        ("trusts_moved", 29, 0, 29),
    ]
    assert marts(
        "select outcome, published from marts.rec_published_figures"
        " where figure = 'trusts_by_own_code' order by published desc"
    ) == [
        ("Standards Met", 110),
        ("Approaching Standards", 85),
        ("Standards Not Met", 8),
        ("Standards Exceeded", 7),
        ("Not Published", 2),
    ]


def test_no_name_and_no_date_of_the_rebuilt_exports_is_made_up(marts) -> None:
    rebuilt = marts(
        "select snapshot_date from marts.dim_snapshots where completeness = 'rebuilt' order by all"
    )
    assert [day for (day,) in rebuilt] == [date(2021, 10, 25), date(2022, 2, 8)]
    successors = "A3A8R B2M3M D2P2L D4U1Y D9Y0V M1J4Y M2L0M W2U3Z X2C4Y".split()
    for day in ("2021-10-25", "2022-02-08"):
        rows = marts(
            "select organisation_code, organisation_name, published_on from marts.fct_assessments"
            f" where snapshot_date = '{day}' and organisation_code in {tuple(successors)}"
            " order by organisation_code"
        )
        assert [code for code, *_ in rows] == successors
        assert all(name.startswith("NHS ") and date is None for _, name, date in rows)


def test_all_that_moved_within_20_21_kept_their_date(marts) -> None:
    assert marts(
        "select moved, moved_under_one_date from marts.agg_outcome_changes"
        " where comparison = 'snapshot' and from_edition = '20/21' and to_edition = '20/21'"
        " and organisation_type = 'Total'"
    ) == [(15, 15)]


def test_exports_of_2019_have_their_dates(marts) -> None:
    """They were saved from a workbook: 2019-01-25 00:00:00."""
    [(first, undated)] = marts(
        "select min(published_on), count(*) filter (edition is not null and published_on is null)"
        " from marts.fct_assessments where snapshot_date = '2019-06-17'"
    )
    assert (first, undated) == (datetime(2018, 6, 11).date(), 184)
