"""The comparison of engines names marts in which a row or type differs, and engines not had."""

import json
from pathlib import Path
from unittest.mock import Mock

import duckdb
import pytest

from tests.engines import __main__ as program
from tests.engines.__main__ import Built, Engine, differences

DUCKDB, SPARK = Engine(Path(), "dev"), Engine(Path(), "spark")
POINTS = "(values ('Standards Met', 3), ('Approaching', 2)) as mart (outcome, points)"


def built(folder, engine: Engine, mart: str) -> Built:
    """A build of one mart, as an engine leaves it; or without it."""
    (folder / "target").mkdir(parents=True)
    node = {
        "name": "agg_points", "alias": "agg_points", "schema": "marts", "resource_type": "model",
        "config": {"materialized": "table", "contract": {"enforced": True}},
    }  # fmt: skip
    manifest = {"nodes": {"one": node}, "parent_map": {"one": []}}
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest))
    if engine.target == "spark":
        tables = folder / "warehouse" / "marts.db" / "agg_points"
        tables.mkdir(parents=True)
        if mart:
            duckdb.execute(f"copy (from {mart}) to '{tables}/part.parquet'")
    else:
        with duckdb.connect(str(folder / "open_cyber.duckdb")) as connection:
            connection.execute(f"create schema marts; create table marts.agg_points as from {mart}")
    return Built(folder, 1, [], 0, 0, 0)


@pytest.mark.parametrize(
    "there, named",
    [
        (f"(from {POINTS} order by points)", []),
        (
            f"(from {POINTS} union all from {POINTS})",
            ["| `agg_points` | 2 | 4 | 0 | `agg_points` |"],
        ),
        (
            f"(select outcome, cast(points as bigint) as points from {POINTS})",
            ["- column `points`: INTEGER → BIGINT"],
        ),
        ("", ["| `agg_points` | 2 |  | 0 | `agg_points` |"]),
    ],
    ids=["the same", "each row twice", "another type", "not built"],
)
def test_what_differs_is_named(tmp_path, there, named) -> None:
    here = built(tmp_path / "here", DUCKDB, POINTS)
    found = differences(DUCKDB, here, SPARK, built(tmp_path / "there", SPARK, there))
    assert set(named) <= set(found) and bool(named) == bool(found), found


def test_an_engine_that_cannot_be_installed_is_a_failure(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program.sys, "argv", ["tests.engines"])
    monkeypatch.setattr(program, "bad_exports", lambda folder: [])
    monkeypatch.setattr(program, "install", Mock(side_effect=SystemExit("Stopped in pip.")))
    with pytest.raises(SystemExit, match="^NOT COMPARED: spark, fusion$"):
        program.main()
    assert "NOT COMPARED: the packages of spark are not to be had here" in capsys.readouterr().out
