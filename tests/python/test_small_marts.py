"""Marts beside the ledger, counted once more in plain Python from what they are made of."""

import csv
from collections import Counter
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


def test_rows_of_each_sector_are_counted_by_the_edition_of_their_newest_outcome(marts) -> None:
    editions = [row["edition"] for row in seed("dspt/dspt_editions")]
    reporting = dict(marts("select snapshot_date, reporting_edition from marts.dim_snapshots"))
    counted: Counter = Counter()
    for day, sector, edition in marts(
        "select snapshot_date, sector, edition from marts.fct_assessments"
    ):
        newest = "nothing published"
        if edition:
            behind = editions.index(reporting[day]) - editions.index(edition)
            words = ("reporting edition or later", "edition before", "older edition")
            newest = words[min(max(behind, 0), 2)]
        counted[day, sector, newest] += 1
        counted[day, "Total", newest] += 1
    found = {
        tuple(key): number
        for *key, number in marts(
            "select snapshot_date, sector, newest_edition, organisations"
            " from marts.agg_newest_editions_by_sector"
        )
    }
    assert {key: number for key, number in found.items() if number} == dict(counted)
    assert len({newest for _, _, newest in counted}) == 4
    sectors = {(day, sector) for day, sector, _ in found}
    assert len(found) == 4 * len(sectors), "zeros too"


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


def test_trusts_that_closed_between_the_editions_have_their_real_successors(marts) -> None:
    """Yeovil joined Somerset on 1 April 2023, Southport and Ormskirk St Helens on 1 July 2023.

    Between the censuses of 20/21 and 21/22 Pennine Acute was split, and three others merged;
    between June 2019 and the census of 20/21 eleven did.
    """
    closed = marts(
        "select to_edition,"
        " string_agg(organisation_code || ' > ' || successor, '; ' order by organisation_code)"
        " from marts.fct_outcome_changes where comparison = 'edition' and left_because = 'closed'"
        " and organisation_type = 'NHS Trust' group by all order by all"
    )
    assert closed == [
        (
            "20/21",
            "R1J > RTQ; RA3 > RA7; RBA > RH5; RC1 > RC9; RD3 > R0D; RDD > RAJ; RDZ > R0D;"
            " RNL > RNN; RQ6 > REM; RQ8 > RAJ; RT3 > RJ1",
        ),
        ("21/22", "RBZ > RH8; RTV > RW4; RW6 > R0A, RM3; RXH > RYR"),
        ("22/23", "RA4 > RH5; RVY > RBN"),
    ]


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


OF_20_21 = {
    "2021-10-25": {
        "Sub-ICB location (CCG)": [23, 97, 12, 0, 3],
        "Commissioning Support Unit (CSU)": [3, 2, 0, 0, 0],
        "NHS Trust": [15, 124, 71, 6, 0],
    },
    # 05A is known from the export before to have met (R4)
    "2022-02-08": {
        "Sub-ICB location (CCG)": [23, 100, 11, 0, 1],
        "Commissioning Support Unit (CSU)": [3, 2, 0, 0, 0],
        "NHS Trust": [15, 135, 61, 5, 0],
    },
}


@pytest.mark.parametrize("day", OF_20_21)
def test_edition_20_21_is_as_worked_out_apart(marts, day) -> None:
    """The counts of design and domain: CCGs, CSUs and trusts open on 31 March 2021."""
    order = ["Standards Exceeded", "Standards Met", "Approaching Standards", "Standards Not Met"]
    counted: dict[str, list[int]] = {}
    for kind, *counts in marts(
        "select organisation_type, "
        + ", ".join(f"count(case when outcome = '{name}' then 1 end)" for name in order)
        + ", count(case when outcome = 'Not Published' then 1 end)"
        f" from marts.fct_compliance where snapshot_date = '{day}' group by organisation_type"
    ):
        counted[kind] = counts
    assert counted == OF_20_21[day]
    paths = marts(
        "select inheritance_path from marts.fct_compliance"
        f" where snapshot_date = '{day}' and outcome_basis = 'inherited'"
    )
    assert ("RXH > RYR",) in paths and ("05C > D2P2L",) in paths


def test_no_outcome_seen_is_not_worse_and_types_that_differ_are_not_pooled(marts) -> None:
    """R12: 0DJ showed 21/22 only; ICBs stand in 22/23 where sub-ICB locations stood."""
    assert marts(
        "select organisation_code from marts.fct_outcome_changes"
        " where comparison = 'edition' and kind = 'no outcome seen' and to_edition = '22/23'"
    ) == [("0DJ",)]
    assert marts(
        "select to_edition, from_days_after_deadline, to_days_after_deadline,"
        " bool_or(organisation_type = 'Total') from marts.agg_outcome_changes"
        " where comparison = 'edition' group by all order by all"
    ) == [("20/21", 78, 223, True), ("21/22", 223, 71, True), ("22/23", 71, 139, False)]
