"""The published marts as the database itself describes them, and the queries that copy them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

# how a text begins that a spreadsheet would run, in the regular expressions of DuckDB and Python
RUNS = "^[=+\\-@\uff1d\uff0b\uff0d\uff20\\t\\r\\n]"


@dataclass(frozen=True)
class Mart:
    """A published table: `columns` lists (name, DuckDB type, description)."""

    name: str
    rows: int
    description: str
    columns: list[tuple[str, str, str]]


def published_marts(connection: duckdb.DuckDBPyConnection) -> Iterator[Mart]:
    """Every table of the schema `marts`, by name. dbt writes the descriptions (`persist_docs`)."""
    tables = connection.execute(
        "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by all"
    ).fetchall()
    for name, comment in tables:
        columns = connection.execute(
            "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
            "where schema_name = 'marts' and table_name = ? order by column_index",
            [name],
        ).fetchall()
        [(rows,)] = connection.execute(f'select count(*) from marts."{name}"').fetchall()
        yield Mart(name, rows, _plain(comment or name), [(*c[:2], _plain(c[2])) for c in columns])


def _plain(markdown: str) -> str:
    return " ".join(markdown.replace("**", "").replace("`", "").split())


def select(mart: Mart, kind: str) -> str:
    """Query of the whole mart in full order.

    Parquet has it raw. Elsewhere a text that a spreadsheet would run gets an apostrophe in front;
    numbers stay numbers, negative ones too.
    """

    def cell(name: str, data_type: str) -> str:
        text = f'"{name}"'
        if data_type == "VARCHAR" and kind != "Parquet":
            runs = f"regexp_matches({text}, '{RUNS}')"
            text = f"case when {runs} then '''' || {text} else {text} end"
        if data_type == "VARCHAR" and kind == "XLSX":
            # gptables makes a link of [words](address) and stops at a cell without a letter.
            bare = f"not regexp_matches(\"{name}\", '[a-zA-Z0-9]')"
            text = f"replace({text}, '](', '] (') || case when {bare} then ' (sic)' else '' end"
        if data_type in ("DATE", "TIMESTAMP") and kind == "XLSX":
            text = f"cast({text} as varchar)"
        return f'{text} as "{name}"'

    cells = ", ".join(cell(name, data_type) for name, data_type, _ in mart.columns)
    return f'select {cells} from (select * from marts."{mart.name}" order by all)'
