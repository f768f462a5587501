"""The marts as one accessible spreadsheet, in the public sector's good-practice form (gptables)."""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import gptables
import pandas as pd

from reports.catalogue import Mart, select
from tasks import publishing

SHEET_ROWS = 5_000  # more than a person reads in a sheet: such a table is in CSV and Parquet only
MISSING = "[x]"  # the public sector's sign for a value that is not available


def write_spreadsheet(
    connection: duckdb.DuckDBPyConnection,
    marts: list[Mart],
    path: Path,
    title: str,
    intro: list[str],
    about: list[str],
    created: datetime,
    before: Path | None = None,
) -> None:
    """Cover (`title`, `intro`, `about`), contents, notes, and a readable sheet per mart.

    `created` stands in the file for the time of writing. Where the spreadsheet `before` was made of
    the same, it is taken over.
    """
    shown = [mart for mart in marts if 0 < mart.rows <= SHEET_ROWS]
    left_out = [f"{mart.name} ({mart.rows:,} rows)" for mart in marts if mart not in shown]
    notes: dict[str, str] = {}  # text -> reference: what two tables say alike is one note
    sheets = {}
    queries = [(mart, select(mart.relation(), mart.columns, "XLSX")) for mart in shown]
    mark = _mark(title, intro, about, created, queries, left_out)
    if before and _mark_in(before) == mark:
        publishing.link(before, path)
        return
    for mart, query in queries:
        rows = connection.execute(query).fetchall()
        cells = [[MISSING if cell is None else cell for cell in row] for row in rows]
        names = [name for name, _, _ in mart.columns]
        heading, _, grain = mart.description.partition(" Grain: ")
        sheets[mart.name] = gptables.GPTable(
            table=pd.DataFrame(cells, columns=names, dtype=object),
            table_name=mart.name,
            title=heading,
            scope=f"Grain: {grain}",
            legend=[f"{MISSING} means that a value is not available or does not apply."],
            table_notes={
                name: f"$${notes.setdefault(f'{name}: {text}', f'n{len(notes)}')}$$"
                for name, _, text in mart.columns
            },
        )
    about = [
        *about,
        "Text that a spreadsheet would run as a formula starts with an apostrophe.",
        f"Published as CSV and Parquet only, because they are empty or have over {SHEET_ROWS:,} "
        f"rows: {', '.join(left_out) or 'none'}.",
    ]
    workbook = gptables.produce_workbook(
        path,
        sheets,
        cover=gptables.Cover(title=title, intro=intro, about=about),
        notes_table=pd.DataFrame({"reference": list(notes.values()), "Note text": list(notes)}),
        auto_width=False,  # as wide as the longest text would be several screens
        workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
    )
    for sheet in workbook.worksheets()[1:]:
        sheet.set_column(0, 25, 24)
    for name in ("Contents", "Notes"):
        workbook.get_worksheet_by_name(name).set_column(1, 1, 100)
    # Without a date of its own the file would carry the time of writing.
    workbook.set_properties({"title": title, "created": created, "comments": mark})
    workbook.close()


def _mark(*made_of: Any) -> str:
    """The hash of what a spreadsheet is made of, and of what makes it."""
    versions = [version(name) for name in ("duckdb", "gptables", "pandas", "xlsxwriter")]
    return hashlib.sha256(
        Path(__file__).read_bytes() + repr([versions, made_of]).encode()
    ).hexdigest()


def _mark_in(file: Path) -> str:
    """The mark of a spreadsheet; none where it has none."""
    with zipfile.ZipFile(file) as parts:
        return "".join(re.findall(r"\b[0-9a-f]{64}\b", parts.read("docProps/core.xml").decode()))
