"""Odd names of folders and files: they work, or are refused in words before anything is built."""

from pathlib import Path

import pytest
from copied import EXPORTS, Project
from dbt.cli.main import dbtRunner

from tasks import ROOT


def test_a_project_may_be_in_a_folder_with_an_apostrophe(tmp_path: Path) -> None:
    project = Project(tmp_path / "o'neil's")
    select = "ods_icbs ons_icbs"
    assert project.build(EXPORTS[1], "--resource-type", "seed", "--select", *select.split()) == {}
    assert project.query("select count(*) > 0 from seeds.ods_icbs") == [(True,)]


@pytest.mark.parametrize("name", ["marts.duckdb", "Seeds.db", "o'neil.duckdb", "a#b/c.duckdb"])
def test_a_bare_build_refuses_a_database_that_could_not_be_read(name, tmp_path, monkeypatch):
    monkeypatch.setenv("OPEN_CYBER_DB", str(tmp_path / name))
    result = dbtRunner().invoke(
        ["parse", "--quiet", "--no-partial-parse", "--target-path", str(tmp_path / "target")],
        project_dir=str(ROOT),
        profiles_dir=str(ROOT),
    )
    assert f"{name} cannot be a database: name the file with" in str(result.exception)
