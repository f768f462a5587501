"""What a change would publish: every mart of two databases, row by row, as Markdown.

The manifest of the newer one has the marts, their keys, and their order. `tasks.compare` runs this
in the project's environment.
"""

import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

MOST_ROWS = 200  # of a mart, so that a pull request can hold the text
COLUMNS = """
    select database_name, schema_name || '.' || table_name, column_name, data_type
    from duckdb_columns()
    where database_name in ('base', 'head') and not internal
    order by column_index
"""
# rows are matched by their key as text: a null equals a null there
MATCHED = """
    with base_rows as (select *, {key} as "of" from {base}),
    head_rows as (select *, {key} as "of" from {head}),
    matched as (
        select
            coalesce(base_rows."of", head_rows."of") as "of",
            {name} as name,
            case
                when base_rows."of" is null then 'new'
                when head_rows."of" is null then 'gone'
                else 'changed'
            end as what,
            case
                when base_rows."of" is not null and head_rows."of" is not null
                    then list_filter([{figures}], lambda figure: figure is not null)
                else []
            end as figures
        from base_rows
        full join head_rows on base_rows."of" = head_rows."of"
    )
    from matched where what != 'changed' or len(figures) > 0 order by all
"""
FIGURE = """
    case
        when base_rows."{0}" is distinct from head_rows."{0}"
            then ['{0}', cast(base_rows."{0}" as string), cast(head_rows."{0}" as string)]
    end
"""


class Row(NamedTuple):
    """A row that changed: its key and name, whether it is new, gone or changed, and its figures.

    Each figure has its column, its old value and its new value.
    """

    key: list[str | None]
    name: str | None
    what: str
    figures: list[tuple[str, str | None, str | None]]


