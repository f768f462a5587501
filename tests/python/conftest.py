"""What all Python tests share: a database with the marts of the default data, and its site."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tasks import testing
from tests.bench import EXPORTS, ROOT, Bench


@pytest.fixture(scope="session")
def bench() -> Bench:
    """The project's SQL on the default data; a test changes it within `bench.undone()` only."""
    bench = Bench()
    bench.default()
    return bench


@pytest.fixture(scope="session")
def built() -> dict[str, Path]:
    """What `make test` has built and named; else that of its last run, or built now."""
    names = ("OPEN_CYBER_DB", "OPEN_CYBER_SITE")
    if set(names) <= os.environ.keys():
        return {name: (ROOT / os.environ[name]).resolve() for name in names}
    if "PYTEST_XDIST_WORKER" in os.environ:
        pytest.exit("several processes would build at once: run `make test ONLY=<part of a name>`")
    return testing.built()


@pytest.fixture(scope="session")
def database(built: dict[str, Path]) -> Path:
    """The database with the marts of the default data."""
    return built["OPEN_CYBER_DB"]


@pytest.fixture(scope="session")
def site(built: dict[str, Path]) -> Path:
    """Its site."""
    return built["OPEN_CYBER_SITE"]


@pytest.fixture(scope="session")
def manifest(database: Path) -> dict[str, Any]:
    """What dbt knows of the project since it built the database."""
    return json.loads((database.parent / "target" / "manifest.json").read_bytes())


@pytest.fixture(scope="module")
def connection(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Databases of the newest export: one with other points for an outcome, and the right one.

    dbt's manifest is beside the right one.
    """
    folder = tmp_path_factory.mktemp("swapped")
    (folder / "target").mkdir()
    bench = Bench()
    shutil.copy(bench.compiled, folder / "target" / "manifest.json")
    bench.seed()
    bench.read(EXPORTS[-1])
    bench.run()
    right = bench.keep(folder / "open_cyber.duckdb")
    bench.alter("update seeds.dspt_outcomes set points = -2 where outcome like 'Approaching%'")
    bench.run()
    return bench.keep(folder / "base's.duckdb"), right


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB (or as a test has it), where this system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = getattr(request, "param", "1m")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)
