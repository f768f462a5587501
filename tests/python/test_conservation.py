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

SPOILT = {
    "lost": "delete {rows}",
    "twice": "insert into marts.{mart} {rows}",
    "of a day that is none": (
        "insert into marts.{mart} select * replace ({column} + 1 as {column}) {rows}"
    ),
}


def unseen(bench: Bench, statements: dict[str, str]) -> list[str]:
    """The marts of which the test says nothing when each of these is spoilt, after it was built."""
    with bench.undone():
        for statement in statements.values():
            bench.db.execute(statement)
        try:
            bench.failed("assert_nobody_is_lost")
            return list(statements)
        except duckdb.InvalidInputException as stopped:
            return [mart for mart in statements if not re.search(rf"\b{mart}\b", str(stopped))]


def test_every_loss_and_every_double_is_seen(bench: Bench) -> None:
    """What a column has first or last is spoilt in all marts at once, and each must be named."""
    marts = [name for name in bench.models if re.match("(fct|agg)_", name)]
    assert len(marts) >= 14
    columns = {mart: bench.columns(f"from marts.{mart}") for mart in marts}
    planted, silent = set(), []
    for column in sorted(DIMENSIONS):
        having = [mart for mart in marts if column in columns[mart]]
        planted.update(having)
        for end in ("min", "max"):
            rows = {
                mart: f"from marts.{mart} where {column} ="
                f" (select {end}({column}) from marts.{mart})"
                for mart in having
            }
            for what in SPOILT if column.endswith("snapshot_date") else ("lost", "twice"):
                statements = {
                    mart: SPOILT[what].format(mart=mart, column=column, rows=rows[mart])
                    for mart in having
                }
                silent += [f"{mart}: {end} {column} {what}" for mart in unseen(bench, statements)]
    assert silent == []
    assert set(marts) - planted == APART


def test_every_model_and_seed_has_a_key_that_is_tested(bench: Bench) -> None:
    """But the parts of one model, which are in no table (ephemeral): it has the key."""
    keys = [name for name in bench.tests if name.startswith(("assert_keys_", "primary_key_"))]
    without = {*bench.models, *bench.seeds}.difference(*(bench.reads[name] for name in keys))
    assert [name for name in without if "__dbt__cte__" not in bench.relations[name]] == []
