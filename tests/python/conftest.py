"""What all Python tests share: a database with the marts of the default data, and its site."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import Bench

ROOT = Path(__file__).parents[2]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason to skip, in whatever process; pytest alone would only count."""
    skipped = terminalreporter.stats.get("skipped", [])
    for why in sorted({report.longrepr[2] for report in skipped}):
        terminalreporter.write_line(why)


@pytest.fixture(scope="session")
def bench() -> Bench:
    """The project's SQL on the default data; a test changes it within `bench.undone()` only."""
    bench = Bench()
    bench.default()
    return bench


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that OPEN_CYBER_DB names, else one that dbt builds for these tests."""
    if named := os.environ.get("OPEN_CYBER_DB"):
        return (ROOT / named).resolve()
    folder = tmp_path_factory.mktemp("database")
    built = folder / "open_cyber.duckdb"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "dbt.cli.main",
            "build",
            "--quiet",
            "--target-path",
            folder / "target",
        ],
        cwd=ROOT,
        env=os.environ | {"OPEN_CYBER_DB": str(built)},
        check=True,
    )
    return built


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered site: the folder that OPEN_CYBER_SITE names, else one rendered now."""
    if named := os.environ.get("OPEN_CYBER_SITE"):
        return (ROOT / named).resolve()
    folder = tmp_path_factory.mktemp("rendered") / "site"
    database = request.getfixturevalue("database")
    command = [sys.executable, "-m", "reports", "--database", str(database), "--site", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where this system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)
