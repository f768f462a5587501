"""The bench gives what dbt gives, of the sources as they are."""

from pathlib import Path

import duckdb

from tests.bench import ROOT, Bench, sources


def test_the_bench_and_dbt_have_equal_rows_in_every_mart(
    bench: Bench, database: Path, tmp_path: Path
) -> None:
    kept = bench.keep(tmp_path / "kept.duckdb")
    assert bench.changes(database, kept) == {}
    with duckdb.connect(str(kept)) as connection:
        connection.execute("delete from marts.dim_regions where region_code = 'Y56'")
    assert list(bench.changes(database, kept)) == ["dim_regions"]


def test_whatever_dbt_compiles_is_compiled_anew_when_it_changes(bench: Bench) -> None:
    kinds = ("nodes", "macros", "unit_tests", "docs")
    compiled = {
        ROOT / node["original_file_path"]
        for kind in kinds
        for node in bench.manifest[kind].values()
        if node["package_name"] == "open_cyber" and node["resource_type"] != "seed"
    }
    assert len(compiled) > 100
    assert compiled - set(sources()) == set()
