"""Measures, prints, and writes docs/benchmarks.md and its picture: `make bench`.

A number is of whole exports, 1 10 100 unless others are given; 1000 takes half an hour, and 12 GB.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from reports.marts import MEMORY
from tasks import publishing
from tests import browser
from tests.bench import ROOT, Bench, Settings
from tests.benchmarks import generate
from tests.benchmarks.page import Cost, Growth, draw, page, spread
from tests.python.npm import PINNED, node_modules

DBT = [str(Path(sys.executable).with_name("dbt"))]
AS_REPORT = ("--exclude-resource-type", "unit_test")
BUILDS = {  # name, arguments, and how many times dbt's floor it may take
    "with all tests": ([], "3.2"),
    "as `make report`, no rule changed": ([*AS_REPORT], "3.2"),
    "without tests": ([*AS_REPORT, "test"], "2.1"),
}
LOG = ("--log-level-file", "debug", "--log-format-file", "json", "--log-path")
FLOOR = {
    "dbt_project.yml": "{name: floor, profile: floor, flags: {send_anonymous_usage_stats: false}}",
    "profiles.yml": "floor: {target: dev, outputs: {dev: {type: duckdb, path: floor.duckdb}}}",
    "models/one.sql": "select 1 as one",
}
ON_A_PHONE = ("index", "icb/QSL", "organisation/RJ1")
IN_DUCKDB: Settings = {"memory_limit": MEMORY, "preserve_insertion_order": False}


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
    given = {"DSPT_EXPORTS": exports} if exports else {}
    accepted = ";".join(path.name for path in exports.iterdir()) if exports else ""
    target = str(folder / "target")
    return run(
        *DBT, "build", "--quiet", "--target-path", target, *arguments,
        OPEN_CYBER_DB=folder / database, DSPT_ACCEPT=accepted, **given,
    )  # fmt: skip


def beside_the_floor(folder: Path, times: int = 3) -> list[dict[str, str]]:
    """Builds of the default data into new files, as ratios to a project of one model, in turns."""
    for name, text in FLOOR.items():
        (folder / "floor" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "floor" / name).write_text(text)
    clock: dict[str, list[float]] = {name: [] for name in BUILDS}
    cpu: dict[str, list[float]] = {name: [] for name in BUILDS}
    for turn in range(times + 1):
        floor = run(*DBT, "build", "--quiet", where=folder / "floor")
        for name, (arguments, _) in BUILDS.items():
            # a folder each: dbt parses the project again where the database has another name
            own = folder / name
            own.mkdir(parents=True, exist_ok=True)
            (own / "open_cyber.duckdb").unlink(missing_ok=True)
            cost = build(own, "open_cyber.duckdb", None, "--no-write-json", *arguments)
            if turn:  # the first parses the project
                clock[name].append(cost.seconds / floor.seconds)
                cpu[name].append(cost.cpu / floor.cpu)
    return [
        {"build": name}
        | spread("times one model", clock[name])
        | {"of processors": f"{median(cpu[name]):.2f}", "goal": limit}
        for name, (_, limit) in BUILDS.items()
    ]


def in_dbt_and_straight(folder: Path, exports: Path) -> tuple[int, float, float, float]:
    """How many models; their seconds in dbt, there in DuckDB, and straight in DuckDB."""
    database = "models.duckdb"
    folder = folder / "models"
    folder.mkdir()
    only = ("--resource-type", "seed", "--resource-type", "model", "--threads", "1")
    build(folder, database, exports, *only, *LOG, str(folder / "log"))
    results = json.loads((folder / "target" / "run_results.json").read_text("utf-8"))["results"]
    models = [one for one in results if one["unique_id"].startswith("model.")]
    statements = 0.0
    for line in (folder / "log" / "dbt.log").read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["info"]["name"] == "SQLQueryStatus":
            node = event["data"].get("node_info", {}).get("unique_id", "")
            statements += event["data"]["elapsed"] * node.startswith("model.")
    bench = Bench(folder / "memory.duckdb", IN_DUCKDB)
    bench.seed()
    bench.read(exports)
    bench.accept(*(path.name for path in exports.iterdir()))
    start = time.monotonic()
    bench.run()
    straight = time.monotonic() - start
    bench.db.close()
    shutil.rmtree(folder)
    return len(models), sum(model["execution_time"] for model in models), statements, straight


def one_more(folder: Path, database: str, exports: Path) -> Cost:
    """What `make report` does before the pages when one export has come and no rule has changed."""
    next_folder = folder / "next"
    next_folder.mkdir()
    publishing.link(folder / database, next_folder / "before.duckdb")
    built = build(next_folder, "open_cyber.duckdb", exports, *AS_REPORT)
    copied = run(
        sys.executable, "-m", "exports", "write-anew",
        str(next_folder / "open_cyber.duckdb"), str(folder / f"next_{database}"),
        DUCKDB_JE_MALLOC_CONF="zero:true",
    )  # fmt: skip
    shutil.rmtree(next_folder)
    seconds, cpu, mib = zip(built, copied, strict=True)
    return Cost(sum(seconds), sum(cpu), max(mib))


def site_of(folder: Path, database: str, name: str, before: str) -> tuple[Cost, float, str]:
    """The pages and downloads of a database, taken over from the site before where they can be."""
    made = folder / name
    cost = run(
        sys.executable, "-m", "reports", "--database", str(folder / database),
        "--site", str(made), "--before", str(folder / before),
    )  # fmt: skip
    files = [path for path in made.rglob("*") if path.is_file()]
    opened = [path for path in files if path.suffix in (".html", ".csv", ".js", ".xlsx", ".json")]
    largest = max(opened, key=lambda path: path.stat().st_size)
    size = sum(path.stat().st_size for path in files) / 1e6
    return cost, size, f"{largest.name}, {largest.stat().st_size / 1e6:.1f}"


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
        size = (folder / database).stat().st_size / 1e6
        # in a new process: what is started from a large one seems to be as large
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            models = pool.submit(in_dbt_and_straight, folder, exports).result()
        cost, mb, largest = site_of(folder, database, "site", "none")
        next(made)
        more = one_more(folder, database, exports)
        its_site, *_ = site_of(folder, f"next_{database}", "next", "site")
        row = Growth(number, csv_mb, read, whole, size, more, cost, mb, largest, its_site, *models)
        print(row, flush=True)
        found.append(row)
        for used in (exports, folder / "site", folder / "next"):
            shutil.rmtree(used)
    return found


def on_a_phone(folder: Path, times: int = 5) -> dict[str, list[float]]:
    """Lighthouse's performance scores of some pages of the default data, each in so many runs."""
    site_of(folder, "without tests/open_cyber.duckdb", "phone", "none")
    chromium = browser.chromium() or sys.exit("No Chromium: apt-get install chromium")
    packages = node_modules(PINNED / "lighthouse", sys.exit).parent
    scores: dict[str, list[float]] = {}
    with (
        browser.served(folder / "phone") as address,
        browser.lighthouse(chromium, packages) as audited,
    ):
        for name in ON_A_PHONE:
            reports = (audited(f"{address}{name}.html", "performance") for _ in range(times))
            scores[name] = [one["categories"]["performance"]["score"] for one in reports]
    return scores


def main() -> None:
    """Measures and writes."""
    numbers = [int(number) for number in sys.argv[1:]] or [1, 10, 100]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        floor, phone = beside_the_floor(folder), on_a_phone(folder)
        text = page(floor, phone, grown := growth(folder, numbers))
    print(text)
    (ROOT / "docs" / "benchmarks.md").write_text(text, "utf-8")
    draw(grown, ROOT / "docs" / "benchmarks.png")
