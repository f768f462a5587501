"""Odd names of folders and files: they work, or are refused in words before anything is built."""

import gc
import shutil
from pathlib import Path

import pytest
from copied import EXPORTS, Project, query
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from tasks import ROOT


def test_a_project_may_be_in_a_folder_with_an_apostrophe(tmp_path: Path) -> None:
    project = Project(tmp_path / "o'neil's")
    select = "ods_icbs ons_icbs"
    assert project.build(EXPORTS[1], "--resource-type", "seed", "--select", *select.split()) == {}
    assert project.query("select count(*) > 0 from seeds.ods_icbs") == [(True,)]


def test_a_copy_of_the_project_loads_its_own_seeds(tmp_path: Path, monkeypatch) -> None:
    """Whatever dbt has kept of the folder in which it parsed the original."""
    monkeypatch.setenv("OPEN_CYBER_DB", "open_cyber.duckdb")
    monkeypatch.setenv("DSPT_EXPORTS", str(EXPORTS[1]))

    def outcomes(project: Path) -> list[tuple[int]]:
        monkeypatch.chdir(project)
        assert dbtRunner().invoke(["seed", "--quiet", "--select", "dspt_outcomes"]).success
        DuckDBConnectionManager.close_all_connections()
        gc.collect()
        return query(project / "open_cyber.duckdb", "select outcome from seeds.dspt_outcomes")

    original = Project(tmp_path / "original").root
    right = outcomes(original)
    copy = shutil.copytree(original, tmp_path / "copy")  # with its times, as `cp -a`
    seed = original / "seeds" / "dspt" / "dspt_outcomes.csv"
    seed.write_text(seed.read_text("utf-8").replace("Not Met", "Elsewhere"), "utf-8")
    assert outcomes(copy) == right
    assert outcomes(original) != right


@pytest.mark.parametrize("name", ["marts.duckdb", "Seeds.db", "o'neil.duckdb", "a#b/c.duckdb"])
def test_a_bare_build_refuses_a_database_that_could_not_be_read(name, tmp_path, monkeypatch):
    monkeypatch.setenv("OPEN_CYBER_DB", str(tmp_path / name))
    result = dbtRunner().invoke(
        ["parse", "--quiet", "--no-partial-parse", "--target-path", str(tmp_path / "target")],
        project_dir=str(ROOT),
        profiles_dir=str(ROOT),
    )
    assert f"{name} cannot be a database: name the file with" in str(result.exception)
