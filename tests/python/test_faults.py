"""The tests find a planted fault: each is put into the SQL or a seed, and a test must see it.

No default organisation inherits, and none closed on a census day, so the default data stay right
with most of these faults: the unit tests, and the rules written down twice, must see them.
"""

import re

import duckdb
import pytest

from tests.bench import Bench

# model, what of its compiled SQL is changed, and the unit tests of which one must see it
IN_MODELS = {
    "inner join where the scope is matched": (
        "int_organisations_assessed", r"left join own", "inner join own",
        "int_organisations_assessed__keeps_every_organisation_in_scope",
    ),
    "successor and predecessor swapped": (
        "int_successions_walked", r'select \* from (\S+"int_successions_corrected")',
        r"select predecessor_code as successor_code, successor_code as predecessor_code,"
        r" effective_on from \1",
        "int_successions_walked__",
    ),
    "census made exclusive": (
        "int_organisations_in_scope", r"<= (coalesce\(periods.closed_on, .*?\))", r"< \1",
        "int_organisations_in_scope__counts_both_ends_of_a_period",
    ),
    "places of the newest release": (
        "int_organisations_placed", r"(?s)(in_scope.organisation_code\n +order by).*?\)",
        r"\1 releases.release_date desc)",
        "int_organisations_placed__takes_places_of_the_time",
    ),
}  # fmt: skip
IN_SEEDS = {
    "swapped point value": """
        update seeds.dspt_outcomes set points = -4 - points
        where outcome in ('Approaching Standards', 'Standards Not Met')
    """,
    "dropped outcome label": """
        delete from seeds.dspt_status_labels where label = 'standards not met'
    """,
}


@pytest.mark.parametrize("fault", IN_MODELS.values(), ids=IN_MODELS.keys())
def test_a_fault_in_a_model_is_seen_by_a_unit_test(bench: Bench, fault: tuple[str, ...]) -> None:
    model, pattern, new, seen_by = fault
    wrong, places = re.subn(pattern, new, bench.models[model])
    assert places, "the text to change is no longer there"
    tests = [test for name, test in bench.unit_tests.items() if name.startswith(seen_by)]
    assert tests and any(bench.seen_by(test, {"wrong": wrong}) for test in tests)


@pytest.mark.parametrize("fault", IN_SEEDS.values(), ids=IN_SEEDS.keys())
def test_a_fault_in_a_seed_is_seen_by_the_rules_written_down_twice(bench, fault) -> None:
    with bench.undone():
        bench.alter(fault)
        assert bench.failed("assert_outcomes_follow_the_rules")


def test_a_role_that_no_rule_knows_stops_the_build(bench: Bench) -> None:
    """A new role, and one that an open location lacks."""
    with bench.undone():
        for code, role in {"00L": "'RO999'", "00N": "null"}.items():
            bench.alter(
                f"update seeds.ods_commissioners set sub_type = {role}"
                f" where organisation_code = '{code}' and release_date = '2023-11-01'"
            )
        with pytest.raises(duckdb.Error) as stopped:
            bench.run("int_sub_icb_locations_released")
    words = 'release 2023-11-01: {} has the sub-type "{}", which no rule knows'
    assert words.format("00L", "RO999") in str(stopped.value)
    assert words.format("00N", "") in str(stopped.value)


def test_a_value_of_a_seed_that_no_rule_knows_fails_a_test(bench: Bench) -> None:
    """A correction and a type of organisation in other words."""
    with bench.undone():
        bench.alter("update seeds.ods_corrections set correction = replace(correction, 's', 'z')")
        bench.alter("update seeds.dspt_editions set commissioner_type = 'Integrated Care Board'")
        of_seeds = [name for name, test in bench.tests.items() if test.reads <= bench.seeds.keys()]
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
