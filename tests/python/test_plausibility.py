"""An export that can be read and cannot be right stops the build, unless its name is accepted."""

import re
from pathlib import Path

import duckdb
import pytest

import tasks
from tests.bench import EXPORTS, Bench

NAME = EXPORTS[-1].name
AS_IT_IS = EXPORTS[-1].read_text("utf-8")
UNKNOWN = re.sub(r"(?m)^(?!Code)(?=.)", "X", AS_IT_IS)


@pytest.fixture
def built(bench: Bench, tmp_path: Path):
    """Builds the default exports with this text for the newest."""

    def run(export: str, *accept: str) -> Bench:
        others = [path for path in tasks.EXPORTS if path.name != NAME]
        exports = tasks.lay(others, tmp_path / "exports")
        (exports / NAME).write_text(export, "utf-8", newline="")
        bench.read(exports)
        bench.accept(*accept)
        bench.run("fct_compliance", "dq_findings")
        return bench

    with bench.undone():
        yield run


def test_codes_that_nobody_knows_stop_the_build(built) -> None:
    with pytest.raises(duckdb.Error) as stopped:
        built(UNKNOWN)
    assert f"{NAME} has no row for 257 of the 257 organisations in scope" in str(stopped.value)
    assert f'DSPT_ACCEPT="{NAME}"' in str(stopped.value)


def test_an_export_that_is_accepted_against_doubts_is_a_finding(built) -> None:
    findings = built(UNKNOWN, "other.csv", NAME).rows(
        "select snapshot_date::text, severity, detail from marts.dq_findings"
        " where \"check\" = 'accepted against doubts' order by detail"
    )
    assert ("2023-11-16", "warning") in {(day, severity) for day, severity, _ in findings}
    assert any(detail.startswith(f"{NAME} has no row for 257") for *_, detail in findings)


def test_a_share_that_jumps_stops_the_build(built) -> None:
    words = f"{NAME} has 15 of 210 trusts that met or exceeded the standards, after 144 of 212"
    with pytest.raises(duckdb.Error, match=words):
        built(AS_IT_IS.replace("22/23 Standards Met", "22/23 Standards Not Met"))


def test_the_exports_as_they_are_raise_no_doubt(bench: Bench) -> None:
    for doubts in ("int_doubts_on_scope", "int_doubts_on_whole_exports"):
        assert bench.rows(f"select * from rules.{doubts}") == []