def are_different(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> bool:
    """Whether one of two tables with the same columns has a row that the other lacks."""
    answer = connection.execute(
        f"select exists((from {one} except all from {other})"
        f" union all (from {other} except all from {one}))"
    ).fetchone()
    return bool(answer and answer[0])


class Difference:
    """Two databases, and the manifest of the newer one."""

    def __init__(self, base: Path, head: Path, manifest: Path) -> None:
        self.connection = duckdb.connect()
        for name, path in {"base": base, "head": head}.items():
            self.connection.execute(f"attach ? as {name} (read_only)", [str(path)])
        self.columns: dict[str, dict[str, dict[str, str]]] = {"base": {}, "head": {}}
        for database, table, column, kind in self.connection.execute(COLUMNS).fetchall():
            self.columns[database].setdefault(table, {})[column] = kind
        graph = json.loads(manifest.read_bytes())
        self.nodes: dict[str, Any] = graph["nodes"]
        self.parents: dict[str, list[str]] = graph["parent_map"]

    def marts(self) -> dict[str, str]:
        """The tables of the contract and the nodes that make them; a removed mart has no node."""
        known = {
            _table(node): name
            for name, node in self.nodes.items()
            if node["resource_type"] == "model" and node["config"]["contract"]["enforced"]
        }
        schemas = {table.split(".")[0] for table in known}
        gone = [table for table in self.columns["base"] if table.split(".")[0] in schemas]
        return dict.fromkeys(gone, "") | known

    def key(self, node: str, columns: Iterable[str]) -> list[str]:
        """The columns that identify a row, from its test; all columns if it has none."""
        for test in self.nodes.values():
            kind = (test.get("test_metadata") or {}).get("name")
            if kind == "primary_key" and test["attached_node"] == node:
                return list(test["test_metadata"]["kwargs"]["columns"])
        return [f'"{column}"' for column in columns]

    def can_match(self, table: str, node: str) -> bool:
        """Whether a mart is on both sides, with all columns of its key."""
        was, now = (self.columns[side].get(table, {}) for side in ("base", "head"))
        key = set(re.findall(r"\w+", " ".join(self.key(node, ()))))
        return bool(was and now) and not key & (was.keys() ^ now.keys())

    def rows(self, table: str, node: str) -> list[Row]:
        """Each row that changed; none if rows cannot be matched."""
        was, now = (self.columns[side].get(table, {}) for side in ("base", "head"))
        if not self.can_match(table, node):
            return []
        shared = [column for column in was if column in now]
        names = [column for column in shared if column.endswith("name")]
        key = ", ".join(f"cast({part} as string)" for part in self.key(node, shared))
        figures = ", ".join(FIGURE.format(column) for column in shared)
        name = f"coalesce(head_rows.{names[0]}, base_rows.{names[0]})" if names else "null"
        sql = MATCHED.format(
            base=f"base.{table}", head=f"head.{table}", key=f"[{key}]", name=name, figures=figures
        )
        return [Row(*row) for row in self.connection.execute(sql).fetchall()]

    @cache  # noqa: B019 - there is one of these a run
    def differs(self, table: str) -> bool:
        """Whether a table has other rows or columns than before."""
        was, now = (self.columns[side].get(table) for side in ("base", "head"))
        if was != now or was is None:
            return was != now
        return are_different(self.connection, f"base.{table}", f"head.{table}")

    @cache  # noqa: B019
    def origins(self, node: str) -> frozenset[str]:
        """Where the difference begins: what differs, and depends on nothing else that differs."""
        about = self.nodes.get(node, {"resource_type": ""})
        if about["resource_type"] not in ("model", "seed"):
            return frozenset()
        is_table = about["config"]["materialized"] != "ephemeral"
        if is_table and not self.differs(_table(about)):
            return frozenset()
        above = frozenset[str]().union(*map(self.origins, self.parents[node]))
        return above or frozenset([about["name"]] if is_table else [])

    def count(self, side: str, table: str) -> int | None:
        """The rows of a table, if it is there."""
        if table not in self.columns[side]:
            return None
        answer = self.connection.execute(f"select count(*) from {side}.{table}").fetchone()
        return int(answer[0]) if answer else None


def _table(node: dict[str, Any]) -> str:
    return f"{node['schema']}.{node['alias']}"


def report(difference: Difference, base: str) -> list[str]:
    """The lines of the report; only the first if nothing changes."""
    marts = difference.marts()
    changed = {table: node for table, node in marts.items() if difference.differs(table)}
    lines = [f"Against `{base}`, {len(changed)} of {len(marts)} marts change."]
    if not changed:
        return lines
    lines += [
        "",
        "| mart | rows before | rows now | rows changed | comes from |",
        "|---|---|---|---|---|",
    ]
    details: list[str] = []
    for table, node in changed.items():
        rows = difference.rows(table, node)
        before, now = (difference.count(side, table) for side in ("base", "head"))
        origin = ", ".join(f"`{name}`" for name in sorted(difference.origins(node)))
        name = table.split(".")[1]
        cells = [f"`{name}`", *("" if one is None else f"{one:,}" for one in (before, now))]
        lines.append(_line([*cells, f"{len(rows):,}", origin or "it is gone"]))
        details += ["", f"### `{name}`", *_columns(difference, table)]
        if rows:
            details += ["", "| of | figures |", "|---|---|"]
        for row in rows[:MOST_ROWS]:
            of = ", ".join(part for part in row.key if part)
            of += f" ({row.name})" if row.name and row.name not in row.key else ""
            changes = [
                f"{column}: {_or_null(was)} → {_or_null(now)}" for column, was, now in row.figures
            ]
            details.append(_line([of, ", ".join(changes) or f"*{row.what}*"]))
        if len(rows) > MOST_ROWS:
            details += ["", f"And {len(rows) - MOST_ROWS:,} more rows."]
    return lines + details


def _columns(difference: Difference, table: str) -> list[str]:
    """A line for each column that was added, was removed or has another type."""
    was, now = (difference.columns[side].get(table, {}) for side in ("base", "head"))
    changes = {column: (was.get(column), now.get(column)) for column in was | now}
    lines = [
        f"- column `{column}`: {one or 'new'} → {other or 'gone'}"
        for column, (one, other) in changes.items()
        if one != other and was and now
    ]
    return ["", *lines] if lines else []


def _or_null(value: str | None) -> str:
    return "null" if value is None else value


def _line(cells: list[str]) -> str:
    texts = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(texts)} |"


def main(base: str, head: str, name: str) -> None:
    """Compares two databases, the newer one with dbt's target next to it; `name` is of the base.

    Ends with 1 if anything that is published changes.
    """
    manifest = Path(head).parent / "target" / "manifest.json"
    lines = report(Difference(Path(base), Path(head), manifest), name)
    print("\n".join(lines))
    sys.exit(len(lines) > 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
