"""What the database keeps of earlier builds changes nothing: the marts are those of the bench.

Invented organisations in five exports: one that stays, one that changes and changes back, one that
is away for a while, one that leaves, one that comes, one renamed, and a trust of ODS.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from copied import Project, query

from exports import database as databases
from tasks.diff import are_different
from tests.bench import ROOT, Bench

pytestmark = pytest.mark.full
HEADER = (
    "Code,Organisation Name,Status,Date Of Publication,Primary Sector,Commissioner (From ODS)\n"
)
STAYS = "X01,Stays,21/22 Standards Met,01/06/2022,General Practice (GP),NHS X ICB - 11X (CCG)\n"
CHANGED = "X02,Changes,22/23 Standards Met,01/10/2022,Company,\n"
BEFORE = "X02,Changes,21/22 Standards Not Met,01/07/2022,Company,\n"
AWAY = "X03,Away,Not Published,,Company,\n"
LEAVES = "X04,Leaves,20/21 Entry Level,01/06/2021,Social Care,\n"
COMES = "x05,Comes,22/23 Standards Exceeded,01/06/2023,Space Travel,SOMEWHERE\n"
TRUST = "RH5,Somerset,21/22 Approaching Standards,30/06/2022,NHS Trust,\n"
BETTER = "RH5,Somerset,21/22 Standards Met,30/06/2022,NHS Trust,\n"
EXPORTS = {
    "DSPT search results 01_09_2022 12_00_00.csv": STAYS + BEFORE + AWAY + LEAVES + TRUST,
    "DSPT search results 02_09_2022 12_00_00.csv": STAYS + CHANGED + LEAVES + TRUST,
    "DSPT search results 03_09_2022 12_00_00.csv": STAYS + BEFORE + AWAY + LEAVES + BETTER,
    "DSPT search results 01_10_2022 12_00_00.csv": STAYS + BEFORE + AWAY + COMES + BETTER,
    "DSPT search results 01_07_2023 12_00_00.csv": STAYS.replace("Stays", "Renamed") + AWAY + COMES,
}
NAMES = list(EXPORTS)
MODEL = "stg_dspt__search_results"
LEDGER = "fct_assessments"
RUNS = f"select * exclude (exports_mark) from staging.{MODEL} order by all"
# rules that are no part of what is kept, and a new release
CHANGES = {
    "seeds/dspt/dspt_status_labels.csv": ("entry level,Entry Level", "entry level,Standards Met"),
    "seeds/dspt/dspt_sectors.csv": ("Company,Company", "Company,Business"),
    "seeds/ods/ods_trusts.csv": (
        "closed_on\n", "closed_on\n2030-01-01,RH5,CLOSED SINCE,Y58,QSL,,1991-04-01,2022-09-15\n",
    ),
}  # fmt: skip
# the query of what is kept
QUERIES = {
    f"models/staging/dspt/{MODEL}.sql": ("max(last_snapshot_date)", "min(first_snapshot_date)"),
    "macros/runs_of.sql": ("max(snapshot) as last", "min(snapshot) as last"),
    "macros/dspt_loaded.sql": ("found.new_files | unique", "found.new_files[1:] | unique"),
    "macros/read_parquet.sql": ("read_parquet([", "read_parquet(['{{ paths[0] }}', "),
}
OF_2019 = "DSPT Progress as of 17_06_2019 15_25_54 publish.csv"


class History:
    """A project that is built again and again, and the bench, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.project = Project(folder)
        self.bench = Bench()

    def put(self, *names: str) -> None:
        """Lets the folder of exports be these."""
        shutil.rmtree(self.exports, ignore_errors=True)
        self.exports.mkdir()
        for name in names:
            (self.exports / name).write_text(HEADER + EXPORTS[name])

    def refused(self, *marts: str) -> dict[str, str]:
        """Why a build of the ledger (or of these) with what is there now fails."""
        types = ("--resource-type", "model", "--resource-type", "seed")
        wanted = [f"+{mart}" for mart in marts or [LEDGER]]
        return self.project.build(self.exports, "--select", *wanted, *types)

    def builds(self, kept: int, *marts: str) -> None:
        """Builds what the bench does, with what is there now; keeps the rows of so many exports."""
        assert self.refused(*marts) == {}
        self.bench.seed(self.project.root)
        self.bench.read(self.exports)
        self.bench.accept(*(path.name for path in self.exports.iterdir()))
        self.bench.run(*marts or [LEDGER])
        fresh = self.bench.keep(self.folder / "fresh.duckdb")
        changes = self.bench.changes(fresh, self.project.database)
        fresh.unlink()
        assert {name: changes[name] for name in marts or [LEDGER] if name in changes} == {}
        assert self.project.query(RUNS) == self.bench.rows(RUNS)
        assert self.kept("run") == kept

    def would_keep(self) -> int:
        """Of how many exports a build would keep the rows."""
        assert self.project.dbt(self.exports, "compile", "--select", MODEL).success
        return self.kept("compiled")

    def kept(self, made: str) -> int:
        """Of how many exports the rows are kept, by the query that was run or compiled last."""
        sql = next(self.folder.glob(f"target/{made}/**/{MODEL}.sql")).read_text()
        found = re.search(r"snapshot > (\d+)", sql)
        return int(found[1]) if found else len(list(self.exports.iterdir()))

    @contextmanager
    def changed(self, changes: dict[str, tuple[str, str]]) -> Iterator[None]:
        """Lets some texts of the project be others."""
        files = {self.project.root / path: change for path, change in changes.items()}
        before = {file: file.read_text("utf-8") for file in files}
        for file, (old, new) in files.items():
            assert old in before[file]
            file.write_text(before[file].replace(old, new), "utf-8")
        yield
        for file, text in before.items():
            file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A row of builds in a folder with an odd name: what is kept changes no mart of any."""
    history = History(tmp_path_factory.mktemp("history") / "o'neil's")
    database = history.project.database

    history.put(*NAMES[:2])
    history.builds(kept=0)
    before = shutil.copy(database, history.folder / "two of five.duckdb")
    history.put(*NAMES)
    old = history.exports / OF_2019
    old.write_text(HEADER + "RH5,Somerset,,,NHS Trust,\n")
    history.builds(kept=0)  # an older one has come

    with history.changed(CHANGES):
        history.builds(6, LEDGER, "fct_compliance")
    for path, change in QUERIES.items():
        with history.changed({path: change}):
            assert history.would_keep() == 0, path
    assert history.would_keep() == 6

    right = (history.exports / NAMES[3]).read_text()
    (history.exports / NAMES[3]).write_text(
        f"{right}X06,Bad,22/23 Standards Unheard,01/06/2023,Company,\n"
    )
    assert "Unheard" in str(history.refused())
    (history.exports / NAMES[3]).write_text(right)
    history.builds(kept=0)  # what was kept last had the bad one
    for name in NAMES[1::2]:
        (history.exports / name).unlink()
    history.builds(kept=0)
    # renamed, the export of 2019 is one of the portal, where a blank status means nothing
    old.rename(str(old).replace("Progress as of", "search results").replace(" publish", ""))
    assert 'has the status "(blank)"' in str(history.refused())

    # a new database begins with what the last one keeps, whatever its name: it is in every query
    history.put(*NAMES)
    history.project.database = database.with_name("another name.duckdb")
    history.builds(kept=0)
    anew(history.project.database, history.folder / "from nothing")
    history.project.database.unlink()
    shutil.move(before, database.with_name(databases.BEFORE))
    history.builds(kept=2)
    anew(history.project.database, history.folder / "a new database")
    return history


def test_a_row_is_kept_once_for_each_run_of_snapshots(history) -> None:
    runs = [
        (row[0], row[2], row[8].isoformat(), row[9].isoformat())
        for row in history.project.query(RUNS)
    ]
    assert sorted(runs) == [
        ("RH5", "Somerset", "2022-09-01", "2022-09-02"),
        ("RH5", "Somerset", "2022-09-03", "2022-10-01"),
        ("X01", "Renamed", "2023-07-01", "2023-07-01"),
        ("X01", "Stays", "2022-09-01", "2022-10-01"),
        ("X02", "Changes", "2022-09-01", "2022-09-01"),
        ("X02", "Changes", "2022-09-02", "2022-09-02"),
        ("X02", "Changes", "2022-09-03", "2022-10-01"),
        ("X03", "Away", "2022-09-01", "2022-09-01"),
        ("X03", "Away", "2022-09-03", "2023-07-01"),
        ("X04", "Leaves", "2022-09-01", "2022-09-03"),
        ("X05", "Comes", "2022-10-01", "2023-07-01"),
    ]


def test_the_ledger_has_every_row_of_every_export(history) -> None:
    rows = [
        (name.split()[3], *row.split(",")[:2])
        for name in NAMES
        for row in EXPORTS[name].splitlines()
    ]
    ledger = history.project.query(
        "select strftime(snapshot_date, '%d_%m_%Y'),"
        " replace(organisation_code, 'X05', 'x05'), organisation_name from marts.fct_assessments",
    )
    assert sorted(ledger) == sorted(rows)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere DuckDB writes what is in the memory")
def test_a_database_is_published_with_the_same_bytes_as_from_nothing(history) -> None:
    """Whatever was carried over, in whatever order two threads made the tables."""
    first, second = (
        (history.folder / made / "another name.duckdb").read_bytes()
        for made in ("from nothing", "a new database")
    )
    assert first == second


@pytest.mark.parametrize("content", [None, b"", b"no database", "half"])
def test_nothing_is_carried_out_of_what_is_no_such_database(tmp_path, capsys, content) -> None:
    old = tmp_path / "Kay's old one.duckdb"
    if content == "half":
        with duckdb.connect(str(old)) as connection:
            connection.execute("create schema staging")
            connection.execute(f"create table staging.{MODEL} as from range(1000000)")
        content = old.read_bytes()[: old.stat().st_size // 2]
    if content is not None:
        old.write_bytes(content)
    with duckdb.connect() as connection:
        databases.keep_rows(old, connection)
        assert connection.execute("from duckdb_tables()").fetchall() == []
    assert "all exports are read again" in capsys.readouterr().out


def anew(database: Path, folder: Path) -> Path:
    """The database as a report publishes it."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "exports", "write-anew", database, folder / database.name],
        cwd=ROOT, env=os.environ | {"DUCKDB_JE_MALLOC_CONF": "zero:true"}, check=True,
    )  # fmt: skip
    return folder / database.name


def test_a_database_that_is_written_anew_has_all_that_was_in_it(history) -> None:
    copy = history.folder / "a new database" / "another name.duckdb"
    with duckdb.connect() as connection:
        for name, path in {"built": history.project.database, "copy": copy}.items():
            connection.execute(f"attach ? as {name} (read_only)", [str(path)])

        compared = [
            f"(select {columns} from duckdb_{kind}() where database_name = '{{name}}')"
            for kind, columns in {
                "tables": "schema_name, table_name, sql, comment",
                "views": "schema_name, view_name, sql, comment",
                "columns": "schema_name, table_name, column_name, data_type, comment",
                "schemas": "schema_name",
            }.items()
        ]
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built'"
        ).fetchall()
        compared += [f"{{name}}.{schema}.{table}" for schema, table in tables]
        for one in compared:
            assert not are_different(connection, one.format(name="built"), one.format(name="copy"))
    # a file whose headers have a wrong checksum would not be opened, nor written
    with duckdb.connect(str(copy)) as connection:
        connection.execute("create table more as select 1 as number")
    assert query(copy, "from more") == [(1,)]
