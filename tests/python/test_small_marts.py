"""Marts beside the ledger, counted once more in plain Python from what they are made of."""

import csv
from pathlib import Path

import duckdb
import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def marts(database: Path):
    """The marts of the default data."""
    with duckdb.connect(str(database), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_shares_of_a_sector_add_up_to_one(marts) -> None:
    for mart, key in {
        "agg_outcomes_by_sector": "snapshot_date, sector",
        "agg_sector_standing": "snapshot_date, sector, level, code",
    }.items():
        parts = " where standing != 'Total'" * (mart == "agg_sector_standing")
        wrong = marts(
            f"select {key} from marts.{mart}{parts} group by {key}"
            " having abs(sum(share) - 1) > 1e-9"
        )
        assert wrong == [], mart


def test_organisations_have_the_facts_of_the_newest_release_that_places_them(marts) -> None:
    newest = {}
    for row in seed("ods/ods_trusts"):  # sorted by release
        if row["icb_code"]:
            newest[row["organisation_code"]] = (row["organisation_name"], row["icb_code"])
    trusts = marts(
        "select organisation_code, organisation_name, icb_code from marts.dim_organisations"
        " where organisation_type = 'NHS Trust'"
    )
    assert len(trusts) == 227
    for code, *facts in trusts:
        assert tuple(facts) == newest[code], code


def test_icbs_and_locations_have_the_names_and_codes_of_their_time(marts) -> None:
    """ICBs began on 1 July 2022; the ONS codes of two of them changed in April 2023."""
    icbs = marts(
        "select distinct icb_code, edition, icb_ons_code, icb_name from marts.agg_icb_scores"
        " where icb_code in ('QKK', 'QXU') and edition > '18/19' order by all"
    )
    ours, theirs = "NHS South East London", "NHS Surrey Heartlands"
    assert icbs == [
        ("QKK", "20/21", "E54000030", "Our Healthier South East London"),
        ("QKK", "21/22", "E54000030", f"{ours} Integrated Care Board"),
        ("QKK", "22/23", "E54000030", f"{ours} Integrated Care Board"),
        ("QXU", "20/21", "E54000052", "Surrey Heartlands Health and Care Partnership"),
        ("QXU", "21/22", "E54000052", f"{theirs} Integrated Care Board"),
        ("QXU", "22/23", "E54000063", f"{theirs} Integrated Care Board"),
    ]
    locations = marts(
        "select distinct edition, organisation_name, icb_code from marts.fct_compliance"
        " where organisation_code = '02Q' order by all"
    )
    assert locations == [
        ("18/19", "NHS Bassetlaw CCG", "QF7"),
        ("20/21", "NHS Bassetlaw CCG", "QF7"),
        ("21/22", "NHS Nottingham and Nottinghamshire ICB - 02Q", "QT1"),
    ]
