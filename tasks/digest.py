"""The content of a table as one hash: the same for any order of rows and columns, and any engine.

Each value is written as text in one way: numbers in plain decimals, with at most ten places and no
trailing zeros (so 1, 1.0 and a decimal 1.00 are the same); dates and times in ISO 8601; true and
false; text unchanged; null as distinct from all of these. A row is a JSON object of these texts by
column name. The hash is the SHA-256 of the sorted SHA-256 hashes of the rows.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

# which software built the marts is not their content
CONTENT = {"dim_provenance": "where kind != 'software'"}
MARTS = """
    select table_name from information_schema.tables
    where table_catalog = current_database() and table_schema = 'marts' order by all
"""


def text(value: Any) -> str | None:
    """A value as text, in its only form."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, Decimal)):
        plain = f"{value:.10f}".rstrip("0").rstrip(".")
        return "0" if plain == "-0" else plain
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no text in tasks/digest.py: say how it is written")


def of_table(connection: duckdb.DuckDBPyConnection, name: str, relation: str) -> dict[str, Any]:
    """The number of rows of a mart, wherever it is, and the hash of its content."""
    cursor = connection.execute(f"from {relation} {CONTENT.get(name, '')}")
    columns = [column[0] for column in cursor.description]
    rows = []
    while some := cursor.fetchmany(10_000):
        for row in some:
            content = json.dumps(dict(zip(columns, map(text, row), strict=True)), sort_keys=True)
            rows.append(hashlib.sha256(content.encode()).digest())
    whole = hashlib.sha256(b"".join(sorted(rows)))
    return {"rows": len(rows), "sha256": whole.hexdigest()}


def marts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Each published table of a database by name: its rows and its hash."""
    return {
        name: of_table(connection, name, f'marts."{name}"')
        for (name,) in connection.execute(MARTS).fetchall()
    }
