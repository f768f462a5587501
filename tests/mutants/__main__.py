"""Do the tests see a fault in the SQL? Mutants of every model of rules and marts are tried on them.

A mutant is killed by the contract or a unit test of its model, by the data tests on what is built
from it, or by the random worlds of test_rules.py. All of it runs on the bench; the figures go to
docs/testing.md.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests import long_runs
from tests.bench import Bench
from tests.mutants.killers import no_mutants, try_models

ENOUGH = 95  # per cent of those that are not equivalent
KILLERS = {
    "contract": "the contract or because they do not run",
    "unit test": "a unit test",
    "data test": "a data test",
    "random worlds": "the random worlds",
}


def main() -> None:
    """Tries the mutants, in two processes, and says what lives; ends with 1 where too many do."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=20231116, help="which mutants are drawn")
    parser.add_argument("--most", type=int, default=3, help="how many of each model")
    parser.add_argument("--models", default="", help="only models whose name holds this")
    options = parser.parse_args()
    started = time.monotonic()
    bench = Bench()
    models = [
        name
        for name, folder in bench.folders.items()
        if folder in ("rules", "marts") and options.models in name
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        halves = [
            pool.submit(try_models, models[half::2], options.seed, options.most) for half in (0, 1)
        ]
        verdicts = [verdict for half in halves for verdict in half.result()]
    if not verdicts:
        sys.exit(f"No model with {options.models} in its name has a mutant.")
    minutes = (time.monotonic() - started) / 60
    by = Counter(verdicts)
    tried, killed = len(verdicts) - by["equivalent"], len(verdicts) - by["equivalent"] - by[None]
    figures = (
        f"`make mutants` with seed {options.seed}: {len(verdicts)} mutants,"
        f" at most {options.most} of each of {len(models)} models,"
        f" in {minutes:.1f} minutes; {by['equivalent']} of them can change nothing. Of the other"
        f" {tried}, {killed} were killed ({100 * killed / tried:.1f} %): "
        + ", ".join(f"{by[name]} by {words}" for name, words in KILLERS.items())
        + "."
    )
    print(figures)
    if not options.models and options.most == parser.get_default("most"):
        long_runs.write("mutants", figures)
    if stale := no_mutants(bench):
        sys.exit("\n".join(["equivalent.csv lists what is no mutant any more:", *stale]))
    sys.exit(100 * killed < ENOUGH * tried)


if __name__ == "__main__":
    main()
