"""Kills, full disks, two builds and readers: what is published is whole, and old or new together.

The short forms publish prepared files; those marked `faults` run the commands themselves.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from reports.settings import PAGES
from tasks import environment, publishing
from tests import long_runs

SEED = int(os.environ.get("FAULTS_SEED", "20231116"))
KILLS = int(os.environ.get("FAULTS_KILLS", "50"))
LAST = environment.EXPORTS[-1].name
DAY = "17_11_2023"  # of the export that the next run adds
NEW = "snapshot/2023-11-17.html"


def make_database(path: Path, version: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table version as select ? as version, range as n from range(?)",
                           [version, 5000])  # fmt: skip


READER = """
import sys, duckdb
from contextlib import suppress
from pathlib import Path
root, seen, pages = Path(sys.argv[1]), [], []
while len(set(seen)) < 7:
    with duckdb.connect(str(root / "open_cyber.duckdb"), read_only=True) as connection:
        rows = connection.execute("select version, count(*) from version group by all").fetchall()
        assert [count for _, count in rows] == [5000], rows
        seen.append(rows[0][0])
    for _ in range(1000):
        with suppress(FileNotFoundError):  # a site is away for an instant
            pages.append((root / "site" / "index.html").read_text())
assert seen == sorted(seen), seen
texts = list(dict.fromkeys(pages))
assert texts == sorted(texts) and all(text == text[:5] * 2000 for text in texts), texts
assert len(texts) > 1
"""


@pytest.mark.full
def test_readers_see_one_whole_database_and_site_after_the_other(tmp_path: Path) -> None:
    make_database(tmp_path / "open_cyber.duckdb", 0)
    with subprocess.Popen([sys.executable, "-c", READER, str(tmp_path)]) as reader:
        version = 0
        while reader.poll() is None:  # for as long as it takes to see seven of them
            version += 1
            with publishing.change(tmp_path) as new_form:
                new, site = new_form(tmp_path / "open_cyber.duckdb"), new_form(tmp_path / "site")
                building = publishing.scratch(tmp_path)
                make_database(building / "open_cyber.duckdb", version)
                shutil.move(building / "open_cyber.duckdb", new)
                site.mkdir()
                (site / "index.html").write_text(f"{version:05}" * 2000)
    assert reader.returncode == 0


# What follows runs the commands in a copy of the project.


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, published once; the next run has one export more."""
    root = tmp_path_factory.mktemp("kills") / "project"
    copy_project(root)
    finish(report(root))
    add_export(root)
    return root


def copy_project(root: Path) -> None:
    """Copies the project with few of its pages, so that kills fall into every step."""
    pages = [path.name for path in PAGES.iterdir() if path.name not in ("404.md", "snapshot")]
    left_out = ("tests/python/", "docs/", *(f"reports/pages/{name}" for name in pages))
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=environment.ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(left_out):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(environment.ROOT / name, root / name)
    (root / ".venv").symlink_to(environment.VENV.resolve())


def add_export(root: Path) -> None:
    dspt = root / "data" / "dspt"
    shutil.copy(dspt / LAST, dspt / LAST.replace("16_11_2023", DAY))


