"""An export that can be read and cannot be right stops the build, unless its name is accepted."""

import re
import shutil
from pathlib import Path

import pytest
from copied import EXPORTS, Project

NAME = EXPORTS[-1].name


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("plausibility"))


def built(project: Project, folder: Path, export: str, accept: str = "") -> str:
    """Builds the default exports with this text for the newest; gives the words of the failure."""
    for path in EXPORTS:
        shutil.copy(path, folder)
    (folder / NAME).write_text(export, "utf-8", newline="")
    failed = project.build(
        folder, "--select", "+fct_compliance", "+dq_findings",
        "--resource-type", "model", "seed", accept=accept,
    )  # fmt: skip
    return "\n".join(failed.values())


def test_codes_that_nobody_knows_stop_the_build_and_an_accepted_file_is_a_finding(
    project: Project, tmp_path: Path
) -> None:
    export = re.sub(r"(?m)^(?!Code)(?=.)", "X", EXPORTS[-1].read_text("utf-8"))
    words = built(project, tmp_path, export)
    assert f"{NAME} has no row for 257 of the 257 organisations in scope" in words
    assert f'DSPT_ACCEPT="{NAME}"' in words
    assert built(project, tmp_path, export, accept=f"other.csv; {NAME}") == ""
    findings = project.query(
        "select snapshot_date::text, severity, detail from marts.dq_findings"
        " where \"check\" = 'accepted against doubts' order by detail"
    )
    assert ("2023-11-16", "warning") in {(day, severity) for day, severity, _ in findings}
    assert any(detail.startswith(f"{NAME} has no row for 257") for *_, detail in findings)


def test_a_share_that_jumps_stops_the_build(project: Project, tmp_path: Path) -> None:
    export = (
        EXPORTS[-1].read_text("utf-8").replace("22/23 Standards Met", "22/23 Standards Not Met")
    )
    words = built(project, tmp_path, export)
    assert (
        f"{NAME} has 15 of 210 trusts that met or exceeded the standards, after 144 of 212" in words
    )


def test_the_exports_as_they_are_raise_no_doubt(project: Project, tmp_path: Path) -> None:
    assert built(project, tmp_path, EXPORTS[-1].read_text("utf-8")) == ""
    for doubts in ("int_doubts_on_scope", "int_doubts_on_whole_exports"):
        assert project.query(f"select * from rules.{doubts}") == []
