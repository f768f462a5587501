"""What a counting mart loses or counts twice is seen: losses are planted into every one of them.

The test is that of the build; the losses are planted into the marts of the bench, and taken back.
"""

import re

import duckdb

from tests.bench import Bench

# what may be lost: a snapshot, an edition, a region, an ICB, a sector, a type, a level, a pair
DIMENSIONS = {
    "snapshot_date", "to_snapshot_date", "edition", "to_edition", "code", "region_code", "icb_code",
    "sector", "organisation_type", "level", "comparison", "publication",
}  # fmt: skip
# counts findings, of all snapshots together: its unit test sees to it
APART = {"agg_findings"}


def words(bench: Bench, spoiling: str) -> str:
    """What the test says of a mart that is spoilt after it was built; "" where it sees nothing."""
    with bench.undone():
        bench.db.execute(spoiling)
        try:
            bench.failed("assert_nobody_is_lost")
        except duckdb.InvalidInputException as stopped:
            return str(stopped)
    return ""


def test_every_loss_and_every_double_is_seen(bench: Bench) -> None:
    marts = [name for name in bench.models if re.match("(fct|agg)_", name)]
    assert len(marts) >= 14
    planted, unseen = set(), []
    for mart in marts:
        for column in sorted(DIMENSIONS & bench.columns(f"from marts.{mart}").keys()):
            [ends] = bench.rows(f"select min({column}), max({column}) from marts.{mart}")
            for value in set(ends):
                text = str(value).replace("'", "''")
                rows = f"from marts.{mart} where {column} = '{text}'"
                spoilt = {"lost": f"delete {rows}", "twice": f"insert into marts.{mart} {rows}"}
                if column.endswith("snapshot_date"):
                    other = f"select * replace ({column} + 1 as {column}) {rows}"
                    spoilt["of a day that is none"] = f"insert into marts.{mart} {other}"
                for what, statement in spoilt.items():
                    planted.add(mart)
                    if mart not in words(bench, statement):
                        unseen.append(f"{mart}: {column} {value} {what}")
    assert unseen == []
    assert set(marts) - planted == APART


def test_every_model_and_seed_has_a_key_that_is_tested(bench: Bench) -> None:
    """But the parts of one model, which are in no table (ephemeral): it has the key."""
    nodes = bench.manifest["nodes"].values()
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
