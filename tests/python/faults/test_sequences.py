"""Whatever happens between builds, what is published has the same bytes as from nothing.

Acts at random on a project, its exports, and what it keeps of both: dbt's parse, the rows in the
database, the store of what was read, the parts of the last site.
"""

import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from copied import Project
from test_history import CHANGES, EXPORTS, HEADER, NAMES, QUERIES, anew

from exports import database as databases
from exports import store
from reports import downloads
from reports.catalogue import published_marts
from tasks import publishing
from tests.bench import ROOT

SEED = int(os.environ.get("FAULTS_SEED", "20231116"))
SEQUENCES = int(os.environ.get("FAULTS_SEQUENCES", "200"))
SIMILAR = [("Stays", "Moves"), ("22/23", "21/22"), ("X03", "X08"), ("Company", "Charity")]
RULES = CHANGES | {"macros/is_open_on.sql": ("}} <= coalesce", "}} < coalesce")}
# a macro of what is kept that is wrong need not be as wrong from nothing
RULES_KEPT = {path: change for path, change in QUERIES.items() if path != "macros/dspt_loaded.sql"}
TEXTS = RULES | RULES_KEPT
SHOWN = ("dim_outcomes", "fct_assessments")  # a short table and a long one
MARTS = [
    "+fct_compliance", "+fct_assessments", "+agg_outcomes_by_sector", "+dq_findings",
    "+agg_newest_editions_by_sector", "+agg_sector_standing", "+agg_icb_scores", "+dim_snapshots",
    "+dim_outcomes",
]  # fmt: skip


