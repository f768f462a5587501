"""What sees a mutant: the contract, the unit tests, the data tests, the random worlds."""

import csv
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from tasks.diff import are_different
from tests.bench import ROOT, Bench, Node
from tests.mutants.mutations import mutants

sys.path.insert(0, str(ROOT / "tests" / "python"))
from oracle import Oracle
from test_rules import ledger, some_worlds

EQUIVALENT = Path(__file__).parent / "equivalent.csv"
TOO_LONG = 20  # seconds for a query of thousandths
WORLDS = 2  # of each shape of those of test_rules.py


class Killers:
    """The bench with the default data, on which mutants are tried."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.bench.default()
        self.unit_tests: list[Node] = [*self.bench.manifest["unit_tests"].values()]
        self.worlds = [(world, Oracle(world).ledger()) for world in some_worlds(1, WORLDS)]
        # each test after the last model that it reads: all is whole then
        self.tests_after: dict[str, list[str]] = {name: [] for name in self.bench.models}
        for name, reads in self.bench.reads.items():
            if last := [model for model in self.bench.models if model in reads][-1:]:
                self.tests_after[last[0]].append(name)

    @contextmanager
    def ends(self, seconds: float = TOO_LONG) -> Iterator[None]:
        """Stops what does not end: a recursion without its bound."""
        timer = threading.Timer(seconds, self.bench.db.interrupt)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def of(self, model: str, sql: str) -> str | None:
        """What kills a mutant of a model, but for the random worlds."""
        try:
            if self.bench.columns(sql) != self.bench.columns(self.bench.models[model]):
                return "contract"
        except duckdb.Error:
            return "contract"  # it does not even run
        tests = [test for test in self.unit_tests if test["model"] == model]
        with self.ends():
            if any(self.sees(test, sql) or self.lets_pass(test, sql) for test in tests):
                return "unit test"
        return "data test" if self.see_in_data(model, sql) else None

    @contextmanager
    def inputs(self, test: Node) -> Iterator[set[str]]:
        """What a unit test gives its model, until the block ends; the exports that it accepts."""
        bench = self.bench
        with bench.undone():
            settings = (test["overrides"] or {}).get("env_vars", {})
            accepted = {*map(str.strip, settings.get("DSPT_ACCEPT", "").split(";"))} - {""}
            bench.accept(*accepted)
            for given in test["given"]:
                name, rows = given["input"].split("'")[1], given["rows"]
                if given["format"] == "sql":
                    bench.db.execute(f"create or replace table {bench.relations[name]} as {rows}")
                else:
                    bench.fill(name, rows)
            yield accepted

    def sees(self, test: Node, sql: str) -> bool:
        """Whether a mutant does not pass a unit test."""
        expected = test["expect"]["rows"]
        names = ", ".join(f'"{name}"' for name in expected[0])
        model = self.bench.relations[test["model"]]
        with suppress(duckdb.Error), self.inputs(test):
            self.bench.db.execute(
                f"create temp table expected as select {names} from {model} limit 0"
            )
            self.bench.insert("expected", expected)
            differ = self.bench.rows(
                f"with actual as materialized (select {names} from ({sql}))"
                " (from expected except all from actual)"
                " union all (from actual except all from expected)"
            )
            return bool(differ)
        return True

    def lets_pass(self, test: Node, sql: str) -> bool:
        """Whether a mutant lets an export pass that has a doubt and is not accepted any more."""
        for row in test["expect"]["rows"] if test["overrides"] else ():
            with suppress(duckdb.Error), self.inputs(test) as accepted:
                self.bench.accept(*accepted - {row["source_file"]})
                self.bench.rows(sql)
                return True
        return False

    def see_in_data(self, model: str, sql: str) -> bool:
        """Whether a data test sees a mutant in what is built from it."""
        bench = self.bench
        changed: set[str] = set()
        try:
            with self.ends(), bench.undone():
                for name in bench.models:
                    if name == model or bench.above[name] & changed:
                        text = sql if name == model else bench.models[name]
                        bench.db.execute(f"create temp table rebuilt as {text}")
                        if are_different(bench.db, "rebuilt", bench.relations[name]):
                            changed.add(name)
                            bench.db.execute(
                                f"create or replace table {bench.relations[name]} as from rebuilt"
                            )
                        elif name == model:
                            return False  # the default exports show no difference
                        bench.db.execute("drop table rebuilt")
                    after = [t for t in self.tests_after[name] if bench.reads[t] & changed]
                    if after and bench.failed(*after):
                        return True
        except duckdb.Error:
            return True
        return False

    def see_in_worlds(self, model: str, sql: str) -> bool:
        """Whether one of the worlds shows a mutant."""
        if model not in self.bench.above["fct_compliance"]:
            return False
        kept = self.bench.models[model]
        self.change(model, sql)
        try:
            with self.ends(10 * TOO_LONG):
                return any(ledger(self.bench, world) != right for world, right in self.worlds)
        except (duckdb.Error, AssertionError):
            return True
        finally:
            self.change(model, kept)

    def change(self, model: str, sql: str) -> None:
        """Gives a model another SQL."""
        self.bench.models[model] = sql
        self.bench.stale.add(model)
        self.bench.changed(model)


def equivalents() -> dict[tuple[str, str], str]:
    """Mutants that change nothing that can be, each with the reason."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["mutant"]): row["reason"] for row in csv.DictReader(file)}


def tree_of(sql: str) -> exp.Expression:
    """A model as it is changed: without the name of the database."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    return tree


def no_mutants(bench: Bench) -> list[str]:
    """What is listed as equivalent and is no mutant of its model, or none any more."""
    return [
        f"{model}: {listed}"
        for model, listed in equivalents()
        if model not in bench.models
        or all(words != listed for _, words, _ in mutants(tree_of(bench.models[model])))
    ]


def try_models(models: list[str], seed: int, most: int) -> list[str | None]:
    """What kills the mutants of some models, if anything: so many of each, drawn with a seed."""
    killers = Killers()
    known = equivalents()
    verdicts = []
    for model in models:
        tree = tree_of(killers.bench.models[model])
        every = [(kind, words, mutant.sql("duckdb")) for kind, words, mutant in mutants(tree)]
        some = random.Random(f"{seed} {model}").sample(every, min(most, len(every)))
        assert not killers.of(model, tree.sql("duckdb")), f"the tests see {model} as it is"
        for kind, words, sql in some:
            by = killers.of(model, sql)
            if not by and killers.see_in_worlds(model, sql):
                by = "random worlds"
            if by and (model, words) in known:
                print(f"{model}: listed as equivalent, but a test sees {words}", flush=True)
            elif (model, words) in known:
                by = "equivalent"
            verdicts.append(by)
            if not by:
                print(f"{model},{kind}: {words}", flush=True)
    return verdicts
