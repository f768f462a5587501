"""What was published of those who should have, and the exports that were put together."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]


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


def test_exports_of_2019_have_their_dates(marts) -> None:
    """They were saved from a workbook: 2019-01-25 00:00:00."""
    [(first, undated)] = marts(
        "select min(published_on), count(*) filter (edition is not null and published_on is null)"
        " from marts.fct_assessments where snapshot_date = '2019-06-17'"
    )
    assert (first, undated) == (datetime(2018, 6, 11).date(), 184)
