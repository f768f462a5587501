"""Reads a plain export, as nearly all are, in DuckDB alone: in a third of the time of `reader`.

An export is plain when it is printable ASCII, each line (the last too, which ends as the others) is
a row with a code of its own, and, once DuckDB has parted the rows into cells, each byte is
accounted for: as part of a cell, a comma, a quote around a cell, an end of line. DuckDB is lenient
(it passes over a blank after a quote, or a comma too many), but what it passes over is missing in
the sum. Of any other export `reader` finds out what is to be said.
"""

import csv
import glob
from pathlib import Path

import duckdb

from exports import reader

LONGEST = 100_000  # bytes in the cells of a row: `reader` has words for longer lines

# a quote within a cell would be counted twice, and make up for what is missing
IS_PLAIN = """
    with
    texts as (
        select upper({code}) as code, concat({cells}) as text
        from {rows}
    )

    select
        count(*) = $lines - 1
        and count(*) = count(distinct code)
        and count(*) <= $most
        and max(strlen(text)) <= $longest
        and not bool_or(contains(text, '"'))
        and sum(strlen(text)) + count(*) * ($width - 1 + $line_end) + $quotes = $bytes
    from texts
"""


def read(path: Path, content: reader.Content, target: Path) -> reader.Facts | None:
    """Writes the rows of a plain export as Parquet; of any other it writes and gives nothing."""
    if content.fault or not content.is_printable or not content.one_break:
        return None
    if content.last_byte not in reader.LINE_ENDS:  # a blank line would make up for the last end
        return None
    with path.open("rb") as file:
        first = file.readline(reader.BLOCK)
    export = reader.Export(path, content)
    try:
        export.read_header(csv.reader(export.checked([first.decode()]), strict=True))
        is_plain = write(export, first, target)
    except (reader.Fault, csv.Error, duckdb.Error, UnicodeError):
        return None
    rows = content.lines - 1  # a line each, but for the header
    return reader.Facts(content.encoding, rows, None, export.findings) if is_plain else None


def write(export: reader.Export, header: bytes, target: Path) -> bool:
    """Writes the rows as Parquet if the export is plain; says whether it is."""
    content, cells = export.content, [f"cell_{place}" for place in range(export.width)]
    rows = (
        f"read_csv($path, columns = {dict.fromkeys(cells, 'varchar')}, header = false, skip = 1,"
        """ auto_detect = false, delim = ',', quote = '"', escape = '"', strict_mode = true)"""
    )
    ours = {column: f"nullif(trim({cells[place]}), '')" for column, place in export.places.items()}
    code = ours["organisation_code_as_exported"]
    date = ours["published_on_text"]
    ours["published_on_text"] = f"case when lower({date}) <> 'null' then {date} end"
    query = IS_PLAIN.format(code=code, cells=", ".join(cells), rows=rows)
    given = {"path": glob.escape(str(export.path))}  # to DuckDB a pattern, which finds others too
    known = {
        "lines": content.lines,
        "most": reader.MOST,
        "longest": LONGEST,
        "width": export.width,
        "line_end": len(header) - len(header.rstrip(b"\r\n")),
        "quotes": content.quotes - header.count(b'"'),
        "bytes": content.size - len(header),
    }
    with reader.in_duckdb() as connection:
        [(is_plain,)] = connection.execute(query, given | known).fetchall()
        if is_plain:
            columns = ", ".join(f"{cell} as {column}" for column, cell in ours.items())
            reader.write_parquet(
                connection,
                f"select upper({code}) as organisation_code, {columns} from {rows}",
                given,
                content.sha256,
                target,
            )
    return bool(is_plain)  # null where there are no rows
