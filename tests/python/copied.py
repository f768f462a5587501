"""What tests need of dbt and DuckDB themselves: a copy of the project, databases on the disk."""

import gc
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from tests.bench import ROOT

PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models", "seeds", "tests/generic")


class Project:
    """What dbt needs of the project, with one place for the database: dbt then parses once."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.database = folder / "open_cyber.duckdb"
        for part in (*PARTS, *(f"tests/{test.name}" for test in ROOT.glob("tests/*.sql"))):
            source, target = ROOT / part, self.root / part
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    def build(self, exports: Path | str, *arguments: str) -> dict[str, str]:
        """Runs dbt build with the exports in a folder; gives what failed or was wrong, and why."""
        # the files that dbt writes on a build are a fifth of its time
        result = self.dbt(exports, "build", "--no-write-json", *arguments)
        assert result.result, "nothing was selected"
        return {
            node.node.name: f"{node.status}: {node.message}"
            for node in result.result
            if node.status in ("error", "fail", "runtime error")
        }

    def dbt(self, exports: Path | str, *arguments: str) -> dbtRunnerResult:
        """Runs dbt with the exports in a folder, all accepted: invented ones are small and odd."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DSPT_ACCEPT", ";".join(path.name for path in Path(exports).iterdir()))
            patch.setenv("DSPT_EXPORTS", str(exports))
            patch.setenv("OPEN_CYBER_DB", str(self.database))
            result = dbtRunner().invoke(
                [*arguments, "--quiet"],
                project_dir=str(self.root),
                profiles_dir=str(self.root),
                target_path=str(self.root.parent / "target"),
            )
        # dbt keeps the database open for its next run; here it may be another file of that name
        DuckDBConnectionManager.close_all_connections()
        gc.collect()
        assert result.exception is None, result.exception
        return result

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the database that was built last."""
        return query(self.database, sql)


@contextmanager
def open_elsewhere(database: Path, read_only: bool = False) -> Iterator[None]:
    """Lets another program have a database open for as long as the block lasts."""
    script = f"import duckdb; c = duckdb.connect({str(database)!r}, read_only={read_only})"
    with subprocess.Popen(
        [sys.executable, "-c", f"{script}; print(1, flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as program:  # fmt: skip
        assert program.stdout
        program.stdout.readline()
        yield


def commit(folder: Path) -> str:
    """Commits everything in a folder, in a new repository if it has none; gives the commit."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in ("init --quiet -b main", "add --all", "commit --quiet --allow-empty -m a"):
        subprocess.run([*git, *words.split()], cwd=folder, check=True)
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=folder, text=True).strip()


def query(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()
