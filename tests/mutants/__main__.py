"""Do the tests see a fault in the SQL? Mutants of every model of rules and marts are tried on them.

A mutant is killed by the contract or a unit test of its model, by the data tests on what is built
from it, or by the random worlds of test_rules.py. All of it runs in DuckDB, in memory, on what dbt
has compiled and built; the figures go to docs/testing.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.figures import write
from tests.mutants.bench import ROOT, Bench, try_models

ENOUGH = 95  # per cent of those that are not equivalent
KILLERS = {
    "contract": "the contract or because they do not run",
    "unit test": "a unit test",
    "data test": "a data test",
    "random worlds": "the random worlds",
}


def build(folder: Path) -> Path:
    """Builds the project as dbt does, without unit tests: they run here."""
    database = folder / "open_cyber.duckdb"
    subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "build", "--quiet", "--target-path", folder,
         "--exclude-resource-type", "unit_test"],
        cwd=ROOT, check=True,
        # the unit tests of doubts name these; compiled so, they can be run here
        env=os.environ | {
            "OPEN_CYBER_DB": str(database), "DSPT_ACCEPT": "a 'quoted' name.csv; 3.csv",
        },
    )  # fmt: skip
    return database


def pool_of_two() -> ProcessPoolExecutor:
    """Two new processes: a fork of one that has DuckDB's threads would not do."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def main() -> None:
    """Tries the mutants, in two processes, and says what lives; ends with 1 where too many do."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=20231116, help="which mutants are drawn")
    parser.add_argument("--most", type=int, default=3, help="how many of each model")
    parser.add_argument("--models", default="", help="only models whose name holds this")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as name, pool_of_two() as pool:
        folder = Path(name)
        build(folder)
        keys = [
            key
            for key, model in Bench(folder, folder / "open_cyber.duckdb").models.items()
            if model.folder in ("rules", "marts") and options.models in model.name
        ]
        halves = [
            pool.submit(try_models, folder, keys[half::2], options.seed, options.most)
            for half in (0, 1)
        ]
        verdicts = [verdict for half in halves for verdict in half.result()]
    minutes = (time.monotonic() - started) / 60
    by = Counter(verdict.killed_by for verdict in verdicts)
    tried, killed = len(verdicts) - by["equivalent"], len(verdicts) - by["equivalent"] - by[None]
    figures = (
        f"`make mutants` with seed {options.seed}: {len(verdicts)} mutants,"
        f" at most {options.most} of each of {len(keys)} models,"
        f" in {minutes:.1f} minutes; {by['equivalent']} of them can change nothing. Of the other"
        f" {tried}, {killed} were killed ({100 * killed / tried:.1f} %): "
        + ", ".join(f"{by[name]} by {words}" for name, words in KILLERS.items())
        + "."
    )
    print(figures)
    if not options.models:
        write("mutants", figures)
    sys.exit(100 * killed < ENOUGH * tried)


if __name__ == "__main__":
    main()
