"""`python -m bench [NUMBER ...]`: measures, prints, and writes docs/benchmarks.md and its picture.

NUMBER is of whole exports, 1 10 100 unless others are given; 1000 takes half an hour.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import matplotlib.pyplot as plt

from bench import generate

ROOT = Path(__file__).resolve().parents[1]
DBT = [str(Path(sys.executable).with_name("dbt"))]
BUILDS = {  # name, arguments, and how many times dbt's floor it may take
    "with all tests": ([], "3.2"),
    "as `make report`, no rule changed": (["--exclude-resource-type", "unit_test"], "3.2"),
    "without tests": (["--exclude-resource-type", "unit_test", "test"], "2.1"),
}
FLOOR = {
    "dbt_project.yml": "{name: floor, profile: floor, flags: {send_anonymous_usage_stats: false}}",
    "profiles.yml": "floor: {target: dev, outputs: {dev: {type: duckdb, path: floor.duckdb}}}",
    "models/one.sql": "select 1 as one",
}


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


class Growth(NamedTuple):
    """What a number of whole exports took."""

    exports: int
    read: Cost
    build: Cost
    one_more: Cost
    models: tuple[float, float]
    database_mb: float
    csv_mb: float


def run(*command: str, where: Path = ROOT, **settings: str | Path) -> Cost:
    """Runs a program to its end; its own peak of memory, or that of its largest child."""
    start = time.monotonic()
    environment = os.environ | {name: str(value) for name, value in settings.items()}
    process = subprocess.Popen(command, cwd=where, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"Stopped in {' '.join(command)}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(time.monotonic() - start, cpu, usage.ru_maxrss / 1024)


def build(folder: Path, database: str, exports: Path | None, *arguments: str) -> Cost:
    """Builds the marts; invented exports are accepted by name."""
    place = {"DSPT_EXPORTS": exports} if exports else {}
    accepted = ";".join(path.name for path in exports.iterdir()) if exports else ""
    target = str(folder / "target")
    return run(
        *DBT, "build", "--quiet", "--target-path", target, *arguments,
        OPEN_CYBER_DB=folder / database, DSPT_ACCEPT=accepted, **place,
    )  # fmt: skip


def beside_the_floor(folder: Path, times: int = 3) -> list[Ratios]:
    """Builds of the default data into new files, as ratios to a project of one model, in turns."""
    for name, text in FLOOR.items():
        (folder / "floor" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "floor" / name).write_text(text)
    found = [Ratios(name, [], [], limit) for name, (_, limit) in BUILDS.items()]
    for turn in range(times + 1):
        floor = run(*DBT, "build", "--quiet", where=folder / "floor")
        for ratios, (arguments, _) in zip(found, BUILDS.values(), strict=True):
            # a folder each: dbt parses the project again where the database has another name
            own = folder / ratios.limit / str(len(arguments))
            own.mkdir(parents=True, exist_ok=True)
            (own / "open_cyber.duckdb").unlink(missing_ok=True)
            cost = build(own, "open_cyber.duckdb", None, "--no-write-json", *arguments)
            if turn:  # the first parses the project
                ratios.clock.append(cost.seconds / floor.seconds)
                ratios.cpu.append(cost.cpu / floor.cpu)
    return found


def models_alone(folder: Path, database: str) -> tuple[float, float]:
    """Seconds of the models built last: as dbt ran them, and as SQL straight in DuckDB."""
    results = json.loads((folder / "target" / "run_results.json").read_text("utf-8"))["results"]
    models = [one for one in results if one["unique_id"].startswith("model.")]
    copy = folder / "straight" / database  # of the same name, which is in the SQL
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / database, copy)
    with duckdb.connect(str(copy), config={"memory_limit": "1GB"}) as connection:
        views = connection.execute("select view_name from duckdb_views() where not internal")
        apart = {name for (name,) in views.fetchall()}
        start = time.monotonic()
        for model in models:
            if (name := model["relation_name"]) and name.split('"')[-2] not in apart:
                connection.execute(f"create or replace table {name} as {model['compiled_code']}")
        straight = time.monotonic() - start
    copy.unlink()
    return sum(model["execution_time"] for model in models), straight


def growth(folder: Path, numbers: list[int]) -> list[Growth]:
    """Each number of whole exports, and one more."""
    found = []
    for number in numbers:
        shutil.rmtree(ROOT / ".exports", ignore_errors=True)
        exports = folder / f"exports-{number}"
        exports.mkdir()
        made = generate.exports(exports)
        csv_mb = sum(path.stat().st_size for path in islice(made, number)) / 1e6
        database = f"of_{number}.duckdb"
        read = run(sys.executable, "-m", "exports", DSPT_EXPORTS=exports)
        whole = build(folder, database, exports)
        models = models_alone(folder, database)
        size = (folder / database).stat().st_size / 1e6
        next(made)
        one_more = build(folder, database, exports)
        found.append(Growth(number, read, whole, one_more, models, size, csv_mb))
        shutil.rmtree(exports)
    return found


def page(ratios: list[Ratios], grown: list[Growth]) -> str:
    """The page, in Markdown."""
    base = grown[0]
    versions = ", ".join(f"{name} {version(name)}" for name in ("dbt-core", "dbt-duckdb", "duckdb"))
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    more = grown[-1].one_more.seconds / base.one_more.seconds
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {machine}, Python {platform.python_version()}, {versions}.",
        f"Times are of the clock, with a load of {os.getloadavg()[2]:.1f} on the machine; ratios,",
        "of one run, say more than they do, and those of CPU time most where others work too.",
        "",
        "Builds of the default data into a new file beside dbt's floor, a project of one model, in",
        "turns:",
        "",
        "| build | times the floor | from | to | of CPU time | at most |",
        "|---|---|---|---|---|---|",
    ]
    for found in ratios:
        lines.append(
            f"| {found.name} | {statistics.median(found.clock):.2f} | {min(found.clock):.2f} "
            f"| {max(found.clock):.2f} | {statistics.median(found.cpu):.2f} | {found.limit} |"
        )
    lines += [
        "",
        f"Whole exports of {generate.SIZE:,} invented organisations, one a day, of which 1 %",
        "change from day to day. `read` is `python -m exports` with nothing read before, `build`",
        "is `dbt build` with all tests into a new database, `one more` the same with one export",
        "more in the old one, `models` the models of that build without the tests, in dbt and as",
        "compiled SQL straight in DuckDB. At most: 100 exports 60 s beyond the smallest and 1,024",
        "MiB; models of 100 exports in dbt 1.5 times straight; one more beside the most 1.3 times",
        "one more beside the fewest.",
        "",
        "| exports | CSV, MB | read, s | build, s | models, s | straight, s | peak, MiB "
        "| database, MB | one more, s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in grown:
        peak = max(row.read.mib, row.build.mib)
        lines.append(
            f"| {row.exports:,} | {row.csv_mb:,.0f} | {row.read.seconds:.1f} "
            f"| {row.build.seconds:.1f} | {row.models[0]:.1f} | {row.models[1]:.1f} "
            f"| {peak:,.0f} | {row.database_mb:.0f} | {row.one_more.seconds:.1f} |"
        )
    lines += [
        "",
        f"One more export beside {grown[-1].exports:,} costs {more:.2f} times one more beside "
        f"{base.exports:,}.",
        "",
        "![Seconds, memory and size by number of exports](benchmarks.png)",
        "",
    ]
    return "\n".join(lines)


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


def main() -> None:
    """Measures and writes."""
    numbers = [int(number) for number in sys.argv[1:]] or [1, 10, 100]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        text = page(beside_the_floor(folder), grown := growth(folder, numbers))
    print(text)
    (ROOT / "docs" / "benchmarks.md").write_text(text, "utf-8")
    draw(grown, ROOT / "docs" / "benchmarks.png")


if __name__ == "__main__":
    main()
