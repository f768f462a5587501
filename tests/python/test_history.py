"""What the database keeps of earlier builds changes nothing: the marts are those of a fresh build.

Invented organisations in five exports: one that stays, one that changes and changes back, one that
is away for a while, one that leaves, one that comes, one renamed, and a trust of ODS.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from copied import ROOT, Project, query

from exports import database as databases

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
RUNS = f"select * exclude (exports_mark) from staging.{MODEL} order by all"
MARTS = (
    "fct_compliance",
    "fct_assessments",
    "agg_outcomes_by_sector",
    "agg_newest_editions_by_sector",
    "agg_sector_standing",
    "dq_findings",
)
SELECTED = [f"+{mart}" for mart in MARTS]
Marts = dict[str, list[tuple[Any, ...]]]


class History:
    """A project that is built again and again, with other exports or other rules."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.project = Project(folder)
        self.seeds = ["seed"]

    def put(self, *names: str) -> None:
        """Lets the folder of exports be these."""
        shutil.rmtree(self.exports, ignore_errors=True)
        self.exports.mkdir()
        for name in names:
            (self.exports / name).write_text(HEADER + EXPORTS[name])

    def build(self, *arguments: str) -> Marts:
        """Builds; gives the rows of the marts, and of what is kept for the next build."""
        types = ("--resource-type", "model", *self.seeds)
        self.seeds = []  # they stay
        assert self.project.build(self.exports, "--select", *SELECTED, *types, *arguments) == {}
        queries = {mart: f"select * from marts.{mart} order by all" for mart in MARTS}
        return {name: self.project.query(sql) for name, sql in (queries | {MODEL: RUNS}).items()}

    def kept(self) -> int:
        """Of how many exports the last build kept the rows."""
        sql = next(self.folder.glob(f"target/run/**/{MODEL}.sql")).read_text()
        found = re.search(r"snapshot > (\d+)", sql)
        return int(found[1]) if found else len(list(self.exports.iterdir()))

    def fresh(self) -> Marts:
        """What a build without anything kept gives."""
        marts = self.build("--full-refresh")
        assert self.kept() == 0
        return marts


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """One project for all tests of the module: dbt then parses it once."""
    return History(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def whole(history: History) -> Marts:
    """The marts of all five exports, built at once."""
    history.put(*NAMES)
    return history.fresh()


def test_a_row_is_kept_once_for_each_run_of_snapshots(history: History, whole: Marts) -> None:
    runs = {(row[0], row[2], row[8].isoformat(), row[9].isoformat()) for row in whole[MODEL]}
    assert runs == {
        ("X01", "Stays", "2022-09-01", "2022-10-01"),
        ("X01", "Renamed", "2023-07-01", "2023-07-01"),
        ("X02", "Changes", "2022-09-01", "2022-09-01"),
        ("X02", "Changes", "2022-09-02", "2022-09-02"),
        ("X02", "Changes", "2022-09-03", "2022-10-01"),
        ("X03", "Away", "2022-09-01", "2022-09-01"),
        ("X03", "Away", "2022-09-03", "2023-07-01"),
        ("X04", "Leaves", "2022-09-01", "2022-09-03"),
        ("X05", "Comes", "2022-10-01", "2023-07-01"),
        ("RH5", "Somerset", "2022-09-01", "2022-09-02"),
        ("RH5", "Somerset", "2022-09-03", "2022-10-01"),
    }
    assert len(whole[MODEL]) == 11
    rows = [
        (name.split()[3], *row.split(",")[:2])
        for name in NAMES
        for row in EXPORTS[name].splitlines()
    ]
    ledger = [
        (f"{row[0]:%d_%m_%Y}", row[1].replace("X05", "x05"), row[2])
        for row in whole["fct_assessments"]
    ]
    assert sorted(ledger) == sorted(rows)


@pytest.mark.parametrize(
    "arrivals",
    [
        [([0], 0), ([0, 1], 1), ([0, 1], 2), ([0, 1, 2, 3, 4], 2)],
        [([0, 2, 4], 0), ([0, 1, 2, 3, 4], 0)],
    ],
    ids=["each later than all before", "older ones later"],
)
def test_any_order_of_arrival_gives_the_same_marts(history, whole, arrivals) -> None:
    history.project.database.unlink()
    history.seeds = ["seed"]
    for present, kept in arrivals:
        history.put(*(NAMES[number] for number in present))
        marts = history.build()
        assert history.kept() == kept
    assert marts == whole


def test_a_changed_and_a_removed_export_leave_nothing_behind(history, whole) -> None:
    history.put(*NAMES)
    history.build()
    middle = history.exports / NAMES[2]
    middle.write_text(middle.read_text().replace("Leaves", "Gone"))
    changed = history.build()
    assert changed != whole
    assert changed == history.fresh()
    middle.unlink()
    removed = history.build()
    assert removed not in (changed, whole)
    assert removed == history.fresh()


CHANGES = {
    "seeds/dspt/dspt_status_labels.csv": ("entry level,Entry Level", "entry level,Standards Met"),
    "seeds/dspt/dspt_sectors.csv": ("Company,Company", "Company,Business"),
    "seeds/ods/ods_trusts.csv": (
        "release_date,organisation_code,organisation_name,region_code,icb_code,postcode,opened_on,closed_on\n",
        "release_date,organisation_code,organisation_name,region_code,icb_code,postcode,opened_on,closed_on\n"
        "2030-01-01,RH5,CLOSED SINCE,Y58,QSL,,1991-04-01,2022-09-15\n",
    ),
}  # fmt: skip


def test_changed_rules_and_a_new_release_reach_every_snapshot(history, whole) -> None:
    history.put(*NAMES)
    history.build()
    before = {path: (history.project.root / path).read_text("utf-8") for path in CHANGES}
    for path, (old, new) in CHANGES.items():
        assert old in before[path]
        (history.project.root / path).write_text(before[path].replace(old, new), "utf-8")
    history.seeds = ["seed"]
    changed = history.build()
    assert history.kept() == len(NAMES)
    fresh = history.fresh()
    for path, text in before.items():
        (history.project.root / path).write_text(text, "utf-8")
    history.seeds = ["seed"]
    assert changed == fresh
    assert changed[MODEL] == whole[MODEL]
    moved = {name for name in MARTS if changed[name] != whole[name]}
    assert moved >= {"fct_compliance", "fct_assessments", "agg_outcomes_by_sector"}


QUERIES = {
    f"models/staging/dspt/{MODEL}.sql": ("max(last_snapshot_date)", "min(first_snapshot_date)"),
    "macros/runs_of.sql": ("max(snapshot) as last", "min(snapshot) as last"),
    "macros/dspt_loaded.sql": ("found.new_files | unique", "found.new_files[1:] | unique"),
    "macros/read_parquet.sql": ("read_parquet([", "read_parquet(['{{ paths[0] }}', "),
}


@pytest.mark.parametrize("path", QUERIES)
def test_another_query_of_the_kept_rows_keeps_nothing(history, whole, path) -> None:
    """Where its text changes, and where it changes back."""
    history.put(*NAMES)
    history.build()
    file = history.project.root / path
    text = file.read_text("utf-8")
    assert QUERIES[path][0] in text
    file.write_text(text.replace(*QUERIES[path]), "utf-8")
    history.project.build(history.exports, "--select", MODEL, "--resource-type", "model")
    try:
        assert history.project.query(RUNS) != whole[MODEL]
    finally:
        file.write_text(text, "utf-8")
    assert history.build() == whole


def test_the_form_of_an_export_is_part_of_what_is_kept(history) -> None:
    """Renamed, the export of 2019 is one of the portal, where a blank status means nothing."""
    old = "DSPT Progress as of 17_06_2019 15_25_54 publish.csv"
    new = "DSPT search results 17_06_2019 15_25_54.csv"
    history.put()
    (history.exports / old).write_text(HEADER + "RH5,Somerset,,,NHS Trust,\n")
    history.build()
    (history.exports / old).rename(history.exports / new)
    select = ["--select", *SELECTED, "--resource-type", "model"]
    refused = history.project.build(history.exports, *select)
    assert f'{new} has the status "(blank)"' in str(refused)


def test_what_was_kept_is_as_good_after_a_build_that_failed(history, whole) -> None:
    history.put(*NAMES[:3])
    history.build()
    history.put(*NAMES)
    bad = history.exports / NAMES[3]
    good = bad.read_text()
    bad.write_text(good + "X06,Bad,22/23 Standards Unheard,01/06/2023,Company,\n")
    failed = history.project.build(
        history.exports, "--select", *SELECTED, "--resource-type", "model"
    )
    assert "Unheard" in str(failed)
    bad.write_text(good)
    assert history.build() == whole


def test_a_new_database_begins_with_what_the_last_one_keeps(history, whole) -> None:
    """Of whatever name: its name is in every query."""
    history.put(*NAMES[:3])
    history.build()
    database = history.project.database
    before = database.rename(database.with_name(databases.BEFORE))
    history.put(*NAMES)
    history.seeds = ["seed"]
    history.project.database = database.with_name("another name.duckdb")
    assert history.build() == whole
    assert history.kept() == 3
    before.unlink()
    history.project.database.rename(database)
    history.project.database = database


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
        databases.carry(old, connection)
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


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere DuckDB writes what is in the memory")
def test_a_database_is_published_with_the_same_bytes_as_from_nothing(history, tmp_path) -> None:
    """Whatever was carried over, in whatever order two threads made the tables."""
    database = history.project.database
    database.unlink()
    history.put(*NAMES)
    history.seeds = ["seed"]
    history.build()
    first = anew(database, tmp_path / "first")
    history.put(*NAMES[:3])
    history.build()
    before = database.rename(database.with_name(databases.BEFORE))
    history.put(*NAMES)
    history.seeds = ["seed"]
    history.build()
    assert history.kept() == 3
    assert anew(database, tmp_path / "second").read_bytes() == first.read_bytes()
    before.unlink()


def test_a_database_that_is_written_anew_has_all_that_was_in_it(history, whole, tmp_path) -> None:
    copy = anew(history.project.database, tmp_path / "copy")
    with duckdb.connect() as connection:
        for name, path in {"built": history.project.database, "copy": copy}.items():
            connection.execute(f"attach '{path}' as {name} (read_only)")
        for kind in ("tables", "views", "columns", "schemas"):
            columns = {
                "tables": "schema_name, table_name, sql, comment",
                "views": "schema_name, view_name, sql, comment",
                "columns": "schema_name, table_name, column_name, data_type, comment",
                "schemas": "schema_name",
            }[kind]
            built, copied = (
                connection.execute(
                    f"select {columns} from duckdb_{kind}() where database_name = ? order by all",
                    [name],
                ).fetchall()
                for name in ("built", "copy")
            )
            assert copied == built
            assert len(built) > 0
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built'"
        ).fetchall()
        for schema, table in tables:
            for one, other in (("built", "copy"), ("copy", "built")):
                rows = f"from {one}.{schema}.{table} except all from {other}.{schema}.{table}"
                assert connection.execute(rows).fetchall() == []
        # a file whose headers have a wrong checksum would not be opened, nor written
        connection.execute("detach copy")
    with duckdb.connect(str(copy)) as connection:
        connection.execute("create table more as select 1 as number")
    assert query(copy, "from more") == [(1,)]
