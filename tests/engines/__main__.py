"""`python -m tests.engines`: the same marts from DuckDB, Spark and dbt Fusion, row by row.

Builds each set of exports on each engine, compares every table of the contract with DuckDB's, types
included, and prints what each took; then bad exports, which every engine must refuse in the same
words. Ends with 1 where a row, a type or a refusal differs, and where an engine could not be had.
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
import venv
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from tests.benchmarks import generate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# the software and its versions are what engines are meant to differ in
NOT_COMPARED = {"dim_provenance": "where kind != 'software'"}


@dataclass(frozen=True)
class Engine:
    """A way to run dbt: its environment, its target, and where its tables are afterwards."""

    name: str
    folder: Path
    target: str

    def tables(self, built: Path, mart: str) -> str:
        """The rows of a mart, as an expression that DuckDB reads."""
        if self.target == "spark":
            return f"read_parquet('{built}/warehouse/marts.db/{mart}/*.parquet')"
        return f"{self.name}.marts.{mart}"


@dataclass(frozen=True)
class Built:
    """What a build took: nodes, seconds by the clock and of CPU time, MiB of memory at the most."""

    folder: Path
    passed: int
    failed: list[str]
    seconds: float
    cpu: float
    peak_mib: int


class Running(NamedTuple):
    """A process: its program, seconds of CPU time, and bytes of memory."""

    name: str
    cpu: float
    memory: int


def build(engine: Engine, exports: Path, folder: Path, *select: str) -> Built:
    """Run `dbt build` of one engine on these exports, into a folder of its own."""
    folder.mkdir(parents=True)
    environment = os.environ | {
        "DSPT_EXPORTS": str(exports),
        "OPEN_CYBER_DB": str(folder / "open_cyber.duckdb"),
        "OPEN_CYBER_WAREHOUSE": str(folder / "warehouse"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    if engine.target == "fusion":
        environment |= libduckdb(engine.folder)
    subprocess.run(
        [sys.executable, "-m", "exports"], cwd=ROOT, env=environment, capture_output=True
    )
    started = time.monotonic()
    said = folder / "said.txt"
    process = subprocess.Popen(
        [
            engine.folder / "bin" / "dbt", "build", "--quiet", "--target", engine.target,
            "--target-path", folder / "target", *select,
        ],
        cwd=ROOT,
        env=environment,
        stdout=said.open("wb"),
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    cpu: dict[int, float] = {}
    peak = 0  # bytes
    while process.poll() is None:
        seen = programs(process.pid)
        cpu |= {number: one.cpu for number, one in seen.items()}
        # a program that starts another is there twice for a moment, with one memory
        held = {name: 0 for name in {one.name for one in seen.values()}}
        for one in seen.values():
            held[one.name] = max(held[one.name], one.memory)
        peak = max(peak, sum(held.values()))
        time.sleep(0.2)
    seconds = time.monotonic() - started
    try:
        results = json.loads((folder / "target" / "run_results.json").read_text("utf-8"))["results"]
    except FileNotFoundError:  # it never came to the first node: no Java, say
        sys.exit(f"{said.read_text('utf-8', 'replace')}\n{engine.target} did not start.")
    failed = [
        f"{one['unique_id']}: {one['message']}"
        for one in results
        # what has no table of its own is skipped by Fusion, and so is what waits for a failure
        if one["status"] not in ("success", "pass", "warn", "no-op", "skipped")
    ]
    passed = len(results) - len(failed)
    return Built(folder, passed, failed, seconds, sum(cpu.values()), peak >> 20)


def programs(process: int) -> dict[int, Running]:
    """A process and all that it has started (Python starts Spark), by number."""
    parents, running = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended, or is not ours
            facts = (folder / "stat").read_text().rpartition(") ")[2].split()
            number, name = int(folder.name), os.readlink(folder / "exe")
            ticks, pages = int(facts[11]) + int(facts[12]), int(facts[21])
            parents[number] = int(facts[1])
            running[number] = Running(
                name, ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE")
            )
    family = {process}
    while born := {one for one, parent in parents.items() if parent in family} - family:
        family |= born
    return {one: running[one] for one in family if one in running}


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
    places = (Path(folder), Path(folder, system))
    return next((one for at in places for one in at.glob(f"libpython{version}.so*")), None)


def marts(built: Built) -> list[str]:
    """The tables of the contract, from dbt's manifest."""
    manifest = json.loads((built.folder / "target" / "manifest.json").read_text("utf-8"))
    return sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    )


