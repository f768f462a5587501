"""Real facts that no page shows in full: counts of lists, exports that were rebuilt, ONS codes."""

from datetime import date

import duckdb

from tests.bench import ROOT


def test_published_counts_of_lists_stand_beside_ours(bench) -> None:
    found = bench.rows(
        "select open_from, published, computed from marts.rec_published_lists"
        " where sector = 'GP practice' order by open_from"
    )
    assert found == [
        (date(2019, 3, 31), 7246, 7248),
        (date(2020, 3, 31), 7024, 7026),
        (date(2021, 3, 31), 6804, 6806),
    ]
    [lists] = (ROOT / "data" / "ods").glob("gp_practices_*.parquet")
    missing = duckdb.sql(
        f"select opened_on <= '2019-03-31', closed_on from '{lists}'"
        " where organisation_code in ('Y01057', 'Y06247') and region_code like 'Y%'"
    )
    assert missing.fetchall() == [(True, None)] * 2


def test_no_name_and_no_date_of_the_rebuilt_exports_is_made_up(bench) -> None:
    rebuilt = bench.rows(
        "select snapshot_date from marts.dim_snapshots where completeness = 'rebuilt' order by all"
    )
    assert [day for (day,) in rebuilt] == [date(2021, 10, 25), date(2022, 2, 8)]
    successors = "A3A8R B2M3M D2P2L D4U1Y D9Y0V M1J4Y M2L0M W2U3Z X2C4Y".split()
    for day in ("2021-10-25", "2022-02-08"):
        rows = bench.rows(
            "select organisation_code, organisation_name, published_on from marts.fct_assessments"
            f" where snapshot_date = '{day}' and organisation_code in {tuple(successors)}"
            " order by organisation_code"
        )
        assert [code for code, *_ in rows] == successors
        assert all(name.startswith("NHS ") and date is None for _, name, date in rows)


def test_icbs_and_locations_have_the_names_and_codes_of_their_time(bench) -> None:
    """ICBs began on 1 July 2022; the ONS codes of two of them changed in April 2023."""
    icbs = bench.rows(
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
    locations = bench.rows(
        "select distinct edition, organisation_name, icb_code from marts.fct_compliance"
        " where organisation_code = '02Q' order by all"
    )
    assert locations == [
        ("18/19", "NHS Bassetlaw CCG", "QF7"),
        ("20/21", "NHS Bassetlaw CCG", "QF7"),
        ("21/22", "NHS Nottingham and Nottinghamshire ICB - 02Q", "QT1"),
    ]
