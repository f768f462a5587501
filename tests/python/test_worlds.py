"""Other worlds than today's: 2025 and 2026, and 2019 at full size.

The exports of other years are copies of the default one, of which only the file's name and the year
of the statuses are moved. Nothing of this reaches a page.
"""

from datetime import date

import pytest

from tasks import environment
from tests.bench import EXPORTS, Bench

pytestmark = pytest.mark.full
S2019, S2025, S2026 = date(2019, 6, 17), date(2025, 9, 1), date(2026, 7, 2)


def redated(edition: str) -> str:
    """The export of 2023 in the year of another edition."""
    text = EXPORTS[-1].read_text("utf-8").replace("22/23 ", f"{edition} ")
    return text.replace("/2023", f"/20{edition[-2:]}")


FILES = {
    "DSPT search results 01_09_2025 09_00_00.csv": redated("24/25"),
    "DSPT search results 15_06_2026 09_00_00.csv": redated("24/25"),
    "DSPT search results 02_07_2026 09_00_00.csv": redated("25/26"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The exports of the project, and beside them those of later years."""
    exports = environment.link(environment.EXPORTS, tmp_path_factory.mktemp("world") / "exports")
    for file, text in FILES.items():
        (exports / file).write_text(text, "utf-8", newline="")
    bench = Bench()
    bench.seed()
    bench.accept(*FILES)
    bench.read(exports)
    assert bench.failed() == []
    bench.run()
    return bench


def test_icbs_and_trusts_of_later_censuses(world: Bench) -> None:
    """42 ICBs until 2026, then 36; and every trust but one is in an ICB."""
    counted = world.rows(
        "select snapshot_date, (select count(*) from marts.agg_icb_scores as scores"
        " where scores.snapshot_date = compliance.snapshot_date),"
        " count(*) filter (organisation_type = 'Integrated Care Board (ICB)'),"
        " count(*) filter (organisation_type = 'NHS Trust')"
        " from marts.fct_compliance as compliance"
        " where snapshot_date in ('2025-09-01', '2026-07-02') group by all order by all",
    )
    assert counted == [(S2025, 42, 42, 205), (S2026, 36, 36, 202)]
    # G6V2S opened in November 2024: the only release that lists it gives it an ICB of 2026
    findings = world.rows(
        "select snapshot_date, organisation_code from marts.dq_findings"
        " where \"check\" = 'in scope but in no ICB'"
        " and snapshot_date in ('2025-09-01', '2026-07-02')",
    )
    assert findings == [(S2025, "G6V2S")]
    in_the_36 = world.rows(
        "select count(*) from marts.fct_compliance"
        " join marts.dim_icbs using (icb_code, region_code)"
        " where release_date = '2026-04-01' and organisation_type = 'NHS Trust'"
        f" and snapshot_date = '{S2026}'",
    )
    assert in_the_36 == [(202,)]


def test_successions_of_icbs_of_2026_are_known(world: Bench) -> None:
    left = world.rows(
        "select organisation_code, left_because, successor from marts.fct_outcome_changes"
        " where comparison = 'snapshot' and kind = 'left' and to_snapshot_date > '2026-01-01'"
        " and organisation_type = 'Integrated Care Board (ICB)'",
    )
    assert len(left) == 12
    assert ("QH8", "closed", "D7T5G") in left
    assert ("QJG", "closed", "D7T5G, T6Y0W") in left
    assert all(successor for _, _, successor in left)


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
    sectors = bench.rows(
        "select sector, count(*) from marts.fct_assessments"
        f" where snapshot_date = '{S2019}' group by all"
    )
    assert dict(sectors) == SECTORS_SINCE
