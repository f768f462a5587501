"""The built database, to be spoilt, and the tests that may see it."""

import csv
import json
import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import sqlglot
from sqlglot import exp

from tests.mutants.mutations import mutants

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).parent / "equivalent.csv"
TOO_LONG = 20  # seconds for a query of thousandths
WORLDS = 2  # of each shape of those of test_rules.py
Node = dict[str, Any]


class Verdict(NamedTuple):
    """What became of a mutant."""

    model: str
    kind: str
    mutant: str
    killed_by: str | None  # contract, unit test, data test, worlds


def relation_of(node: Node) -> str:
    """The name of a relation without its database; dbt names a part so where it is put in."""
    if node["config"].get("materialized") == "ephemeral":
        return f"main.__dbt__cte__{node['name']}"
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def plain(sql: str) -> exp.Expression:
    """A query without the name of its database, and without the parts that dbt has put in."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    if with_ := tree.args.get("with_"):
        kept = [cte for cte in with_.expressions if not cte.alias.startswith("__dbt__cte__")]
        with_.set("expressions", kept)
    return tree


class Model:
    """A model as it is compiled."""

    def __init__(self, node: Node) -> None:
        self.name: str = node["name"]
        self.folder: str = node["fqn"][1]
        self.parents = set(node["depends_on"]["nodes"])
        self.kind = "view" if node["config"]["materialized"] == "ephemeral" else "table"
        self.relation = relation_of(node)
        self.tree = plain(node["compiled_code"])
        self.sql = self.tree.sql("duckdb")

    def create(self, sql: str = "") -> str:
        """The statement that makes its relation."""
        return f"create or replace {self.kind} {self.relation} as {sql or self.sql}"


class Bench:
    """The built database in memory, to be spoilt, and what dbt knows of it."""

    def __init__(self, folder: Path, database: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        nodes = manifest["nodes"]
        models = {k: Model(node) for k, node in nodes.items() if node["resource_type"] == "model"}
        self.models: dict[str, Model] = {}  # in the order in which they are built

        def visit(key: str) -> None:
            for parent in sorted(models[key].parents & models.keys()):
                visit(parent)
            self.models.setdefault(key, models[key])

        for key in sorted(models):
            visit(key)
        self.relations = {
            node["name"]: relation_of(node)
            for node in nodes.values()
            if node["resource_type"] in ("model", "seed")
        }
        tests = [
            (set(node["depends_on"]["nodes"]), plain(node["compiled_code"]).sql("duckdb"))
            for node in nodes.values()
            if node["resource_type"] == "test"
        ]
        self.tests_after: dict[str, list[tuple[set[str], str]]] = {key: [] for key in self.models}
        for reads, sql in tests:  # each after the last model that it reads: all is whole then
            if last := [key for key in self.models if key in reads][-1:]:
                self.tests_after[last[0]].append((reads, sql))
        self.unit_tests = list(manifest["unit_tests"].values())
        self.db = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
        self.db.execute("set temp_directory = ''; set max_temp_directory_size = '0B'")
        self.db.execute("set enable_progress_bar = false")
        self.db.execute(f"attach '{database}' as built (read_only)")
        for schema, table in self.db.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built'"
            " union all select schema_name, view_name from duckdb_views()"
            " where database_name = 'built' and not internal"
        ).fetchall():
            self.db.execute(f"create schema if not exists {schema}")
            self.db.execute(f"create table {schema}.{table} as from built.{schema}.{table}")
        self.db.execute("detach built")
        for model in self.models.values():
            if model.kind == "view":
                self.db.execute(model.create())

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens to the database stays no longer than this."""
        self.db.execute("begin")
        try:
            yield
        finally:
            self.db.execute("rollback")

    @contextmanager
    def ends(self) -> Iterator[None]:
        """Stops a query that does not end: a recursion without its bound."""
        timer = threading.Timer(TOO_LONG, self.db.interrupt)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def holds(self, sql: str) -> bool:
        """Whether a query has a row."""
        with self.ends():
            return self.db.execute(f"select 1 from ({sql}) limit 1").fetchone() is not None

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """The columns of a query and their types."""
        return [(name, kind) for name, kind, *_ in self.db.execute(f"describe {sql}").fetchall()]

    def tried(self, key: str, alive: dict[str, str]) -> dict[str, str]:
        """What kills the mutants of a model, by name; those that live are not in it."""
        model = self.models[key]
        right = self.columns(model.sql)
        killed: dict[str, str] = {}
        for name, sql in alive.items():
            try:
                if self.columns(sql) != right:
                    killed[name] = "contract"
            except duckdb.Error:
                killed[name] = "contract"  # it does not even run
        for test in self.unit_tests:
            if test["depends_on"]["nodes"][0] == key:
                left = {name: sql for name, sql in alive.items() if name not in killed}
                for name in self.seen_by(test, left, dict(right)):
                    killed[name] = "unit test"
        for name, sql in alive.items():
            if name not in killed and self.seen_in_data(key, sql):
                killed[name] = "data test"
        return killed

    def seen_by(self, test: Node, alive: dict[str, str], types: dict[str, str]) -> list[str]:
        """The mutants that a unit test sees."""
        expected = test["expect"]["rows"]
        names = ", ".join(f'"{name}"' for name in expected[0])
        seen: list[str] = []
        left = list(alive)
        while left:  # an error ends a transaction, so the rest begins anew
            with self.undone():
                for given in test["given"]:
                    name = given["input"].split("'")[1]
                    self.fill(self.relations[name], given["rows"], given["format"])
                kinds = ", ".join(f'"{name}" {types[name]}' for name in expected[0])
                self.db.execute(f"create temp table expected ({kinds})")
                self.insert("expected", expected)
                while left:
                    name = left.pop()
                    try:
                        if self.holds(
                            f"with actual as materialized (select {names} from ({alive[name]}))"
                            f" (select {names} from expected except all from actual) union all"
                            f" (from actual except all select {names} from expected)"
                        ):
                            seen.append(name)
                    except duckdb.Error:
                        seen.append(name)
                        break
        return seen

    def fill(self, relation: str, rows: Any, form: str) -> None:
        """Puts the rows of a unit test in the place of a relation, in its columns."""
        if form == "sql":
            kind = "view" if relation.startswith("main.") else "table"
            self.db.execute(f"create or replace {kind} {relation} as {rows}")
            return
        self.db.execute(f"create temp table shape as from {relation} limit 0")
        if relation.startswith("main."):
            self.db.execute(f"drop view if exists {relation}")
        self.db.execute(f"create or replace table {relation} as from shape")
        self.db.execute("drop table shape")
        self.insert(relation, rows)

    def insert(self, relation: str, rows: list[dict[str, Any]]) -> None:
        """Inserts rows that may differ in their columns."""
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            values = [None if value is None else str(value) for value in row.values()]
            marks = ", ".join("?" for _ in row)
            self.db.execute(f"insert into {relation} ({names}) values ({marks})", values)

    def seen_in_data(self, key: str, sql: str) -> bool:
        """Whether a data test sees a mutant in what is built from it."""
        changed: set[str] = set()
        with self.undone():
            try:
                for other, model in self.models.items():
                    if other == key or model.parents & changed:
                        if self.rebuild(model, sql if other == key else model.sql):
                            changed.add(other)
                        elif other == key:
                            return False  # the default exports show no difference
                    for reads, test in self.tests_after[other]:
                        if reads & changed and self.holds(test):
                            return True
            except duckdb.Error:
                return True
        return False

    def rebuild(self, model: Model, sql: str) -> bool:
        """Builds a model anew; gives whether it holds other rows than before."""
        if model.kind == "view":
            self.db.execute(f"create or replace view {model.relation} as {sql}")
            return True
        with self.ends():
            self.db.execute(f"create temp table rebuilt as {sql}")
        differs = self.holds(
            f"(from rebuilt except all from {model.relation})"
            f" union all (from {model.relation} except all from rebuilt)"
        )
        if differs:
            self.db.execute(f"create or replace table {model.relation} as from rebuilt")
        self.db.execute("drop table rebuilt")
        return differs


