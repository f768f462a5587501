"""The processes of this machine, and a cluster of Spark: master, two workers, a Thrift server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ("worker-1", "worker-2")
CLASSES = {
    "master": "org.apache.spark.deploy.master.Master",
    "worker": "org.apache.spark.deploy.worker.Worker",
    "thrift": "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
}


class Process(NamedTuple):
    """A process: its parent and its group, seconds of CPU time, and bytes of memory."""

    parent: int
    group: int
    cpu: float
    memory: int


def running() -> dict[int, Process]:
    """All processes by number, but for those that have ended and were not yet waited for."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended
            facts = (folder / "stat").read_text().rpartition(") ")[2].split()
            if facts[0] != "Z":
                ticks, pages = int(facts[11]) + int(facts[12]), int(facts[21])
                found[int(folder.name)] = Process(
                    parent=int(facts[1]),
                    group=int(facts[2]),
                    cpu=ticks / os.sysconf("SC_CLK_TCK"),
                    memory=pages * os.sysconf("SC_PAGE_SIZE"),
                )
    return found


def family(process: int, everything: dict[int, Process]) -> set[int]:
    """A process and all that it has started (Python starts Spark)."""
    found = {process}
    while born := {one for one, facts in everything.items() if facts.parent in found} - found:
        found |= born
    return found & everything.keys()


class Cluster:
    """Runs while its `with` lasts; the tables and their catalogue, in a folder, stay.

    Each process leads a group, to which all belongs that it starts: a worker's executor, say.
    """

    def __init__(self, environment: Path, folder: Path, lose_after: int | None) -> None:
        self.spark = next(environment.glob("lib/python*/site-packages/pyspark"))
        self.folder = folder
        self.warehouse = folder / "warehouse"
        self.port = free_port()
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        self.lose_after = lose_after

    def __enter__(self) -> "Cluster":
        """Starts all processes, and waits for the Thrift server."""
        self.warehouse.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.folder / "local", ignore_errors=True)
        (self.folder / "local").mkdir()
        at, port = ("--host", "127.0.0.1", "--webui-port", "0"), free_port()
        url = f"spark://127.0.0.1:{port}"
        self.start("master", "128m", "spark-class", CLASSES["master"], *at, "--port", str(port))
        self.wait("master", port)
        for worker in WORKERS:
            size = ("--cores", "1", "--memory", "640m", "--work-dir", str(self.folder / "local"))
            self.start(worker, "128m", "spark-class", CLASSES["worker"], *at, *size, url)
        settings = {
            "spark.executor.memory": "640m",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(self.warehouse),
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={self.warehouse}/catalogue;create=true"
            ),
            "spark.log.level": "WARN",
            "spark.ui.enabled": "false",
        }
        self.start(
            "thrift", "1500m", "spark-submit", "--master", url, "--class", CLASSES["thrift"],
            *(part for setting in settings.items() for part in ("--conf", "=".join(setting))),
            "spark-internal", "--hiveconf", f"hive.server2.thrift.port={self.port}",
            "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1",
        )  # fmt: skip
        self.wait("thrift", self.port)
        return self

    def start(self, name: str, memory: str, *command: str) -> None:
        """Starts a process that ends with this one, however that ends."""
        program, *arguments = command
        local = self.folder / "local"
        options = (
            # as in profiles.yml
            "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
            " -XX:-UsePerfData -Dspark.master.rest.enabled=false"
            f" '-Djava.io.tmpdir={local}' '-Dderby.stream.error.file={local}/derby.log'"
        )
        self.started[name] = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", self.spark / "bin" / program, *arguments],
            cwd=ROOT,  # the paths of the exports are from there
            env=os.environ
            | {
                "SPARK_HOME": str(self.spark),
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_LOCAL_DIRS": str(local),
                "SPARK_DAEMON_MEMORY": memory,
                "JAVA_TOOL_OPTIONS": options,
            },
            stdout=(self.folder / f"{name}.log").open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait(self, name: str, port: int) -> None:
        """Waits until a process listens; ends the run with what it said if it does not."""
        until = time.monotonic() + 300
        while time.monotonic() < until and self.started[name].poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return
            time.sleep(0.2)
        said = (self.folder / f"{name}.log").read_text("utf-8", "replace")
        sys.exit(f"{said}\n{name} did not start.")

    def kill(self, name: str) -> None:
        """Kills a process with all that it has started, as when a machine is lost."""
        os.killpg(self.started[name].pid, signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        """Ends all processes: the Thrift server first, which closes its catalogue."""
        for name in reversed(self.started):
            with suppress(ProcessLookupError):
                os.killpg(self.started[name].pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.started[name].wait(60)
            with suppress(ProcessLookupError):
                self.kill(name)
            self.started[name].wait()
        until = time.monotonic() + 60
        while (left := self.members(running())) and time.monotonic() < until:
            time.sleep(0.2)
        if left:
            sys.exit(f"Of the cluster these processes are left: {sorted(left)}")

    def members(self, everything: dict[int, Process]) -> set[int]:
        """Those of these processes that belong to the cluster."""
        groups = {process.pid for process in self.started.values()}
        return {one for one, facts in everything.items() if facts.group in groups}

    def lose_worker(self) -> None:
        """Kills a worker while a table is written, once there are as many as were asked for."""
        written = len(list(self.warehouse.glob("*.db/*/_SUCCESS")))
        unfinished = next(self.warehouse.glob("*.db/*/_temporary"), None)
        if self.lose_after is not None and written >= self.lose_after and unfinished:
            self.kill(WORKERS[0])
            self.lose_after = None
            table = unfinished.parent.name
            print(
                f"A worker is killed after {written} tables, while {table} is written", flush=True
            )


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
