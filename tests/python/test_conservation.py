"""What a counting mart loses or counts twice is seen: losses are planted into every one of them.

The tests are those of the build, as dbt compiles them; the losses are planted into a copy of its
database, and taken back.
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from copied import ROOT
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

# what may be lost: a snapshot, an edition, a region, an ICB, a sector, a type, a level, a pair
DIMENSIONS = (
    "snapshot_date", "to_snapshot_date", "edition", "to_edition", "code", "region_code", "icb_code",
    "sector", "organisation_type", "level", "comparison", "publication",
)  # fmt: skip
# counts findings, of all snapshots together: its unit test sees to it
APART = {"agg_findings"}


class Audit:
    """The build's own test, ready to run on a database that is spoilt."""

    def __init__(self, database: Path, folder: Path) -> None:
        copy = Path(shutil.copy(database, folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPEN_CYBER_DB", str(copy))
            result = dbtRunner().invoke(
                ["compile", "--quiet", "--select", "assert_nobody_is_lost"],
                project_dir=str(ROOT), profiles_dir=str(ROOT), target_path=str(folder / "target"),
            )  # fmt: skip
        DuckDBConnectionManager.close_all_connections()
        assert result.exception is None, result.exception
        self.sql = result.result[0].node.compiled_code
        self.manifest = json.loads((folder / "target" / "manifest.json").read_text("utf-8"))
        self.connection = duckdb.connect(str(copy))
        # a loss cannot be planted into a view: here it is a table
        for (view,) in self.connection.execute(
            "select view_name from duckdb_views() where schema_name = 'marts'"
        ).fetchall():
            self.connection.execute(f"create table marts.rows as from marts.{view}")
            self.connection.execute(f"drop view marts.{view}")
            self.connection.execute(f"alter table marts.rows rename to {view}")
        self.columns: dict[str, list[str]] = {}
        for table, column in self.connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'marts' and regexp_matches(table_name, '^(fct|agg)_')"
        ).fetchall():
            self.columns.setdefault(table, []).append(column)

    def words(self, *spoiling: str) -> str:
        """What the test says of the spoilt database; "" where it sees nothing."""
        self.connection.execute("begin")
        try:
            for statement in spoiling:
                self.connection.execute(statement)
            self.connection.execute(self.sql)
        except duckdb.InvalidInputException as stopped:
            return str(stopped)
        finally:
            self.connection.execute("rollback")
        return ""


@pytest.fixture(scope="module")
def audit(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return Audit(database, tmp_path_factory.mktemp("conservation"))


def test_the_marts_as_built_have_lost_nobody(audit: Audit) -> None:
    assert audit.words() == ""
    assert len(audit.columns) >= 14


def test_every_loss_and_every_double_is_seen(audit: Audit) -> None:
    planted, unseen = set(), []
    for mart, columns in audit.columns.items():
        for column in sorted(set(DIMENSIONS) & set(columns)):
            ends = f"select min({column}), max({column}) from marts.{mart}"
            for value in set(audit.connection.execute(ends).fetchone()):
                rows = f"from marts.{mart} where {column} = '{value}'"
                spoilt = {"lost": f"delete {rows}", "twice": f"insert into marts.{mart} {rows}"}
                if column.endswith("snapshot_date"):
                    other = f"select * replace ({column} + 1 as {column}) {rows}"
                    spoilt["of a day that is none"] = f"insert into marts.{mart} {other}"
                for what, statement in spoilt.items():
                    planted.add(mart)
                    if mart not in audit.words(statement):
                        unseen.append(f"{mart}: {column} {value} {what}")
    assert unseen == []
    assert set(audit.columns) - planted == APART


def test_every_model_and_seed_has_a_key_that_is_tested(audit: Audit) -> None:
    """But the parts of one model, which are in no table (ephemeral): it has the key."""
    nodes = audit.manifest["nodes"].values()
    keyed = {
        name
        for node in nodes
        if node["name"] == "assert_keys_name_one_row"
        or node.get("test_metadata", {}).get("name") == "primary_key"
        for name in node["depends_on"]["nodes"]
    }
    tables = {
        node["unique_id"]
        for node in nodes
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }
    assert tables - keyed == set()
