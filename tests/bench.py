"""The project's SQL without dbt: compiled once, run in DuckDB, in memory, on the rows of a test.

    with bench.undone():
        bench.fill("ods_trusts", rows)
        bench.run("fct_compliance")
        bench.rows("select outcome from marts.fct_compliance")

A relation is a seed, a model, what the reader of the exports leaves (`exports`, `findings` and
`cells`), or the names of the exports that are `accepted`.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb

from exports import store
from reports.marts import MEMORY
from tasks import diff, environment

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    "dbt_project.yml", "profiles.yml", "requirements.txt", "macros/*", "models/**/*.*",
    "seeds/**/*.yml", "tests/*.sql", "tests/generic/*",
)  # fmt: skip
GIVEN = r"\bmain\.(exports|findings|cells|accepted)\b"  # what no model makes and no seed has
CELLS = (
    "sha256", "organisation_code", "organisation_code_as_exported", "organisation_name", "status",
    "published_on_text", "sector_as_exported", "commissioner_as_exported",
)  # fmt: skip
# of the default exports those with trusts, commissioners and CSUs alone
EXPORTS = [export for export in environment.EXPORTS if export.stat().st_size < 100_000]
Node = dict[str, Any]
Settings = dict[str, str | bool | int | float | list[str]]
IN_MEMORY: Settings = {
    "threads": 1,
    "memory_limit": MEMORY,
    "temp_directory": "",
    "max_temp_directory_size": "0B",
}


def sources() -> list[Path]:
    """What dbt compiles; the rows of seeds are read by the bench itself."""
    return [file for part in SOURCES for file in sorted(ROOT.glob(part)) if file.is_file()]


def compiled() -> Path:
    """The manifest of the sources as they are, with the SQL of every model and test."""
    texts = (f"{file.relative_to(ROOT)}".encode() + file.read_bytes() for file in sources())
    kept = ROOT / "target" / "bench" / f"{hashlib.sha256(b''.join(texts)).hexdigest()}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as target:
            # the database is named as the one in memory is
            environment = {"OPEN_CYBER_DB": f"{target}/memory.duckdb", "DSPT_ACCEPT": "accepted"}
            subprocess.run(
                [Path(sys.executable).with_name("dbt"), "compile", "--quiet",
                 "--target-path", target],
                cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            Path(target, "manifest.json").replace(kept)  # in one step: others may be waiting for it
        for old in set(kept.parent.glob("*.json")) - {kept}:
            old.unlink(missing_ok=True)
    return kept


def sql_of(node: Node) -> str:
    """The SQL of a node on the bench: files, parts and settings of others are tables there."""
    sql: str = node["compiled_code"]
    for part in node["extra_ctes"]:
        sql = sql.replace(f"{part['sql']}, ", "").replace(part["sql"], "")
    read = r"read_parquet\(\['(?:[^']*-(\w+)\.parquet)?'\]\)"
    sql = re.sub(read, lambda found: f"main.{found[1] or 'cells'}", sql)
    return sql.replace("in ('accepted')", "in (select name from main.accepted)")


def relation_of(node: Node) -> str:
    """The name of a relation; dbt names a part so where it puts it in."""
    if node["config"]["materialized"] == "ephemeral":
        return f"main.__dbt__cte__{node['name']}"
    return f"{node['schema']}.{node['alias']}"


class Bench:
    """A database in memory with every relation of the project, empty until something fills it."""

    def __init__(self, file: Path | None = None, settings: Settings = IN_MEMORY) -> None:
        self.compiled = compiled()
        self.manifest: Node = json.loads(self.compiled.read_text("utf-8"))
        nodes = self.manifest["nodes"]
        of_kind = {
            kind: {node["name"]: node for node in nodes.values() if node["resource_type"] == kind}
            for kind in ("seed", "model", "test")
        }
        self.seeds, models, tests = of_kind.values()
        files = ("exports", "findings", "cells", "accepted")
        self.relations = {name: f"main.{name}" for name in files}
        self.relations |= {n: relation_of(node) for n, node in (self.seeds | models).items()}
        self.folders: dict[str, str] = {name: node["fqn"][1] for name, node in models.items()}
        self.models: dict[str, str] = {}  # the SQL of each, in the order in which they are built
        self.above: dict[str, set[str]] = {}  # all that a model rests on

        def visit(name: str) -> set[str]:
            if name in models and name not in self.models:
                parents = {nodes[parent]["name"] for parent in models[name]["depends_on"]["nodes"]}
                above = parents.union(*map(visit, sorted(parents)))
                self.models[name] = sql_of(models[name])
                self.above[name] = above | set(re.findall(GIVEN, self.models[name]))
            return self.above.get(name, set())

        for name in sorted(models):
            visit(name)
        self.tests = {name: sql_of(node) for name, node in tests.items()}
        self.reads = {  # what each test reads
            name: {nodes[read]["name"] for read in node["depends_on"]["nodes"]}
            for name, node in tests.items()
        }
        self.given: set[str] = set()  # models that have been filled, so they are not built
        self.stale = set(self.models)  # rest on what has changed since they were built
        self.store = TemporaryDirectory(prefix="bench-")  # of the reader of the exports
        self.db = duckdb.connect(file or ":memory:", config=settings)
        for schema in {relation.split(".")[0] for relation in self.relations.values()} - {"main"}:
            self.db.execute(f"create schema {schema}")
        columns = {name: node["config"]["column_types"] for name, node in self.seeds.items()}
        columns |= store.LISTS | {"accepted": {"name": "varchar"}}
        for name, kinds in columns.items():
            types = ", ".join(" ".join(column) for column in kinds.items())
            self.db.execute(f"create table {self.relations[name]} ({types})")
        none = ", ".join(f"cast(null as varchar) as {name}" for name in CELLS)
        self.db.execute(f"create view main.cells as select {none} where false")
        self.run()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens on the bench stays no longer than this. An error of DuckDB ends it all."""
        kept = self.models.copy(), self.given.copy(), self.stale.copy()
        self.db.execute("begin")
        try:
            yield
        finally:
            self.db.execute("rollback")
            self.models, self.given, self.stale = kept

    def changed(self, *names: str) -> None:
        """Lets all be built anew that rests on these."""
        self.stale |= {name for name, above in self.above.items() if above.intersection(names)}

    def fill(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Puts rows in the place of those of a relation; a column that they lack is null."""
        self.db.execute(f"delete from {self.relations[name]}")
        self.insert(self.relations[name], rows)
        self.given.add(name)
        self.changed(name)

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds rows to a table; a column that they lack is null."""
        for columns, alike in groupby(rows, key=tuple):
            values = [list(row.values()) for row in alike]
            marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(values))
            quoted = ", ".join(f'"{column}"' for column in columns)
            self.db.execute(
                f"insert into {table} ({quoted}) values {marks}",
                [value for row in values for value in row],
            )

    def alter(self, statement: str) -> None:
        """Changes the rows of a seed or of a model: update, insert into or delete from."""
        [name] = set(re.findall(r"\w+\.(\w+)", statement)) & self.relations.keys()
        self.db.execute(statement)
        self.stale.discard(name)
        self.given.add(name)
        self.changed(name)

    def default(self) -> None:
        """Builds all from the seeds and the exports of the project."""
        self.seed()
        self.read(environment.link(environment.EXPORTS, Path(self.store.name) / "default"))
        self.run()

    def seed(self, project: Path = ROOT) -> None:
        """Fills the seeds as they are in a project."""
        for name, node in self.seeds.items():
            file = str(project / node["original_file_path"]).replace("'", "''")
            self.db.execute(f"delete from {self.relations[name]}")
            self.db.execute(f"copy {self.relations[name]} from '{file}' (header, delimiter ',')")
        self.changed(*self.seeds)

    def read(self, place: Path | str) -> None:
        """Reads the exports at a place (a folder, a file or a glob), as a build does."""
        with chdir(self.store.name), patch.dict(os.environ, DSPT_EXPORTS=str(place)):
            lists = store.update()
        for name, rows in lists.items():
            self.fill(name, [dict(zip(store.LISTS[name], row, strict=True)) for row in rows])
        if files := sorted({f"{self.store.name}/{row[1]}" for row in lists["exports"] if row[1]}):
            self.db.execute(f"create or replace view main.cells as from read_parquet({files})")
        self.changed("cells")

    def accept(self, *names: str) -> None:
        """Accepts exports against doubts."""
        self.fill("accepted", [{"name": name} for name in names])

    def run(self, *to: str) -> None:
        """Builds these models (else all), and what they rest on, where something changed."""
        wanted = set(to).union(*(self.above[name] for name in to)) if to else self.models.keys()
        for name, sql in self.models.items():
            if name in wanted & self.stale - self.given:
                self.db.execute(f"create or replace table {self.relations[name]} as {sql}")
                self.stale.remove(name)

    def keep(self, database: Path) -> Path:
        """Writes all that is on the bench into a new database; not from within `undone`."""
        quoted = str(database).replace("'", "''")
        self.db.execute(
            f"attach '{quoted}' as kept; copy from database memory to kept; detach kept"
        )
        return database

    def changes(self, base: Path, head: Path) -> dict[str, list[str]]:
        """The marts in which two databases differ, and what `make diff` says of each."""
        difference = diff.Difference(base, head, self.compiled)
        lines = diff.report(difference, "base")
        difference.connection.close()
        parts = "\n".join(lines).split("\n### ")[1:]
        return {part.split("`")[1]: part.splitlines()[1:] for part in parts}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.db.execute(sql).fetchall()

    def failed(self, *tests: str) -> list[str]:
        """The data tests (else all) that find something; one that stops the build raises."""
        names = tests or tuple(self.tests)
        if read := self.models.keys() & set().union(*(self.reads[name] for name in names)):
            self.run(*read)
        return [name for name in names if self.rows(f"from ({self.tests[name]}) limit 1")]

    def columns(self, sql: str) -> dict[str, str]:
        """The columns of a query and their types."""
        return {name: kind for name, kind, *_ in self.rows(f"describe {sql}")}


if __name__ == "__main__":
    compiled()
