"""`python -m tests.engines`: the same marts from DuckDB, Spark and dbt Fusion, row by row.

Builds each set of exports on each engine, compares every table of the contract with DuckDB's, types
included, and prints what each took; then bad exports, which every engine must refuse in the same
words. Ends with 1 where a row, a type or a refusal differs, and where an engine could not be had.

`--cluster` compares a cluster of Spark instead: it loses a worker half-way through the first build,
starts anew, and builds again with one more export, the only one that it then may read.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from tasks.diff import Difference, report
from tasks.digest import CONTENT
from tasks.environment import install
from tests.benchmarks import generate
from tests.engines.cluster import Cluster, family, running

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Engine(NamedTuple):
    """A way to run dbt: its environment and its target."""

    folder: Path
    target: str


class Built(NamedTuple):
    """What a build took: nodes, seconds by the clock and of CPU time, MiB of memory at the most."""

    folder: Path
    passed: int
    failed: list[str]
    seconds: float
    cpu: float
    peak_mib: int


def build(
    engine: Engine, exports: Path, folder: Path, *select: str, lose_after: int | None = None
) -> Built:
    """Run `dbt build` of one engine on these exports, into a folder of its own.

    A cluster runs for this build alone, and loses a worker after so many tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "DSPT_EXPORTS": str(exports),
        "OPEN_CYBER_DB": str(folder / "open_cyber.duckdb"),
        "OPEN_CYBER_WAREHOUSE": str(folder / "warehouse"),
        "OPEN_CYBER_MEMORY": "4GB",  # how little is enough, the benchmark says
        "SPARK_LOCAL_IP": "127.0.0.1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    if engine.target == "fusion":
        environment |= libduckdb(engine.folder)
    subprocess.run(
        [sys.executable, "-m", "exports"], cwd=ROOT, env=environment, capture_output=True
    )
    dbt = [engine.folder / "bin" / "dbt", "--quiet"]
    target = ["--target", engine.target, "--target-path", folder / "target"]
    output = folder / "output.txt"
    cpu: dict[int, float] = {}
    peak = 0  # bytes
    started = time.monotonic()
    cluster = Cluster(engine.folder, folder, lose_after) if engine.target == "cluster" else None
    with cluster or nullcontext():
        if cluster:
            environment["SPARK_PORT"] = str(cluster.port)
        process = subprocess.Popen(
            [*dbt, "build", *target, *select],
            cwd=ROOT,
            env=environment,
            stdout=output.open("wb"),
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            everything = running()
            ours = family(os.getpid(), everything) - {os.getpid()}
            seen = {one: everything[one] for one in ours}
            # a program that starts another is there twice for a moment, with one memory
            peak = max(peak, sum(facts.memory for one, facts in seen.items() if one in cpu))
            cpu |= {one: facts.cpu for one, facts in seen.items()}
            if cluster:
                cluster.lose_worker()
            time.sleep(0.2)
        seconds = time.monotonic() - started
        try:
            text = (folder / "target" / "run_results.json").read_text("utf-8")
        except FileNotFoundError:  # it never came to the first node: no Java, say
            sys.exit(f"{output.read_text('utf-8', 'replace')}\n{engine.target} did not start.")
        for view in marts(folder, "view") if cluster else []:  # to be compared it needs files
            files = folder / "warehouse" / "marts.db" / view
            sql = f"insert overwrite directory '{files}' using parquet select * from marts.{view}"
            query = ["run-operation", "run_query", "--args", json.dumps({"sql": sql})]
            subprocess.run([*dbt, *query, *target], cwd=ROOT, env=environment)
    results = json.loads(text)["results"]
    failed = [
        f"{one['unique_id']}: {one['message']}"
        for one in results
        # what has no table of its own is skipped by Fusion, and so is what waits for a failure
        if one["status"] not in ("success", "pass", "warn", "no-op", "skipped")
    ]
    passed = len(results) - len(failed)
    if cluster and cluster.lose_after is not None:
        failed.append("no worker was lost")
    return Built(folder, passed, failed, seconds, sum(cpu.values()), peak >> 20)


def libduckdb(folder: Path) -> dict[str, str]:
    """Fusion loads DuckDB as a library: the one in the duckdb wheel, which needs Python's own."""
    library = folder / "lib" / "libduckdb.so"
    if not library.exists():
        shutil.copy(next(folder.glob("lib/python*/site-packages/_duckdb*.so")), library)
    return {"LD_PRELOAD": str(python_library())}


def python_library() -> Path | None:
    """Python as a shared library, where this one was built with it."""
    folder, version, system = map(
        str, sysconfig.get_config_vars("LIBDIR", "LDVERSION", "MULTIARCH")
    )
    folders = (Path(folder), Path(folder, system))
    return next((one for at in folders for one in at.glob(f"libpython{version}.so*")), None)


def nodes(folder: Path, *kinds: str) -> list[tuple[str, str]]:
    """Schema and name of what a build has of these kinds (seed, table, view), by its manifest."""
    manifest = json.loads((folder / "target" / "manifest.json").read_text("utf-8"))
    return sorted(
        (node["schema"], node["name"])
        for node in manifest["nodes"].values()
        if node["config"]["materialized"] in kinds
    )


def marts(folder: Path, *kinds: str) -> list[str]:
    """The tables of the contract that are of these kinds."""
    return [name for schema, name in nodes(folder, *kinds) if schema == "marts"]


def gathered(engine: Engine, built: Built, names: list[str]) -> Path:
    """A database of the marts that a build has, but for what says which software made them."""
    database = built.folder / "compared.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        table = f"read_parquet('{built.folder}/warehouse/marts.db/{{}}/*.parquet')"
        if engine.target not in ("spark", "cluster"):  # its tables are in a database
            connection.execute(f"attach '{built.folder}/open_cyber.duckdb' as built (read_only)")
            table = "built.marts.{}"
        connection.execute("create schema marts")
        for name in names:
            rows = f"from {table.format(name)} {CONTENT.get(name, '')}"
            # after a failure it may not be there
            with suppress(duckdb.IOException, duckdb.CatalogException):
                connection.execute(f"create table marts.{name} as {rows}")
    return database


def differences(base: Engine, base_built: Built, other: Engine, other_built: Built) -> list[str]:
    """What `make diff` says of the marts of two engines, if anything differs."""
    names = marts(base_built.folder, "table", "view")
    difference = Difference(
        gathered(base, base_built, names),
        gathered(other, other_built, names),
        base_built.folder / "target" / "manifest.json",
    )
    lines = report(difference, base.target)
    difference.connection.close()
    return lines[1:]


def bad_exports(folder: Path) -> list[Path]:
    """Places with every bad export of the tests: what the reader refuses, and what SQL does."""
    sys.path.insert(0, str(ROOT / "tests" / "python"))
    from test_exports import BAD, BAD_NAMES, FAULTS, HEADER, NAME, ROW, write

    def dated(number: int) -> str:  # of one day there may be one export only
        month, day = divmod(number, 28)
        return NAME.replace("16_11_2023", f"{day + 1:02}_{month + 1:02}_2024")

    found_by_sql = {kind: case for kind, case in BAD.items() if kind != "what the reader found"}
    names = [*BAD_NAMES, NAME, NAME.replace("11_17", "12_00")]  # misnamed, and two of one day
    exports = {
        "files": {dated(at): case for at, (case, _) in enumerate(FAULTS.values())}
        | dict.fromkeys(names, HEADER + ROW),
        "statuses": {dated(at): case for at, (case, _) in enumerate(found_by_sql.values())},
        "workbook": {"Exports.xlsx": b"PK\x03\x04..[Content_Types].xml"},
        "empty": {},
    }
    for name, files in exports.items():
        write(folder / name, files)
    return [*(folder / name for name in exports), folder / "workbook/Exports.xlsx", folder / "none"]


def refusal(built: Built) -> set[str]:
    """What a build stopped with, file by file."""
    # Spark adds a number of its own
    pattern = r"The build stops[.] (.*?)(?: SQLSTATE.*)?\n"
    words = re.findall(pattern, "\n".join(built.failed) + "\n")
    return {problem.strip("'\" ") for word in words for problem in word.split(" | ")}


def environment(engine: str) -> Path | None:
    """The environment of an engine; none if it cannot be made here."""
    if engine == "fusion" and not python_library():
        print("NOT COMPARED: fusion, which needs a Python with a shared library", flush=True)
        return None
    folder = ROOT / f".venv-{engine}"
    try:
        install(f"{engine}.txt", HERE, folder)
    except SystemExit:
        print(f"NOT COMPARED: the packages of {engine} are not to be had here", flush=True)
        return None
    return folder


def report_build(exports: Path, engine: Engine, built: Built, found: list[str]) -> bool:
    """Prints what a build took and what was found; says whether anything is wrong."""
    wrong = built.failed + found
    print(
        f"{exports.name:<24}{engine.target:<16}{built.passed:>6}{len(built.failed):>8}"
        f"{built.seconds:>9.1f}{built.cpu:>7.1f}{built.peak_mib:>7}"
        f"  {'DIFFERENT' if wrong else 'equal'}",
        *(line[:2000] for line in wrong),  # Java's words go on for pages
        sep="\n  ",
        flush=True,
    )
    return bool(wrong)


def compare(engines: list[Engine], exports: Path, scratch: Path, lose: bool = False) -> bool:
    """Builds exports on each engine; says whether a row or a build is not as it should be."""
    base, *others = engines
    base_built = build(base, exports, scratch / f"{exports.name}-{base.target}")
    wrong = report_build(exports, base, base_built, [])
    half = len(nodes(base_built.folder, "seed", "table")) // 2 if lose else None
    for engine in others:
        folder = scratch / f"{exports.name}-{engine.target}"
        built = build(engine, exports, folder, lose_after=half)
        wrong |= report_build(exports, engine, built, differences(base, base_built, engine, built))
    return wrong


def compare_refusals(engines: list[Engine], exports: Path, scratch: Path) -> bool:
    """Gives bad exports to each engine; says whether one accepts them or uses other words."""
    wrong = False
    refusals = []
    for engine in engines:
        folder = scratch / f"{exports.name}-{engine.target}"
        select = ("--select", "+int_assessments_parsed", "--resource-type", "seed", "model")
        refusals.append(refusal(build(engine, exports, folder, *select)))
        other = refusals[-1] ^ refusals[0]
        verdict = "DIFFERENT" if other or not refusals[-1] else "the same words"
        print(
            f"{exports.name:<24}{engine.target:<16}{len(refusals[-1])} refusals, {verdict}",
            *sorted(other),
            sep="\n  ",
            flush=True,
        )
        wrong |= verdict == "DIFFERENT"
    return wrong


def compare_cluster(engines: list[Engine], exports: Path, more: Path, scratch: Path) -> bool:
    """Builds on a cluster that loses a worker, then on a new one with one more export, read alone.

    Says whether a row or a build is not as it should be.
    """
    wrong = compare(engines, exports, scratch, lose=True)
    # the tables, and their catalogue, are those of the first build
    more.rename(exports / more.name)
    wrong |= compare(engines, exports, scratch)
    read = exports_read(scratch / f"{exports.name}-cluster")
    print(f"With one more export the cluster read {read}")
    return wrong or read != 1


def exports_read(folder: Path) -> int:
    """How many exports the last build in a folder read, by its own SQL."""
    [sql] = (folder / "target" / "run").rglob("stg_dspt__search_results.sql")
    return len(set(re.findall(r"[.]exports/[0-9a-f]{64}", sql.read_text("utf-8"))))


def main() -> int:
    """Compare the engines on the sets of exports that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("exports", type=Path, nargs="*", help="folders of exports")
    whole_exports = "all of them with so many whole exports of invented organisations"
    parser.add_argument("--whole", type=int, help=whole_exports)
    parser.add_argument("--cluster", action="store_true", help="a cluster, on the whole exports")
    arguments = parser.parse_args()
    base = Engine(Path(sys.prefix), "dev")
    targets = {"cluster": "spark"} if arguments.cluster else {"spark": "spark", "fusion": "fusion"}
    folders = {target: environment(name) for target, name in targets.items()}
    engines = [base, *(Engine(folder, target) for target, folder in folders.items() if folder)]
    missing = [target for target, folder in folders.items() if not folder]
    wrong = False
    print(
        f"{'exports':<24}{'engine':<16}{'nodes':>6}{'failed':>8}{'seconds':>9}{'CPU':>7}{'MiB':>7}"
        "  rows"
    )
    (ROOT / "target").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="engines-") as name:
        scratch = Path(name)
        if arguments.whole:
            whole = scratch / f"{arguments.whole} whole"
            whole.mkdir()
            *invented, more = islice(generate.exports(scratch), arguments.whole + 1)
            for path in invented:
                path.rename(whole / path.name)
            # nobody in scope has a row in them, which stops a build
            os.environ["DSPT_ACCEPT"] = ";".join(path.name for path in (*invented, more))
            for exports in arguments.exports:
                shutil.copytree(exports, whole, dirs_exist_ok=True)
            arguments.exports.append(whole)
        if not arguments.cluster:
            for exports in arguments.exports:
                wrong |= compare(engines, exports, scratch)
            for exports in bad_exports(scratch):
                wrong |= compare_refusals(engines, exports, scratch)
        elif not missing:
            wrong |= compare_cluster(engines, whole, more, scratch)
    if missing:  # said above, with the reason, but far above
        sys.exit(f"NOT COMPARED: {', '.join(missing)}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
