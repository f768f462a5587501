"""The published marts as the database itself describes them, and the queries that copy them out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

# how a text begins that a spreadsheet would run, behind spaces and what is not seen too
RUNS = r"^([\t\r\n]|[\s\pZ\pC]*[-=+@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])"
DESCRIBED = """
    with relations as (
        select table_name, comment from duckdb_tables() where schema_name = 'marts'
        union all
        select view_name, comment from duckdb_views() where schema_name = 'marts'
    )
    select
        table_name, coalesce(relations.comment, table_name),
        list((column_name, data_type, coalesce(columns.comment, '')) order by column_index)
    from relations join duckdb_columns() as columns using (table_name)
    where schema_name = 'marts' group by all order by table_name
"""
COPIES = {
    "CSV": "format csv, header, timestampformat '%Y-%m-%dT%H:%M:%S'",
    "Parquet": "format parquet, compression zstd",
    "part": "format parquet",  # of a Parquet file, which is read once
}


class Mart(NamedTuple):
    """A published table: `columns` lists (name, DuckDB type, description).

    `days` lists (snapshot, rows, hash of the rows as they are now), the oldest first; rows that are
    of no day come last.
    """

    name: str
    rows: int
    description: str
    columns: list[tuple[str, str, str]]
    days: Sequence[tuple[date | None, int, int]] = ()

    @property
    def day(self) -> str:
        """The column of the snapshot, the later one of two."""
        named = [name for name, *_ in self.columns if name.endswith("snapshot_date")]
        return named[-1] if named else "null"

    def relation(self, where: str = "") -> str:
        """What a query reads it from, in an order that is the same every time."""
        return f'(select * from marts."{self.name}" {where} order by all)'


def published_marts(connection: duckdb.DuckDBPyConnection) -> Iterator[Mart]:
    """Every table and view of the schema `marts`, by name; dbt has written the descriptions."""
    for name, comment, columns in connection.execute(DESCRIBED).fetchall():
        described = [(*column[:2], _plain(column[2])) for column in columns]
        mart = Mart(name, 0, _plain(comment), described)
        days = connection.execute(
            f'select {mart.day}, count(*), sum(cast(hash(mart) as hugeint)) from marts."{name}" as'
            " mart group by all order by all"
        ).fetchall()
        yield mart._replace(rows=sum(number for _, number, _ in days), days=days)


def _plain(markdown: str) -> str:
    return " ".join(markdown.replace("**", "").replace("`", "").split())


def select(relation: str, columns: list[tuple[str, str, str]], kind: str) -> str:
    """Query of a whole relation for a kind of file, in the relation's order.

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

    cells = ", ".join(cell(name, data_type) for name, data_type, _ in columns)
    return f"select {cells} from {relation}"


def copy(
    connection: duckdb.DuckDBPyConnection, query: str, target: Path, kind: str, mark: str = ""
) -> None:
    """Write what a query gives to a file: the one place where a table becomes CSV or Parquet."""
    marked = f", kv_metadata {{mark: '{mark}'}}" if mark else ""
    connection.execute(f"copy ({query}) to $file ({COPIES[kind]}{marked})", {"file": str(target)})


def mark_of(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """The mark that a Parquet file was given; none where it is not there, or its end is not."""
    query = """
        select decode(value) from parquet_kv_metadata($file)
        where file_name = $file and key = encode('mark')
    """
    try:
        found = connection.execute(query, {"file": str(file)}).fetchone()
    except duckdb.Error:
        return ""
    return str(found[0]) if found else ""


def parts_of(mart: Mart) -> Iterator[tuple[str, str, list[str]]]:
    """A long mart by year, the newest year by month: the part, its mark, a query for each day.

    The mark is made of the hash of the rows, of how they are written, and by what: whatever changes
    in an export, a name or a rule, a file of the same mark has the same bytes.
    """
    newest = max((day.year for day, *_ in mart.days if day), default=0)
    parts: dict[str, dict[str, int]] = {}
    for day, _, hashed in mart.days:
        part = f"{day:{'%Y-%m' if day.year == newest else '%Y'}}" if day else "no year"
        where = f"where {mart.day} = date '{day}'" if day else f"where {mart.day} is null"
        query = select(mart.relation(where), mart.columns, "Parquet")
        parts.setdefault(part, {})[query] = hashed
    for part, queries in parts.items():
        made_of = repr([duckdb.__version__, COPIES, mart.columns, queries])
        yield part, hashlib.sha256(made_of.encode()).hexdigest(), list(queries)
