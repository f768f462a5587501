"""The build's own tests find a planted fault: each is put into a copy of the project and built.

No default organisation inherits, and none closed on a census day, so the default data stay right
with most of these faults: the unit tests, and the rules written down twice, must see them.
"""

import re
import shutil
from typing import NamedTuple

import pytest
from copied import EXPORTS, Project


class Fault(NamedTuple):
    """A change of one file: every match of the pattern is replaced."""

    path: str
    pattern: str
    replacement: str
    build: str  # what dbt build is asked for
    seen_by: str  # the test that fails, or how its name begins


FAULTS = {
    "inner join where the scope is matched": Fault(
        "models/rules/outcomes/int_organisations_assessed.sql",
        r"left join own",
        "inner join own",
        "int_organisations_assessed",
        "int_organisations_assessed__keeps_every_organisation_in_scope",
    ),
    "swapped point value": Fault(
        "seeds/dspt/dspt_outcomes.csv",
        r"(Approaching Standards),-1,(.*\n)(Entry Level),-1,(.*\n)(Standards Not Met),-3,",
        r"\1,-3,\2\3,-1,\4\5,-1,",
        "dspt_outcomes dim_outcomes dspt_status_labels",
        "assert_outcomes_follow_the_rules",
    ),
    "dropped outcome label": Fault(
        "seeds/dspt/dspt_status_labels.csv",
        r"standards not met,.*\n",
        "",
        "dspt_outcomes dim_outcomes dspt_status_labels",
        "assert_outcomes_follow_the_rules",
    ),
    "successor and predecessor swapped": Fault(
        "models/rules/outcomes/int_successions_walked.sql",
        r"select \* from (\{\{ ref\('int_successions_corrected'\) \}\})",
        r"select predecessor_code as successor_code, successor_code as predecessor_code,"
        r" effective_on from \1",
        "int_successions_walked",
        "int_successions_walked__",
    ),
    "census made exclusive": Fault(
        "macros/is_open_on.sql",
        r"<= coalesce\(\{\{ period \}\}.closed_on, \{\{ day \}\}\)",
        "< coalesce({{ period }}.closed_on, {{ day }} + 1)",
        "int_organisations_in_scope",
        "int_organisations_in_scope__counts_both_ends_of_a_period",
    ),
    "places of the newest release": Fault(
        "models/rules/scope/int_organisations_placed.sql",
        r"(?s)\{\{ nearness_rank\(.*?\) \}\}",
        "row_number() over (partition by in_scope.snapshot_date, in_scope.organisation_code"
        " order by releases.release_date desc)",
        "int_organisations_placed",
        "int_organisations_placed__takes_places_of_the_time",
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was built once without rows, so that each fault needs its own model only."""
    project = Project(tmp_path_factory.mktemp("faults"))
    assert project.build(EXPORTS[-1], "--empty", "--resource-type", "model", "seed") == {}
    return project


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_turns_the_build_red(project: Project, fault: Fault) -> None:
    path = project.root / fault.path
    right = path.read_text("utf-8")
    wrong, places = re.subn(fault.pattern, fault.replacement, right)
    assert places, "the text to change is no longer there"
    select = ("--select", *fault.build.split())
    try:
        path.write_text(wrong, "utf-8")
        failed = project.build(EXPORTS[-1], *select)
        # where one unit test of a model has failed, dbt leaves out those that had not begun
        seen = {name for name, words in failed.items() if words.startswith("fail: ")}
        assert any(name.startswith(fault.seen_by) for name in seen), failed
    finally:
        path.write_text(right, "utf-8")


def test_a_value_of_a_seed_that_no_rule_knows_stops_the_build(project: Project) -> None:
    """A new role, and one that an open location lacks; a correction and a type in other words."""
    planted = {
        "ods/ods_commissioners": ("ICB - 00L,C,", "ICB - 00L,RO999,"),
        "ods/ods_corrections": ("close organisation,TAF", "close organization,TAF"),
        "dspt/dspt_editions": (",Integrated Care Board (ICB),", ",Integrated Care Board,"),
    }
    kept = {name: (project.root / f"seeds/{name}.csv").read_text("utf-8") for name in planted}
    try:
        for name, (right, wrong) in planted.items():
            text = kept[name].replace(right, wrong, 1).replace("ICB - 00N,C,", "ICB - 00N,,", 1)
            assert text != kept[name]
            (project.root / f"seeds/{name}.csv").write_text(text, "utf-8")
        seeds = [name.split("/")[1] for name in planted]
        failed = project.build(EXPORTS[-1], "--select", *seeds, "int_sub_icb_locations_released")
    finally:
        for name, text in kept.items():
            (project.root / f"seeds/{name}.csv").write_text(text, "utf-8")
    stopped = failed.pop("int_sub_icb_locations_released")
    assert 'release 2023-11-01: 00L has the sub-type "RO999", which no rule knows' in stopped
    assert 'release 2023-11-01: 00N has the sub-type "", which no rule knows' in stopped
    assert {test.split("__")[0] for test in failed} == {
        "relationships_dspt_editions_commissioner_type",
        "accepted_values_ods_corrections_correction",
    }


def test_without_a_fault_the_same_builds_are_green(project: Project) -> None:
    select = {name for fault in FAULTS.values() for name in fault.build.split()}
    # without rows nobody is there to be lost
    whole = ("--exclude", "assert_nobody_is_lost")
    assert project.build(EXPORTS[-1], "--select", *sorted(select), *whole) == {}


def test_without_the_weights_two_scores_of_21_22_are_differences_without_a_reason(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("weights")
    project = Project(folder)
    path = project.root / "seeds/ons/ons_registered_patients.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    exports = folder / "exports"
    exports.mkdir()
    for export in EXPORTS:
        shutil.copy(export, exports)
    failed = project.build(
        exports,
        *("--select", "+assert_differences_have_reasons"),
        *("--exclude-resource-type", "unit_test"),
    )
    said = failed["assert_differences_have_reasons"]
    without_reason = set(re.findall(r"DSPT 21/22, 5 October 2022, (\S+) of (\S+) ?: ", said))
    assert without_reason == {("composite_score", "QOP"), ("composite_score", "QWO")}
