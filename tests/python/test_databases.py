"""Odd names and databases: they work, or are refused in words before anything is built."""

import gc
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from copied import Project, open_elsewhere, query
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.cli.main import dbtRunner
from dbt_common.exceptions import DbtRuntimeError

from exports import database as databases
from exports import store
from exports.plugin import Plugin
from tasks import publishing
from tasks.environment import EXPORTS, ROOT


@pytest.mark.full
def test_a_copy_of_the_project_loads_its_own_seeds(tmp_path: Path, monkeypatch) -> None:
    """Whatever dbt has kept of the folder in which it parsed the original."""
    monkeypatch.setenv("OPEN_CYBER_DB", "open_cyber.duckdb")
    monkeypatch.setenv("DSPT_EXPORTS", str(EXPORTS[1]))

    def outcomes(project: Path) -> list[tuple[int]]:
        monkeypatch.chdir(project)  # dbt would not keep a folder that it is told
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


def other_version(content: bytes) -> bytes:
    """A database as a DuckDB of years to come writes it."""
    header = bytearray(content[: databases.HEADER])
    header[13] = 99
    struct.pack_into("<Q", header, 0, databases.checksum(header[8:]))
    return header + content[databases.HEADER :]


UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "other version": other_version,
    "no database": lambda content: b"no database",
    "half": lambda content: content[: len(content) // 2],
    "wrong bytes": lambda content: content[:100] + bytes(50) + content[150:],
}


def refused(database: Path) -> str:
    """What dbt says of a database that it cannot open, by the plugin."""
    credentials = DuckDBCredentials(path=str(database), schema="main")
    with pytest.raises(DbtRuntimeError) as found:
        Plugin("exports", {}, credentials).update_connection_config(credentials, {})
    [line] = found.value.msg.splitlines()
    assert str(database) in line
    return line


@pytest.mark.parametrize("how", UNREADABLE)
def test_a_database_that_cannot_be_read_is_named_with_what_to_do(how, tmp_path) -> None:
    database = tmp_path / "open_cyber.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table numbers as from range(100000)")
    database.write_bytes(UNREADABLE[how](database.read_bytes()))
    assert "cannot be opened. If it is damaged or from another version, delete" in refused(database)


def test_a_folder_in_which_duckdb_cannot_write_is_named(tmp_path) -> None:
    assert "with ? in its name" in refused(tmp_path / "what?" / "open_cyber.duckdb")


@pytest.mark.parametrize("read_only", [True, False])
def test_a_database_that_is_open_elsewhere_is_refused_in_words(tmp_path, read_only) -> None:
    database = tmp_path / "open_cyber.duckdb"
    duckdb.connect(str(database)).close()
    with open_elsewhere(database, read_only):
        assert "cannot be opened. Close it in the other program." in refused(database)


@pytest.mark.full
def test_a_bare_build_says_that_the_database_is_open_elsewhere(tmp_path) -> None:
    database = tmp_path / "open_cyber.duckdb"
    with open_elsewhere(database):
        said = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "build", "--quiet", "--select", "dspt_outcomes",
             "--target-path", str(tmp_path / "target")],
            cwd=ROOT, env=os.environ | {"OPEN_CYBER_DB": str(database)},
            capture_output=True, encoding="utf-8",
        )  # fmt: skip
    assert "Close it in the other program." in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_a_full_disk_is_said_in_a_line(small_disk, monkeypatch) -> None:
    """Of the database as of the store of what was read."""
    export = small_disk / EXPORTS[-1].name
    shutil.copy(EXPORTS[-1], export)
    with suppress(OSError), (small_disk / "other").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1000))
    assert "cannot be opened. Free disk space." in refused(small_disk / "open_cyber.duckdb")
    monkeypatch.chdir(small_disk)
    monkeypatch.setenv("DSPT_EXPORTS", str(export))
    with pytest.raises(publishing.Stopped, match="cannot be read into .exports: .*No space left"):
        store.update()
    (small_disk / "other").unlink()
    assert [fault for *_, fault in store.update()["exports"]] == [None]
