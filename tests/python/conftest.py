"""What all Python tests share: a database with the marts of the default data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
