"""The only module that opens the database. A page's query selects, filters and orders, no more."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

MEMORY = "800MB"  # that DuckDB may use, as in profiles.yml
BUILD_FIRST = "run `make report` (or `dbt build`) first"
PARAMETER = re.compile(r"\$(\w+)")
# what a query may consist of, in the words of DuckDB's parser: columns, values, comparisons, logic
ALLOWED_EXPRESSIONS = set(
    "BETWEEN COLUMN_REF COMPARISON CONJUNCTION CONSTANT OPERATOR PARAMETER STAR".split()
)


class ReportError(Exception):
    """An error that an analyst can mend: what is wrong, where, and what to do, in a line."""


class Row(dict[str, Any]):
    """A row whose columns read as attributes in a template; one that is not there is an error."""

    def __init__(self, query: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.query = query

    def __missing__(self, column: str) -> Any:
        raise ReportError(
            f"query `{self.query}` has no column `{column}`; it has {', '.join(self)}"
        )

    @property
    def first(self) -> "Row":
        """Itself, so that a component takes a row as well as a result."""
        return self


@dataclass(frozen=True)
class Result:
    """What a named query gave: its columns in order, and its rows."""

    name: str
    columns: list[str]
    rows: list[Row]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def first(self) -> Row:
        """The first row; asking for it where there is none is an error that names the query."""
        return self._at(0)

    @property
    def last(self) -> Row:
        """The last row, likewise."""
        return self._at(-1)

    def _at(self, position: int) -> Row:
        if not self.rows:
            raise ReportError(f"query `{self.name}` is empty, so it has no such row")
        return self.rows[position]

    def need(self, *groups: Iterable[str]) -> str:
        """Nothing to show; an error where a column that is named is not there."""
        for column in (column for group in groups for column in group):
            if column and column not in self.columns:
                Row(self.name, dict.fromkeys(self.columns))[column]  # says which columns there are
        return ""

    def need_rows(self) -> str:
        """Nothing to show; an error where there are no rows."""
        self._at(0)
        return ""

    def where(self, **wanted: Any) -> "Result":
        """The rows that have these values, in their order: one query can feed several drawings."""
        rows = [row for row in self if all(row[key] == value for key, value in wanted.items())]
        return Result(self.name, self.columns, rows)

    def without(self, **unwanted: Any) -> "Result":
        """The rows that have none of these values, in their order."""
        rows = [row for row in self if all(row[key] != value for key, value in unwanted.items())]
        return Result(self.name, self.columns, rows)

    def pick(self, **wanted: Any) -> Row:
        """The one row that has these values."""
        found = self.where(**wanted).rows
        if len(found) != 1:
            raise ReportError(f"query `{self.name}` has {len(found)} rows for {wanted}, not one")
        return found[0]


def result(name: str, rows: list[dict[str, Any]]) -> Result:
    """Rows that come from no query, for a page that shows them."""
    return Result(name, list(rows[0]), [Row(name, row) for row in rows])


class Marts:
    """The marts of a database that is open for reading."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def query(
        self, name: str, sql: str, parameters: dict[str, Any], may_be_empty: bool = False
    ) -> Result:
        """Run a page's query with its `$parameters` bound, never pasted into the text."""
        try:
            tables_read(sql)
            bound = {key: parameters[key] for key in PARAMETER.findall(sql)}
            cursor = self.connection.execute(sql, bound)
        except KeyError as missing:
            raise ReportError(f"query `{name}`: nothing gives ${missing.args[0]}") from None
        except (duckdb.Error, ReportError) as error:
            raise ReportError(f"query `{name}`: {_hint(error)}") from None
        columns = [column[0] for column in cursor.description]
        rows = [Row(name, dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
        if not rows and not may_be_empty:
            raise ReportError(f"query `{name}` is empty; if it may be, say `may_be_empty: true`")
        return Result(name, columns, rows)


@cache
def tables_read(sql: str) -> set[str]:
    """The marts that a query reads. What computes belongs into a mart, and is refused by name."""
    [(answer,)] = duckdb.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchall()
    tree = json.loads(answer)
    if tree.get("error", True):
        raise ReportError(str(tree.get("error_message", "cannot be read")))
    nodes = list(_nodes(tree))
    refused = {
        str(node.get("function_name") or node.get("join_type") or node["class"]).lower()
        for node in nodes
        if (node.get("class", "CONSTANT") not in ALLOWED_EXPRESSIONS and not _is_literal(node))
        or node.get("type") == "JOIN"
    }
    refused |= {"group by" for node in nodes if node.get("group_expressions")}
    refused |= {"distinct" for node in nodes if node.get("type") == "DISTINCT_MODIFIER"}
    refused |= {"union" for node in nodes if node.get("type") == "SET_OPERATION_NODE"}
    if refused:
        raise ReportError(
            f"a page only selects, filters and orders: move {sorted(refused)} to a mart"
        )
    if not any(node.get("type") == "ORDER_MODIFIER" and node["orders"] for node in nodes):
        raise ReportError("has no `order by`: without it, rows come in any order")
    tables = {
        f"{node['schema_name']}.{node['table_name']}"
        for node in nodes
        if node.get("type") == "BASE_TABLE"
    }
    if not all(table.startswith("marts.") for table in tables):
        raise ReportError(f"a page reads marts only, as `from marts.x`, not {sorted(tables)}")
    return {table.removeprefix("marts.") for table in tables}


def _is_literal(node: dict[str, Any]) -> bool:
    """A constant of a named type, such as `date '2023-11-16'`, which DuckDB reads as a cast."""
    return bool(
        node["class"] == "TYPE"
        or (node["class"] == "CAST" and node["child"]["class"] == "CONSTANT")
    )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for child in tree:
            yield from _nodes(child)


def _hint(error: Exception) -> str:
    text = " ".join(str(error).split("LINE ")[0].split())
    is_missing = isinstance(error, duckdb.CatalogException) and "Table" in text
    return f"{text} - {BUILD_FIRST}" if is_missing else text


@contextmanager
def opened(database: Path) -> Iterator[Marts]:
    """The marts of the database, open for reading only, so that no lock is left for dbt."""
    if not database.is_file():
        raise ReportError(f"There is no database {database}: {BUILD_FIRST}.")
    try:
        connection = duckdb.connect(str(database), read_only=True)
        memory = os.environ.get("OPEN_CYBER_MEMORY") or MEMORY
        connection.execute("set memory_limit = $memory", {"memory": memory})
        # of the ledger: with over 1,000 days DuckDB would join it otherwise, in twice the time
        connection.execute("set merge_join_threshold = 100000")
    except duckdb.Error as error:
        raise ReportError(f"{database} cannot be opened: {_hint(error)}") from None
    with connection:
        yield Marts(connection)
