"""Checks the project: lint, types, the tests of both rings, faults, mutants, engines, bench."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tasks import environment, marks


def lint() -> None:
    """Checks the layout of Python and SQL (ruff, sqlfluff)."""
    environment.say("Linting")
    environment.run("ruff", "check", ".")
    environment.run("ruff", "format", "--check", ".")
    empty = environment.fresh(environment.ROOT / "target" / "lint") / "open_cyber.duckdb"
    environment.run(
        "sqlfluff", "lint", "--disable-progress-bar", "--processes=2",  # not one after the other
        "models", "tests", OPEN_CYBER_DB=empty,
    )  # fmt: skip


def types() -> None:
    """Checks the types of the Python (mypy, strict)."""
    environment.say("Checking types")
    environment.run("mypy")


def test(only: str = "") -> None:
    """Lints, builds with all tests, runs the fast Python tests: [PART OF A NAME, to run only it].

    Lint and types are checked at the same time, and reported at the end.
    """
    if only:
        return run_tests("-k", only, "-m", "not faults", **built())
    with aside(["tests.bench"], ["tasks", "types"], ["tasks", "lint"]):
        run_tests(**built(anew=True))
    environment.say("Lint, build and tests passed; `make test-all` runs the rest")


def test_all() -> None:
    """Runs what `test` leaves out: axe, Lighthouse, attacks, kills, worlds, mutants, engines."""
    given = built()
    with aside(["tasks", "test-engines", "default"]):
        run_tests("-m", "full and not faults", **given)
    environment.say("All tests of the second ring passed")


@contextmanager
def aside(*modules: list[str]) -> Iterator[None]:
    """Runs Python modules one after the other beside something else; prints their output after it.

    Ends the run if one fails.
    """
    held = partial(environment.call, "python", "-m", hold=True)
    with ThreadPoolExecutor(1) as pool:
        running = [pool.submit(held, *words) for words in modules]
        try:
            yield
        finally:
            found = [one.result() for one in running]
            print(*(one.stdout for one in found), sep="", end="", flush=True)
    if failed := [" ".join(m) for m, one in zip(modules, found, strict=True) if one.returncode]:
        sys.exit(f"Stopped in {', '.join(failed)}")


def built(anew: bool = False) -> dict[str, Path]:
    """What the Python tests share: a database that passed all tests of the build, and its site.

    The last run's are used again if nothing has changed since, unless new ones are asked for.
    """
    folder = environment.ROOT / "target" / "test"
    database, site, exports = folder / "open_cyber.duckdb", folder / "site", folder / "exports"
    stamp = folder / "made-from"
    now = environment.contents(*marks.BUILD, *marks.SITE, "data/dspt")
    if anew or not stamp.exists() or stamp.read_bytes() != now.encode():
        environment.fresh(folder)
        environment.say("Building with all tests (dbt build)")
        environment.link(environment.EXPORTS, exports)  # the tests know these; there may be others
        environment.dbt(["build"], database, DSPT_EXPORTS=exports)
        environment.say("Rendering the pages")
        environment.run("python", "-m", "reports", "--database", database, "--site", site)
        stamp.write_text(now)
    return {"OPEN_CYBER_DB": database, "DSPT_EXPORTS": exports, "OPEN_CYBER_SITE": site}


def run_tests(*arguments: str, **given: Path) -> None:
    """Runs Python tests, one file at a time on each core, so what they share is made once."""
    environment.say("Running the Python tests (pytest)")
    environment.run(
        "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile", *arguments, **given
    )


def faults() -> None:
    """Kills, fills disks and spoils inputs for many minutes: the long form of the fault tests."""
    environment.run("pytest", "-m", "faults", "-rP", "tests/python/faults")


def mutants(*arguments: str) -> None:
    """Checks that tests notice small changes of the SQL: [--models NAME] [--most N] [--seed N]."""
    environment.run("python", "-m", "tests.mutants", *arguments)


def test_engines(*which: str) -> None:
    """Compares DuckDB with Spark and dbt Fusion row by row: [default] data only, [cluster]."""
    sets = {(): ["--whole=10"], ("default",): [], ("cluster",): ["--cluster", "--whole=100"]}
    exports = environment.link(
        environment.EXPORTS, environment.ROOT / "target" / "engines" / "default"
    )
    environment.run("python", "-m", "tests.engines", *sets.get(which, which), exports)


def bench(*numbers: str) -> None:
    """Measures builds of 1, 10 and 100 (or other numbers of) whole exports: docs/benchmarks.md."""
    environment.run("python", "-m", "tests.benchmarks", *numbers)