class Sequence:
    """A project in the working folder, so that no path tells dbt of a move, and what happens."""

    def __init__(self, folder: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch):
        self.chance = chance
        self.monkeypatch = monkeypatch
        self.done: list[str] = []
        self.begin(folder)
        self.add()

    def begin(self, folder: Path) -> None:
        """Works on a new copy of the project, in a new folder."""
        self.project = Project(folder)
        self.monkeypatch.chdir(self.project.root)
        self.project.root, self.project.database = Path(), Path("open_cyber.duckdb")
        Path("given").mkdir()
        Path("data").symlink_to(ROOT / "data")  # the lists of ODS
        self.texts = {path: (self.project.root / path).read_text("utf-8") for path in TEXTS}

    def act(self) -> None:
        """Lets one thing happen."""
        acts = [self.change_a_text, self.change_back, self.damage, self.forget, self.move]
        acts += [self.another_version, self.begin_anew, *[self.add] * 3, *[self.change_a_text] * 2]
        if any(Path("given").iterdir()):
            acts += [self.remove, self.rename, self.change_an_export, self.link]
        act = self.chance.choice(acts)
        self.done.append(act.__name__)
        act()

    def some(self, folder: str) -> Path:
        """One of the files in a folder."""
        return self.chance.choice(sorted(path for path in Path(folder).iterdir() if path.is_file()))

    def add(self) -> None:
        """One of the exports comes, or comes again."""
        export = Path("given") / self.chance.choice(NAMES)
        export.unlink(missing_ok=True)  # it may be a link
        export.write_text(HEADER + EXPORTS[export.name])

    def remove(self) -> None:
        """An export goes, though it be the last."""
        self.some("given").unlink()

    def rename(self) -> None:
        """An export becomes one of another day, or of the form of 2019."""
        form = self.chance.choice(["search results {}", "Progress as of {}"])
        day = f"{self.chance.randint(1, 28):02}_09_2022 12_00_00"
        self.some("given").replace(f"given/DSPT {form.format(day)}.csv")

    def change_an_export(self) -> None:
        """An export has other bytes, of the same size and with the same time."""
        export = self.some("given")
        stat = export.stat()
        export.write_text(export.read_text().replace(*self.chance.choice(SIMILAR)))
        os.utime(export, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    def link(self) -> None:
        """An export lies elsewhere, and in its place is a link to it."""
        export = self.some("given")
        Path("annex").mkdir(exist_ok=True)
        if not export.is_symlink():
            export.replace(Path("annex") / export.name)
            export.symlink_to(Path("..") / "annex" / export.name)

    def change_a_text(self) -> None:
        """A rule changes, a seed, or the query of what is kept."""
        path = self.chance.choice(sorted(TEXTS))
        assert TEXTS[path][0] in self.texts[path]
        (self.project.root / path).write_text(self.texts[path].replace(*TEXTS[path]), "utf-8")

    def change_back(self, *paths: str) -> None:
        """A text is as it was; or these."""
        for path in paths or [self.chance.choice(sorted(TEXTS))]:
            (self.project.root / path).write_text(self.texts[path], "utf-8")

    def damage(self) -> None:
        """A file of the store is cut, or has other bytes."""
        if Path(".exports").exists():
            file = self.some(".exports")
            content = file.read_bytes()
            start, rest = content[: len(content) // 2], content[len(content) // 2 :]
            file.write_bytes(start + self.chance.choice([b"", bytes(8) + rest[8:]]))

    def forget(self) -> None:
        """The store goes, or what dbt has parsed, or the last site."""
        gone = self.chance.choice([".exports", "target", "site"])
        shutil.rmtree(gone, ignore_errors=True)

    def another_version(self) -> None:
        """What reads the exports is another."""
        self.monkeypatch.setattr(store, "READER", f"{self.chance.getrandbits(32):08x}")

    def begin_anew(self) -> None:
        """A report begins a new database beside the last."""
        if Path("open_cyber.duckdb").exists():
            Path("open_cyber.duckdb").replace(databases.BEFORE)

    def move(self) -> None:
        """A copy of everything goes on, and in the original a seed changes."""
        here = Path.cwd()
        there = here.with_name(f"{here.name} copied")
        shutil.copytree(here, there, symlinks=True)
        seed = Path("seeds/dspt/dspt_status_labels.csv")
        seed.write_text(seed.read_text("utf-8").replace(",Standards Met", ",Entry Level"), "utf-8")
        self.monkeypatch.chdir(there)

    def build(self) -> dict[str, Any]:
        """The files that are published, or why none are."""
        types = ("--resource-type", "model", "--resource-type", "seed")
        if refused := self.project.build("given", "--select", *MARTS, *types):
            return refused
        shutil.rmtree("published", ignore_errors=True)
        database = anew(self.project.database.absolute(), Path("published").absolute())
        before, site = Path("site"), Path("next site")
        with duckdb.connect(str(database), read_only=True) as connection:
            marts = [mart for mart in published_marts(connection) if mart.name in SHOWN]
            files = downloads.write_downloads(connection, site, marts, before=before)
            downloads.write_package(connection, site, files, marts, [])
        shutil.rmtree(before, ignore_errors=True)
        site.rename(before)
        return {path.name: path.read_bytes() for path in before.iterdir()}

    def from_nothing(self, folder: Path) -> dict[str, Any]:
        """What a project would publish that has the same exports, rules and seeds."""
        here = Path.cwd()
        self.begin(folder)
        shutil.copytree(here / "given", "given", dirs_exist_ok=True)
        for path in TEXTS:
            shutil.copy(here / path, self.project.root / path)
        return self.build()


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere DuckDB writes what is in the memory")
def test_many_sequences_end_as_from_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(downloads, "OPENED_ROWS", 6)
    monkeypatch.setattr(publishing, "SETTLED", -1)  # else so young a file is always read
    published = 0
    for which in range(SEQUENCES):
        chance = random.Random(f"{SEED} {which}")
        sequence = Sequence(tmp_path / str(which), chance, monkeypatch)
        try:
            for _ in range(chance.randint(2, 4)):
                sequence.done.append("build")
                sequence.build()
                for _ in range(chance.randint(1, 3)):
                    sequence.act()
            sequence.change_back(*RULES_KEPT)
            end = sequence.build()
            nothing = sequence.from_nothing(tmp_path / f"{which} from nothing")
            assert end.keys() == nothing.keys()
            assert [name for name in end if end[name] != nothing[name]] == []
        except BaseException as error:
            error.add_note(f"FAULTS_SEED={SEED}, sequence {which}: {', '.join(sequence.done)}")
            raise
        published += "datapackage.json" in end
        monkeypatch.chdir(tmp_path)
        for made in tmp_path.glob(f"{which}*"):
            shutil.rmtree(made)
    assert published > SEQUENCES / 4