class Worlds:
    """The random worlds of test_rules.py, and what its oracle says of each."""

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(ROOT / "tests" / "python"))
        import test_rules

        with redirect_stdout(StringIO()):  # dbt shows the model that was named
            self.rules = test_rules.compiled(folder)
        self.relations = {relation: n for n, (relation, _) in enumerate(self.rules.models)}
        self.worlds = [
            (world, test_rules.Oracle(world).ledger()) for world in test_rules.some_worlds(WORLDS)
        ]

    def see(self, model: str, sql: str) -> bool:
        """Whether one of the worlds shows a mutant of a model."""
        models = self.rules.models
        places = [n for n, (name, _) in enumerate(models) if f'"{model}"' in str(name)]
        if not places:
            return False  # its rows are made here, or it is above the ledger
        kept = models[places[0]]
        models[places[0]] = kept[0], sql
        timer = threading.Timer(10 * TOO_LONG, self.rules.connection.interrupt)
        timer.start()
        try:
            return any(self.rules.ledger(world) != ledger for world, ledger in self.worlds)
        except (duckdb.Error, AssertionError):
            return True
        finally:
            timer.cancel()
            models[places[0]] = kept


def equivalents() -> dict[tuple[str, str], str]:
    """Mutants that change nothing that can be, each with the reason."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["mutant"]): row["reason"] for row in csv.DictReader(file)}


def try_models(folder: Path, keys: list[str], seed: int, most: int) -> list[Verdict]:
    """What becomes of the mutants of some models: of so many of each, drawn with a seed."""
    bench = Bench(folder, folder / "open_cyber.duckdb")
    worlds = Worlds(folder / f"worlds-{os.getpid()}")
    known = equivalents()
    verdicts = []
    for key in keys:
        model = bench.models[key]
        assert not bench.tried(key, {"": model.sql}), f"the tests see {model.name} as it is"
        every = [(kind, words, tree.sql("duckdb")) for kind, words, tree in mutants(model.tree)]
        some = random.Random(f"{seed} {model.name}").sample(every, min(most, len(every)))
        killed = bench.tried(key, {words: sql for _, words, sql in some})
        for kind, words, sql in some:
            by = killed.get(words)
            if by and (model.name, words) in known:
                print(f"{model.name}: listed as equivalent, but a test sees {words}", flush=True)
            if not by and (model.name, words) in known:
                by = "equivalent"
            elif not by and worlds.see(model.name, sql):
                by = "random worlds"
            verdicts.append(Verdict(model.name, kind, words, by))
            if not by:
                print(f"{model.name},{kind}: {words}", flush=True)
    return verdicts
