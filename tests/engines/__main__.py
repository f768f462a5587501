"""`python -m tests.engines`: the same marts from DuckDB, Spark and dbt Fusion, row by row.

Builds each set of exports on each engine, compares every table of the contract with DuckDB's, types
included, and prints what each took. Ends with 1 where a row or a type differs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
# versions of the software are what engines are meant to differ in
NOT_COMPARED = {"dim_versions"}


@dataclass(frozen=True)
class Engine:
    """A way to run dbt: its environment, its target, and where its tables are afterwards."""

    name: str
    venv: Path
    target: str

    def tables(self, built: Path, mart: str) -> str:
        """The rows of a mart, as an expression that DuckDB reads."""
        if self.target == "spark":
            return f"read_parquet('{built}/warehouse/marts.db/{mart}/*.parquet')"
        return f"{self.name}.marts.{mart}"


@dataclass(frozen=True)
class Built:
    """What a build took: passed and failed nodes, seconds, and the largest process in MiB."""

    folder: Path
    passed: int
    failed: list[str]
    seconds: float
    peak_mib: int


def build(engine: Engine, exports: Path, folder: Path) -> Built:
    """Run `dbt build` of one engine on these exports, into a folder of its own."""
    environment = os.environ | {
        "DSPT_EXPORTS": str(exports),
        "OPEN_CYBER_DB": str(folder / "open_cyber.duckdb"),
        "OPEN_CYBER_WAREHOUSE": str(folder / "warehouse"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    if engine.target == "fusion":
        environment |= libduckdb(engine.venv)
    subprocess.run([sys.executable, "-m", "exports"], cwd=ROOT, env=environment, check=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [
            engine.venv / "bin" / "dbt", "build", "--quiet", "--target", engine.target,
            "--target-path", folder / "target",
        ],
        cwd=ROOT,
        env=environment,
    )  # fmt: skip
    _, _, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    results = json.loads((folder / "target" / "run_results.json").read_text("utf-8"))["results"]
    failed = [
        f"{one['unique_id']}: {one['message']}"
        for one in results
        if one["status"] not in ("success", "pass", "warn", "no-op")
    ]
    return Built(folder, len(results) - len(failed), failed, seconds, used.ru_maxrss // 1024)


def libduckdb(venv: Path) -> dict[str, str]:
    """Fusion loads DuckDB as a library: the one in the duckdb wheel, which needs Python's own."""
    library = venv / "lib" / "libduckdb.so"
    if not library.exists():
        shutil.copy(next(venv.glob("lib/python*/site-packages/_duckdb*.so")), library)
    python = Path(str(sysconfig.get_config_var("LIBDIR")), sysconfig.get_config_var("LDLIBRARY"))
    return {"LD_PRELOAD": str(python)}


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
            if mart in NOT_COMPARED:
                continue
            here, there = (
                engine.tables(built.folder, mart)
                for engine, built in ((base, base_built), (other, other_built))
            )
            columns = connection.execute(f"describe from {here}").fetchall()
            others = connection.execute(f"describe from {there}").fetchall()
            if [one[:2] for one in columns] != [one[:2] for one in others]:
                types = set(map(str, (one[:2] for one in columns)))
                types ^= set(map(str, (one[:2] for one in others)))
                found.append(f"{mart}: other columns or types: {', '.join(sorted(types))}")
                continue
            for left, right, side in ((here, there, base), (there, here, other)):
                rows = f"(from {left} except all from {right})"
                count, first = connection.execute(
                    f"select count(*), first(one order by one) from {rows} as one"
                ).fetchone() or (0, None)
                if count:
                    found.append(f"{mart}: {count} rows only on {side.name}, such as {first}")
    return found


def main() -> int:
    """Compare the engines that have an environment, on the sets of exports that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("--spark", type=Path, help="the environment with dbt-spark")
    parser.add_argument("--fusion", type=Path, help="the environment with dbt Fusion")
    parser.add_argument("exports", type=Path, nargs="+", help="folders of exports")
    arguments = parser.parse_args()
    engines = [Engine("duckdb_engine", Path(sys.prefix), "dev")]
    if arguments.spark:
        engines.append(Engine("spark_engine", arguments.spark, "spark"))
    if arguments.fusion:
        engines.append(Engine("fusion_engine", arguments.fusion, "fusion"))
    wrong = False
    print(f"{'exports':<24}{'engine':<16}{'nodes':>6}{'failed':>8}{'seconds':>9}{'MiB':>7}  rows")
    with tempfile.TemporaryDirectory() as scratch:
        for exports in arguments.exports:
            results = {}
            for engine in engines:
                folder = Path(scratch, exports.name, engine.target)
                folder.mkdir(parents=True)
                results[engine] = built = build(engine, exports, folder)
                found = differences(engines[0], results[engines[0]], engine, built)
                verdict = "equal" if not found else "DIFFERENT"
                print(
                    f"{exports.name:<24}{engine.target:<16}{built.passed:>6}{len(built.failed):>8}"
                    f"{built.seconds:>9.1f}{built.peak_mib:>7}  {verdict}",
                    flush=True,
                )
                for line in built.failed + found:
                    print(f"  {line}", flush=True)
                wrong |= bool(built.failed or found)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