def report(root: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    """Starts a report in a group of its own, so that a kill takes all of it."""
    command = [sys.executable, "-m", "tasks", "report", *words]
    environment = {
        k: v for k, v in os.environ.items() if k not in ("OPEN_CYBER_DB", "DSPT_EXPORTS")
    }
    environment["DSPT_ACCEPT"] = LAST.replace("16_11_2023", DAY)  # it has the bytes of another
    return subprocess.Popen(
        command, cwd=root, env=environment | settings, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip


def finish(running: subprocess.Popen[str]) -> None:
    """Waits for a report that must end well."""
    said, _ = running.communicate()
    assert running.returncode == 0, said


def is_new(root: Path) -> bool:
    """Whether the new state is published; database and site must agree."""
    with duckdb.connect(str(root / "open_cyber.duckdb"), read_only=True) as connection:
        days = connection.execute("select count(*) from marts.dim_snapshots").fetchone()
    assert (root / "site" / "index.html").read_text("utf-8").rstrip().endswith("</html>")
    there = (root / "site" / NEW).exists()
    assert days and (days[0] == len(environment.EXPORTS) + 1) == there, (days, there)
    return there


def left_over(root: Path) -> set[str]:
    """What a run makes on its way, and a finished one has taken with it."""
    names = {path.name for path in root.iterdir()}
    return {
        name for name in names if re.fullmatch(r"\.(publishing|building|.+\.new|.+\.old)", name)
    }


@pytest.mark.faults
def test_kills_at_random_moments(root: Path) -> None:
    chance = random.Random(SEED)
    saved = shutil.copytree(root, root.parent / "saved", symlinks=True)
    started = time.monotonic()
    finish(report(root))
    takes = time.monotonic() - started
    assert is_new(root)
    states = Counter[str]()
    for number in range(KILLS):
        shutil.rmtree(root)
        shutil.copytree(saved, root, symlinks=True)
        running = report(root)
        time.sleep(chance.uniform(0, takes * 1.05))
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        publishing.settle(root)  # as the next run of any command does
        states["new" if is_new(root) else "old"] += 1
        assert not left_over(root), (number, left_over(root))
    finish(report(root))
    assert is_new(root)
    figures = (
        f"`make faults` with seed {SEED}: {KILLS} kills at random moments of a `make report` of"
        f" {takes:.0f} seconds. {states.total()} of {KILLS} leave a database and a site that belong"
        f" together, {states['old']} all of the old and {states['new']} all of the new."
    )
    print(figures)
    if KILLS >= 50:
        long_runs.write("kills", figures)


CHANGES = {  # one thing of each kind that a publication rests on: files, a text in them, another
    "page": ("reports/pages/404.md", "page", "pages"),
    "template": ("reports/templates/page.html", "<main", '<main data-changed="yes"'),
    "stylesheet": ("reports/assets/site.css", "{", "{ --changed: 1;"),
    "settings of the site": ("reports/site.yml", "Open Cyber", "Open Cyber, changed"),
    "drawing code": ("reports/pixels.py", "/ 200", "/ 190"),
    "boundary": ("data/boundaries/icb_2023-04-01.geojson", "-2.89829", "-2.89828"),
    "rule": ("models/marts/checks/*", "We do not have the export", "Nobody has the export"),
    "macro": ("macros/round_half_up.sql", ", 6)", ", 7)"),
    "seed": ("seeds/dspt/dq_checks.csv", "Nothing", "Nothing to do"),
    "version": ("requirements.txt", "\n", "\n# changed\n"),
}


@pytest.mark.faults
def test_a_report_after_any_change_has_the_bytes_of_one_from_nothing(root: Path) -> None:
    """One more export and another setting, too."""
    finish(report(root))
    for files, old, new in CHANGES.values():
        texts = {path: path.read_text("utf-8") for path in root.glob(files)}
        changed = {path: text.replace(old, new, 1) for path, text in texts.items()}
        assert changed != texts, files
        for path, text in changed.items():
            path.write_text(text, "utf-8")
        same_as_from_nothing(root)
    same_as_from_nothing(root, OPEN_CYBER_MEMORY="900MB")


def same_as_from_nothing(root: Path, **settings: str) -> None:
    """Reports, then reports from nothing: every file of both has the same bytes."""
    digests = []
    for words in ((), ("full",)):
        finish(report(root, *words, **settings))
        files = [root / "open_cyber.duckdb", *(root / "site").rglob("*.*")]
        digests.append({file: publishing.hash_of(file) for file in files if file.is_file()})
    differ = [str(file) for file, one in digests[0].items() if digests[1].get(file) != one]
    assert not differ and digests[0].keys() == digests[1].keys(), differ


@pytest.mark.faults
@pytest.mark.parametrize("small_disk", ["200m"], indirect=True)
def test_a_full_disk_is_one_line_and_leaves_the_old(small_disk: Path) -> None:
    root, disk = small_disk / "project", small_disk
    copy_project(root)
    finish(report(root))
    add_export(root)
    ballast = disk / "ballast"
    for free in (0.2, 1, 3, 6, 12, 18, 25, 32, 40):  # MB
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(bytes(int(shutil.disk_usage(disk).free - free * 2**20)))
        running = report(root)
        said, _ = running.communicate()
        if running.returncode == 0:
            break
        assert "Traceback" not in said, said
        assert said.splitlines()[-1].endswith("What was published before is unchanged."), said
        assert "No space left" in said, said
        assert not is_new(root)
        assert not left_over(root)
