"""The page and the picture of the benchmarks, and the shape of what was measured."""

import os
import platform
import statistics
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar

import matplotlib.pyplot as plt

from tests.benchmarks import generate

T = TypeVar("T")
PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb")


class Cost(NamedTuple):
    """What a program took."""

    seconds: float
    cpu: float
    mib: float


class Ratios(NamedTuple):
    """What turns found, as times of something else, and the limit."""

    name: str
    clock: list[float]
    cpu: list[float]
    limit: str


class Models(NamedTuple):
    """Seconds of the models: in dbt, there in DuckDB, and as compiled SQL straight in DuckDB."""

    number: int
    nodes: float
    statements: float
    straight: Cost


class Site(NamedTuple):
    """What the pages and downloads took; the largest file that a browser or Excel opens."""

    cost: Cost
    mb: float
    largest: str
    largest_mb: float


class Growth(NamedTuple):
    """What a number of whole exports took."""

    exports: int
    csv_mb: float
    read: Cost
    build: Cost
    database_mb: float
    models: Models
    site: Site
    one_more: Cost
    its_site: Site


def together(*costs: Cost) -> Cost:
    """What programs took one after the other."""
    seconds, cpu, mib = zip(*costs, strict=True)
    return Cost(sum(seconds), sum(cpu), max(mib))


def both(cost: Cost) -> str:
    """Seconds of the clock and of the processors."""
    return f"{cost.seconds:.1f} / {cost.cpu:.1f}"


def table(rows: Iterable[T], columns: dict[str, Callable[[T], str]]) -> str:
    """A table in Markdown: each column by its head, and what it says of a row."""
    lines = [columns.keys(), ["---"] * len(columns)]
    lines += [[say(row) for say in columns.values()] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(ratios: list[Ratios], phone: dict[str, list[float]], grown: list[Growth]) -> str:
    """The page, in Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    middle = statistics.median
    exports = {"exports": lambda row: f"{row.exports:,}"}
    floor = table(ratios, {
        "build": lambda found: found.name,
        "times the floor": lambda found: f"{middle(found.clock):.2f}",
        "from": lambda found: f"{min(found.clock):.2f}",
        "to": lambda found: f"{max(found.clock):.2f}",
        "of processors": lambda found: f"{middle(found.cpu):.2f}",
        "at most": lambda found: found.limit,
    })  # fmt: skip
    scores = table(phone.items(), {
        "page": lambda of: f"{of[0]}.html",
        "score": lambda of: f"{middle(of[1]):.2f}",
        "from": lambda of: f"{min(of[1]):.2f}",
        "to": lambda of: f"{max(of[1]):.2f}",
    })  # fmt: skip
    builds = table(grown, exports | {
        "CSV, MB": lambda row: f"{row.csv_mb:,.0f}",
        "read, s": lambda row: both(row.read),
        "build, s": lambda row: both(row.build),
        "MiB": lambda row: f"{max(row.read.mib, row.build.mib):,.0f}",
        "database, MB": lambda row: f"{row.database_mb:.0f}",
        "one more, s": lambda row: both(row.one_more),
    })  # fmt: skip
    sites = table(grown, exports | {
        "site, s": lambda row: both(row.site.cost),
        "MiB": lambda row: f"{max(row.site.cost.mib, row.its_site.cost.mib):,.0f}",
        "all files, MB": lambda row: f"{row.site.mb:,.0f}",
        "the largest to open, MB": lambda row: f"{row.site.largest}, {row.site.largest_mb:.1f}",
        "one more, s": lambda row: both(row.its_site.cost),
    })  # fmt: skip
    models = table(((row.exports, *row.models) for row in grown), {
        "exports": lambda row: f"{row[0]:,}",
        "models, s": lambda row: f"{row[2]:.2f}",
        "statements, s": lambda row: f"{row[3]:.2f}",
        "straight, s": lambda row: f"{row[4].seconds:.2f}",
        "models, times": lambda row: f"{row[2] / row[4].seconds:.2f}",
        "statements, times": lambda row: f"{row[3] / row[4].seconds:.2f}",
        "dbt's own work, ms a model": lambda row: f"{1000 * (row[2] - row[3]) / row[1]:.0f}",
    })  # fmt: skip
    return f"""# Benchmarks

Written by `make bench` on {machine}, Python {platform.python_version()}, {versions}.
The load of the machine was {os.getloadavg()[2]:.1f} at the end. If that is more than
{os.cpu_count()}, other programs were running, and the clock shows too much. `12.3 / 10.1`
are seconds of the clock and of the processors.

## A build beside dbt's floor

Builds of the default data into a new file, in turns with builds of a project of one model:
how many times as long they took.

{floor}

`make report` runs the unit tests when rules, seeds or versions have changed, `make test`
always.

## Pages on a phone

How fast a page of the default data loads on a phone with a slow connection: the median of
some runs of Lighthouse, which calls 0.9 good. Its other scores are tests.

{scores}

## More and more exports

Whole exports of {generate.SIZE:,} invented organisations, one a day, of which 1 %
change from day to day. `read` is `python -m exports` with nothing read before, `build`
is `dbt build` with all tests into a new database, `one more` is what `make report` does
before the pages when one export has come and no rule has changed. At most: 100 exports
60 s beyond the smallest and 1,024 MiB; 1,000 in 600 s and 2,048 MiB.

{builds}

The site of these exports: pages, pictures and downloads. Then the site with one more
export, which keeps what has not changed. At most 1,024 MiB, and no file that is too large
for a browser or Excel.

{sites}

{beside_ten(grown)}

![Seconds, memory and size by number of exports](benchmarks.png)

## The models in dbt, and straight in DuckDB

A build of seeds and models alone: the time that dbt took for the models; the part of it
that their statements took in DuckDB, with the comments and the checks of contracts; and
the compiled SQL of the same models straight in DuckDB, which should take at least two
thirds of that. The rest is dbt's own work on each model, before and after its statements.
It does not grow with the rows.

{models}
"""


def beside_ten(grown: list[Growth]) -> str:
    """How much longer one more export takes beside many than beside ten."""
    more = {row: together(row.one_more, row.its_site.cost) for row in grown}
    ten = next((row for row in grown if row.exports == 10), grown[0])
    base = more[ten]
    return "\n".join(
        f"- One more beside {row.exports:,}, its site too, takes"
        f" {cost.seconds / base.seconds:.2f} times one more beside {ten.exports:,}"
        f" ({cost.cpu / base.cpu:.2f} of processors; the build alone"
        f" {row.one_more.cpu / ten.one_more.cpu:.2f}). At most 1.3."
        for row, cost in more.items()
        if row.exports > ten.exports
    )


def draw(grown: list[Growth], path: Path) -> None:
    """Draws the growth."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    numbers = [row.exports for row in grown]
    for axis, title, values in zip(
        axes,
        ("seconds to read and build", "peak memory, MiB", "database, MB"),
        (
            [row.read.seconds + row.build.seconds for row in grown],
            [max(row.read.mib, row.build.mib) for row in grown],
            [row.database_mb for row in grown],
        ),
        strict=True,
    ):
        axis.plot(numbers, values, marker="o", color="#005eb8")
        axis.set_xscale("log")
        axis.set_xticks(numbers, [f"{number:,}" for number in numbers])
        axis.set_ylim(bottom=0)
        axis.set_title(title)
        axis.set_xlabel("whole exports")
    figure.savefig(path, dpi=100, metadata={"Software": None})
