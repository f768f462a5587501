"""The page and the picture of the benchmarks, and the shape of what was measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import matplotlib.pyplot as plt

from tests.benchmarks import generate

PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb")


class Cost(NamedTuple):
    """What a program took."""

    seconds: float
    cpu: float
    mib: float


class Growth(NamedTuple):
    """What a number of whole exports took."""

    exports: int
    csv_mb: float
    read: Cost
    build: Cost
    database_mb: float
    one_more: Cost
    site: Cost
    site_mb: float
    largest: str  # the largest file that a browser or Excel opens, and its size in MB
    its_site: Cost  # with one more
    models: int
    nodes: float  # seconds of the models in dbt
    statements: float  # there in DuckDB
    straight: float  # as compiled SQL straight in DuckDB

    @property
    def more(self) -> float:
        """Seconds that one more takes, its site too."""
        return self.one_more.seconds + self.its_site.seconds


def both(cost: Cost) -> str:
    """Seconds of the clock and of the processors."""
    return f"{cost.seconds:.1f} / {cost.cpu:.1f}"


def spread(head: str, found: list[float]) -> dict[str, str]:
    """The median of some runs, the lowest and the highest."""
    return {
        head: f"{median(found):.2f}",
        "from": f"{min(found):.2f}",
        "to": f"{max(found):.2f}",
    }


def table(rows: list[dict[str, str]]) -> str:
    """A table in Markdown."""
    lines = [rows[0].keys(), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(floor: list[dict[str, str]], phone: dict[str, list[float]], grown: list[Growth]) -> str:
    """The page, in Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    scores = [{"page": f"{name}.html"} | spread("score", found) for name, found in phone.items()]
    ten = next((row for row in grown if row.exports == 10), grown[0])
    builds = [
        {
            "exports": f"{row.exports:,}",
            "CSV, MB": f"{row.csv_mb:,.0f}",
            "read, s": both(row.read),
            "build, s": both(row.build),
            "MiB": f"{max(row.read.mib, row.build.mib):,.0f}",
            "database, MB": f"{row.database_mb:.0f}",
            "one more, s": both(row.one_more),
        }
        for row in grown
    ]
    sites = [
        {
            "exports": f"{row.exports:,}",
            "site, s": both(row.site),
            "MiB": f"{max(row.site.mib, row.its_site.mib):,.0f}",
            "all files, MB": f"{row.site_mb:,.0f}",
            "the largest to open, MB": row.largest,
            "one more, s": both(row.its_site),
            "its build too, times ten's": f"{row.more / ten.more:.2f}",
        }
        for row in grown
    ]
    models = [
        {
            "exports": f"{row.exports:,}",
            "models, s": f"{row.nodes:.2f}",
            "statements, s": f"{row.statements:.2f}",
            "straight, s": f"{row.straight:.2f}",
            "models, times": f"{row.nodes / row.straight:.2f}",
            "statements, times": f"{row.statements / row.straight:.2f}",
            "dbt's own work, ms a model": f"{1000 * (row.nodes - row.statements) / row.models:.0f}",
        }
        for row in grown
    ]
    return f"""# Benchmarks

Written by `make bench` on {machine}, Python {platform.python_version()}, {versions}.
The load of the machine was {os.getloadavg()[2]:.1f} at the end. If that is more than
{os.cpu_count()}, other programs were running, and the clock shows too much. `12.3 / 10.1`
are seconds of the clock and of the processors.

## A build compared with a project of one model

Builds of the default data into a new file, in turns with builds of a project of one model:
how many times as long they took. A goal is an aim, which a build can miss.

{table(floor)}

`make report` runs the unit tests when rules, seeds or versions have changed, `make test`
always.

## Pages on a phone

How fast a page of the default data loads on a phone with a slow connection: the median of
some runs of Lighthouse, which calls 0.9 good. Its other scores are tests.

{table(scores)}

## More and more exports

Whole exports of {generate.SIZE:,} invented organisations, one a day, of which 1 %
change from day to day. `read` is `python -m exports` with nothing read before, `build`
is `dbt build` with all tests into a new database, `one more` is what `make report` does
before the pages when one export has come and no rule has changed. The goal: 100 exports at most
60 s beyond the smallest and 1,024 MiB; 1,000 in 600 s and 2,048 MiB.

{table(builds)}

The site of these exports: pages, pictures and downloads. Then the site with one more
export, which keeps what has not changed. The goal: at most 1,024 MiB, and no file that is too large
for a browser or Excel. One more export, its build too, at most 1.3 times as long
beside many as beside 10.

{table(sites)}

![Seconds, memory and size by number of exports](benchmarks.png)

## The models in dbt, and straight in DuckDB

A build of seeds and models alone: the time that dbt took for the models; the part of it
that their statements took in DuckDB, with the comments and the checks of contracts; and
the compiled SQL of the same models straight in DuckDB, which should take at least two
thirds of that. The rest is dbt's own work on each model, before and after its statements.
It does not grow with the rows.

{table(models)}
"""


def draw(grown: list[Growth], path: Path) -> None:
    """Draws the growth."""
    numbers = [row.exports for row in grown]
    measured = {
        "seconds to read and build": [row.read.seconds + row.build.seconds for row in grown],
        "peak memory, MiB": [max(row.read.mib, row.build.mib) for row in grown],
        "database, MB": [row.database_mb for row in grown],
    }
    figure, axes = plt.subplots(1, len(measured), figsize=(12, 3.6), layout="constrained")
    for axis, (title, values) in zip(axes, measured.items(), strict=True):
        axis.plot(numbers, values, marker="o", color="#005eb8")
        axis.set(xscale="log", ylim=(0, None), title=title, xlabel="whole exports")
        axis.set_xticks(numbers, [f"{number:,}" for number in numbers])
    figure.savefig(path, dpi=100, metadata={"Software": None})