def differences(base: Engine, base_built: Built, other: Engine, other_built: Built) -> list[str]:
    """Each mart in which two engines differ, with the first row that only one of them has."""
    found: list[str] = []
    with duckdb.connect() as connection:
        for engine, built in ((base, base_built), (other, other_built)):
            if engine.target != "spark":
                connection.execute(
                    f"attach '{built.folder / 'open_cyber.duckdb'}' as {engine.name} (read_only)"
                )
        for mart in marts(base_built):
            here, there = (
                engine.tables(built.folder, mart)
                for engine, built in ((base, base_built), (other, other_built))
            )
            try:
                columns, others = (
                    connection.execute(f"describe from {table}").fetchall()
                    for table in (here, there)
                )
            except duckdb.Error as error:  # it was not built, after a failure
                found.append(f"{mart}: {str(error).splitlines()[0]}")
                continue
            if [one[:2] for one in columns] != [one[:2] for one in others]:
                types = set(map(str, (one[:2] for one in columns)))
                types ^= set(map(str, (one[:2] for one in others)))
                found.append(f"{mart}: other columns or types: {', '.join(sorted(types))}")
                continue
            for left, right, side in ((here, there, base), (there, here, other)):
                some = NOT_COMPARED.get(mart, "")
                rows = f"(from {left} {some} except all from {right} {some})"
                count, first = connection.execute(
                    f"select count(*), first(one order by one) from {rows} as one"
                ).fetchone() or (0, None)
                if count:
                    found.append(f"{mart}: {count} rows only on {side.name}, such as {first}")
    return found


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
    words = re.findall(
        r"The build stops[.] (.*?)(?: SQLSTATE.*)?\n", "\n".join(built.failed) + "\n"
    )
    return {problem.strip("'\" ") for word in words for problem in word.split(" | ")}


def environment(engine: str) -> Path | None:
    """The environment of an engine, made anew where pins or place changed; none if it cannot be."""
    folder, pinned = ROOT / f".venv-{engine}", HERE / f"{engine}.txt"
    if engine == "fusion" and not python_library():
        print("NOT COMPARED: fusion, which needs a Python with a shared library", flush=True)
        return None
    stamp = folder / pinned.name
    # its programs know their folder and their Python
    wanted = f"{folder}, Python {sys.version}\n{pinned.read_text('utf-8')}".encode()
    if stamp.exists() and stamp.read_bytes() == wanted:
        return folder
    print(f"Installing {engine} into {folder.name} (a minute or two, once)", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-r", pinned]).returncode:
        print(f"NOT COMPARED: the packages of {engine} are not to be had here", flush=True)
        return None
    stamp.write_bytes(wanted)
    return folder


def main() -> int:
    """Compare the engines on the sets of exports that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("exports", type=Path, nargs="*", help="folders of exports")
    parser.add_argument(
        "--whole",
        type=int,
        help="all of them with so many whole exports of invented organisations",
    )
    arguments = parser.parse_args()
    engines = [Engine("duckdb_engine", Path(sys.prefix), "dev")]
    missing = []
    for name in ("spark", "fusion"):
        if folder := environment(name):
            engines.append(Engine(f"{name}_engine", folder, name))
        else:
            missing.append(name)
    wrong = False
    print(
        f"{'exports':<24}{'engine':<16}{'nodes':>6}{'failed':>8}{'seconds':>9}{'CPU':>7}{'MiB':>7}"
        "  rows"
    )
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.whole:
            whole = Path(scratch, f"{arguments.whole} whole")
            whole.mkdir()
            invented = list(islice(generate.exports(whole), arguments.whole))
            # nobody in scope has a row in them, which stops a build
            os.environ["DSPT_ACCEPT"] = ";".join(path.name for path in invented)
            for exports in arguments.exports:
                shutil.copytree(exports, whole, dirs_exist_ok=True)
            arguments.exports.append(whole)
        for exports in arguments.exports:
            results = {}
            for engine in engines:
                folder = Path(scratch, f"{exports.name}-{engine.target}")
                results[engine] = built = build(engine, exports, folder)
                found = []
                if engine is not engines[0]:
                    found = differences(engines[0], results[engines[0]], engine, built)
                verdict = "DIFFERENT" if found or built.failed else "equal"
                print(
                    f"{exports.name:<24}{engine.target:<16}{built.passed:>6}{len(built.failed):>8}"
                    f"{built.seconds:>9.1f}{built.cpu:>7.1f}{built.peak_mib:>7}  {verdict}",
                    flush=True,
                )
                for line in built.failed + found:
                    print(f"  {line}", flush=True)
                wrong |= bool(built.failed or found)
        for exports in bad_exports(Path(scratch)):
            refusals = {}
            for engine in engines:
                folder = Path(scratch, f"{exports.name}-{engine.target}")
                select = ("--select", "+int_assessments_parsed", "--resource-type", "seed", "model")
                refusals[engine] = refusal(build(engine, exports, folder, *select))
                other = refusals[engine] ^ refusals[engines[0]]
                verdict = "DIFFERENT" if other or not refusals[engine] else "the same words"
                print(
                    f"{exports.name:<24}{engine.target:<16}{len(refusals[engine])} refusals, "
                    f"{verdict}",
                    flush=True,
                )
                for line in sorted(other):
                    print(f"  {line}", flush=True)
                wrong |= verdict == "DIFFERENT"
    if missing:  # said above, with the reason, but far above
        sys.exit(f"NOT COMPARED: {', '.join(missing)}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
