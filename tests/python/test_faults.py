"""The tests find a fault in a seed or in the SQL: each is planted, and a test must see it."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.bench import ROOT, Bench
from tests.mutants import killers

IN_SEEDS = {
    "swapped point value": """
        update seeds.dspt_outcomes set points = -4 - points
        where outcome in ('Approaching Standards', 'Standards Not Met')
    """,
    "dropped outcome label": """
        delete from seeds.dspt_status_labels where label = 'standards not met'
    """,
}


@pytest.mark.parametrize("fault", IN_SEEDS.values(), ids=IN_SEEDS.keys())
def test_a_fault_in_a_seed_is_seen_by_the_rules_written_down_twice(bench, fault) -> None:
    with bench.undone():
        bench.alter(fault)
        assert bench.failed("assert_outcomes_follow_the_rules")


def test_a_role_that_no_rule_knows_stops_the_build(bench: Bench) -> None:
    """A new role of an open and of a closed location, and one that an open location lacks."""
    unknown = [
        ("2023-11-01", "00L", "RO999"), ("2023-11-01", "00N", ""), ("2025-12-01", "00C", "RO998"),
    ]  # fmt: skip
    with bench.undone():
        for release, code, role in unknown:
            bench.alter(
                f"update seeds.ods_commissioners set sub_type = nullif('{role}', '')"
                f" where organisation_code = '{code}' and release_date = '{release}'"
            )
        with pytest.raises(duckdb.Error) as stopped:
            bench.run("int_sub_icb_locations_released")
    for release, code, role in unknown:
        words = f'release {release}: {code} has the sub-type "{role}", which no rule knows'
        assert words in str(stopped.value)


def test_a_value_of_a_seed_that_no_rule_knows_fails_a_test(bench: Bench) -> None:
    """A correction and a type of organisation in other words."""
    with bench.undone():
        bench.alter("update seeds.ods_corrections set correction = replace(correction, 's', 'z')")
        bench.alter("update seeds.dspt_editions set commissioner_type = 'Integrated Care Board'")
        of_seeds = [name for name, reads in bench.reads.items() if reads <= bench.seeds.keys()]
        assert {test.split("__")[0] for test in bench.failed(*of_seeds)} == {
            "relationships_dspt_editions_commissioner_type",
            "accepted_values_ods_corrections_correction",
        }


def test_without_the_weights_two_scores_of_21_22_are_differences_without_a_reason(bench) -> None:
    with bench.undone():
        bench.alter("delete from seeds.ons_registered_patients")
        with pytest.raises(duckdb.Error) as stopped:
            bench.failed("assert_differences_have_reasons")
    without_reason = set(
        re.findall(r"DSPT 21/22, 5 October 2022, (\S+) of (\S+) ?: ", str(stopped.value))
    )
    assert without_reason == {("composite_score", "QOP"), ("composite_score", "QWO")}


def test_what_is_listed_as_equivalent_and_is_no_mutant_is_named(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "equivalent.csv"
    ours = killers.EQUIVALENT.read_text("utf-8")
    listed.write_text(f"{ours}dim_gone,a -> b,why\ndim_outcomes,a -> b,why\n", "utf-8")
    monkeypatch.setattr(killers, "EQUIVALENT", listed)
    assert killers.no_mutants(bench) == ["dim_gone: a -> b", "dim_outcomes: a -> b"]


@pytest.mark.full
def test_of_a_mutant_of_each_model_the_tests_see_most() -> None:
    """`make mutants` tries more of them."""
    command = [sys.executable, "-m", "tests.mutants", "--most", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stdout + ran.stderr
