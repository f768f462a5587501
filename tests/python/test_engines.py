"""The comparison of engines names marts in which a row or type differs, and engines not had."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pytest

from tests.engines import __main__ as program
from tests.engines.__main__ import Built, Engine, differences

DUCKDB, SPARK = Engine(Path(), "dev"), Engine(Path(), "spark")
POINTS = "(values ('Standards Met', 3), ('Approaching', 2)) as mart (outcome, points)"


def built(folder, engine: Engine, mart: str) -> Built:
    """A build of one mart, as an engine leaves it."""
    (folder / "target").mkdir(parents=True)
    node = {
        "name": "agg_points", "alias": "agg_points", "schema": "marts", "resource_type": "model",
        "config": {"materialized": "table", "contract": {"enforced": True}},
    }  # fmt: skip
    manifest = {"nodes": {"one": node}, "parent_map": {"one": []}}
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest))
    tables = folder / "warehouse" / "marts.db" / "agg_points"
    tables.mkdir(parents=True)
    with duckdb.connect(str(folder / "open_cyber.duckdb")) as connection:
        if engine.target == "spark":
            connection.execute(f"copy (from {mart}) to '{tables}/part.parquet'")
        else:
            connection.execute(f"create schema marts; create table marts.agg_points as from {mart}")
    return Built(folder, 1, [], 0, 0, 0)


@pytest.mark.parametrize(
    "there, named",
    [
        pytest.param(
            "(values ('Approaching', 2), ('Standards Met', 3)) as mart (outcome, points)", [],
            id="the same",
        ),
        pytest.param(
            "(values ('Standards Met', 2), ('Approaching', 3)) as mart (outcome, points)",
            ["| Approaching, 2 | *gone* |", "| Approaching, 3 | *new* |"],
            id="points swapped",
        ),
        pytest.param(
            f"(from {POINTS} union all from {POINTS})",
            ["| `agg_points` | 2 | 4 | 0 | `agg_points` |"],
            id="each row twice",
        ),
        pytest.param(
            f"(select outcome, cast(points as bigint) as points from {POINTS})",
            ["- column `points`: INTEGER → BIGINT"],
            id="another type",
        ),
    ],
)  # fmt: skip
def test_what_differs_is_named(tmp_path, there, named) -> None:
    here = built(tmp_path / "here", DUCKDB, POINTS)
    found = differences(DUCKDB, here, SPARK, built(tmp_path / "there", SPARK, there))
    assert set(named) <= set(found) and bool(named) == bool(found), found


def test_what_was_not_built_is_named(tmp_path) -> None:
    here, there = (built(tmp_path / one.target, one, POINTS) for one in (DUCKDB, SPARK))
    next(tmp_path.rglob("part.parquet")).unlink()
    found = differences(DUCKDB, here, SPARK, there)
    assert "| `agg_points` | 2 |  | 0 | `agg_points` |" in found


def test_an_engine_that_cannot_be_installed_is_a_failure(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program.sys, "argv", ["tests.engines"])
    monkeypatch.setattr(program, "bad_exports", lambda folder: [])
    monkeypatch.setattr(program.venv, "create", lambda folder, **options: None)
    monkeypatch.setattr(program.subprocess, "run", lambda command: CompletedProcess(command, 1))
    with pytest.raises(SystemExit, match="^NOT COMPARED: spark, fusion$"):
        program.main()
    assert "NOT COMPARED: the packages of spark are not to be had here" in capsys.readouterr().out
