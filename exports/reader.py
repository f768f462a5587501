"""Reads one export: a stream of its bytes, then a stream of its rows; neither is held whole.

DuckDB splits the rows of a plain export, as nearly all are, in a third of the time. Python splits
those of any other, and says what is wrong with them, in words that follow the file name: dbt stops
with these words. What the cells say is one SQL statement for both.

An export is plain if it is printable ASCII; if each line, including the last, ends in the same way
and is a row with a code of its own; and if, once DuckDB has split the rows into cells, each byte is
accounted for: as part of a cell, a comma, a quote around a cell, or an end of line. DuckDB is
lenient (it skips a blank after a quote, or a comma too many), but what it skips is missing from the
sum.
"""

import codecs
import csv
import glob
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import duckdb

# Our columns, and the headers that the portal has given them over the years, newest first, in lower
# case. A header that is new goes here. `test_every_header_of_the_years_is_read` has those of each.
HEADERS = {
    "organisation_code_as_exported": ("code", "odscode"),
    "organisation_name": ("organisation name", "organisationname"),
    "status": ("status", "latest status", "publicationstatus"),
    "published_on_text": ("date of publication", "dateofpublication"),
    "sector_as_exported": ("primary sector", "primarysector"),
    "commissioner_as_exported": (
        "integrated care board (where available, from ods)",
        "commissioner (from ods)",
        "ccg (from ods and cqc)",
    ),
}
# these decide who counts with what: nothing invisible may hide in them
EXACT = {"organisation_code_as_exported": "code", "status": "status", "published_on_text": "date"}

BLOCK = 1_000_000  # bytes that are read at once
LONGEST = csv.field_size_limit()  # characters in a cell: 131,072
MOST = 1_000_000  # rows; the export of September 2022 has 64,201
WIDEST = 100  # columns
# drawn as nothing, but letters and marks to Unicode; and what stands for a byte that means nothing
FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffd"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
LINE_ENDS = b"\r\n"
PRINTABLE = bytes(range(0x20, 0x7F))
CELL = '(?:"[^"]*(?:""[^"]*)*"|[^",]*)'
WELL_QUOTED = re.compile(rf"{CELL}(?:,{CELL})*[\r\n]*")
MISQUOTED = "has a quote that neither begins nor ends a text; correct it in"

CODE, DATE = "organisation_code_as_exported", "published_on_text"
# how cells are parted: as the portal does it; and as `frame` does it, by control characters, so
# that DuckDB need not guess
PLAIN = """delim = ',', quote = '"', escape = '"', skip = 1, strict_mode = true"""
FRAMED = "delim = '\x1f', quote = '\x1e', escape = '\x1e', new_line = '\\r\\n'"

# what is read all the same, and reported: the words follow the file's name
FINDINGS = {
    "blank first lines": "begins with {} blank line(s)",
    "invisible characters": (
        "has {} cell(s) with invisible characters at an end, which are removed, the first in {}"
    ),
    "no final line break": "has no line break after its last row",
    "rows of commas only": "has {} row(s) of nothing but commas",
    "unexpected column": "has columns that no rule reads: {}",
    "workbook": "is a workbook, which is not read: save it as CSV UTF-8",
    "other file": "is not read: exports are .csv files",
}


class Fault(Exception):
    """Why a file cannot be used, in words that follow its name."""


class Content(NamedTuple):
    """What the bytes of a file show."""

    sha256: str
    encoding: str | None  # none where it is not text
    fault: str | None
    one_break: bool  # whether all lines end in one way, those within quoted texts too
    last_byte: bytes
    size: int
    lines: int
    quotes: int
    is_printable: bool  # whether it holds nothing but printable ASCII and ends of lines


class Facts(NamedTuple):
    """Everything about an export except its name."""

    encoding: str | None
    data_rows: int
    fault: str | None
    findings: list[tuple[str, str]]  # what each is about, and the words that follow the file's name


def examine(path: Path) -> Content:
    """Reads the bytes of a file: its hash, its encoding, and whether it is text in lines."""
    sha256 = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, fault = "utf-8", None
    size = lines = pairs = feeds = returns = quotes = 0
    is_printable = True
    last = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            sha256.update(block)
            if not last:
                fault = fault_of_start(block)
            split = last == b"\r" and block.startswith(b"\n")
            pairs += block.count(b"\r\n") + split
            feeds += block.count(b"\n")
            returns += block.count(b"\r")
            size += len(block)
            quotes += block.count(b'"')
            is_printable = is_printable and not block.translate(None, PRINTABLE + LINE_ENDS)
            if not fault and b"\0" in block:
                line = lines + len(re.findall(rb"\r\n?|\n", block[: block.index(b"\0")])) + 1
                fault = (
                    f"is not text (a spreadsheet or an archive?): line {line} holds U+0000; "
                    "save it as CSV UTF-8"
                )
            if not fault and lines == feeds + returns - pairs and len(block) == BLOCK:
                fault = f"has no end of line {lines + 1} within {BLOCK:,} bytes; download it again"
            lines = feeds + returns - pairs
            if encoding == "utf-8":
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    encoding = "cp1252"
            last = block[-1:]
    if encoding == "utf-8" and decoder.getstate()[0]:
        encoding = "cp1252"  # it ends within a character
    return Content(
        sha256=sha256.hexdigest(),
        encoding=None if fault else encoding,
        fault=fault,
        one_break=[pairs, feeds - pairs, returns - pairs].count(0) >= 2,
        last_byte=last,
        size=size,
        lines=lines,
        quotes=quotes,
        is_printable=is_printable,
    )


def fault_of_start(block: bytes) -> str | None:
    """What is wrong with a file according to its first bytes."""
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is UTF-16 text; save it as CSV UTF-8"
    if block.startswith(b"PK") and b"[Content_Types].xml" in block:
        return "is a workbook; open it and save it as CSV UTF-8"
    if block.startswith(b"PK"):
        return "is not text (an archive?); save it as CSV UTF-8"
    if b"\0" in block:
        return None  # not text either: the line is found later
    start = block.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"<"):
        return "is a web page, not an export; download it again"
    line = re.sub(rb'"[^"]*"', b"", re.split(rb"[\r\n]", start, maxsplit=1)[0])
    if b"," not in line and re.search(rb"[;\t]", line):
        return "is not separated by commas; download it again, or save it as CSV with commas"
    return None


def read(path: Path, content: Content, target: Path) -> Facts:
    """Writes the rows of an export as Parquet, and returns the facts about it."""
    export = Export(path, content)
    fault = content.fault
    if not fault:
        try:
            export.write(target)
        except Fault as error:
            fault = str(error)
    return Facts(content.encoding, export.data_rows, fault, export.findings)


class Export:
    """The rows of an export, on their way from the file to Parquet."""

    def __init__(self, path: Path, content: Content) -> None:
        self.path = path
        self.content = content
        self.data_rows = 0
        self.findings: list[tuple[str, str]] = []
        self.lines = 0  # read so far
        self.line = ""  # the last of them
        self.record = ""  # what is read of a record that has quotes
        self.signs = {" "}  # of all lines that are not printable ASCII
        self.width = 0
        self.positions: dict[str, int] = {}  # of our columns
        self.rows_of_commas = 0
        self.last_cell = ""  # of the last row

    def write(self, target: Path) -> None:
        """Reads, checks and writes the rows."""
        encoding = "utf-8-sig" if self.content.encoding == "utf-8" else "cp1252"
        with self.path.open(encoding=encoding, errors="replace", newline="") as file:
            rows = self.numbered(self.checked(file))
            self.read_header(rows)
            if self.write_plain(target):
                return
            with tempfile.TemporaryDirectory(dir=target.parent, prefix="reading-") as folder:
                framed = Path(folder) / "rows"
                self.frame(rows, framed)
                with self.parted(framed, FRAMED, "line") as connection:
                    self.check(connection)
                    self.write_parquet(connection, target)

    def checked(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines unchanged; a misplaced quote, another line end or a long line is a fault."""
        quotes, first, number = 0, 0, 0
        line_end = ""
        for number, line in enumerate(lines, 1):
            self.lines, self.line = number, line
            if len(line) > LONGEST:
                raise Fault(
                    f"has more than {LONGEST:,} characters in line {number}; download it again"
                )
            if self.record or '"' in line:
                first = first if self.record else number
                self.record += line
                quotes += line.count('"')
                if quotes % 2 == 0 and WELL_QUOTED.fullmatch(self.record):
                    self.record, quotes = "", 0
                elif quotes % 2 == 0 or len(self.record) > LONGEST:
                    raise Fault(f"{MISQUOTED} line {first}: {shown(self.record)}")
            text = line if self.record else line.rstrip("\r\n")
            if not text.isascii() or not text.isprintable():
                self.signs.update(text)
            if not self.content.one_break and not self.record:
                this_end = line[len(line.rstrip("\r\n")) :] or line_end
                if line_end and this_end != line_end:
                    raise Fault(
                        f"mixes two kinds of line end, from line {number} on; download it again"
                    )
                line_end = this_end
            yield line
        if self.record and first == number:
            raise Fault(
                f"is cut inside a quoted text, line {number}: {shown(self.record)}; "
                "download it again"
            )
        if self.record:
            raise Fault(f"{MISQUOTED} line {first}: {shown(self.record)}")

    def numbered(self, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of its first line."""
        rows = csv.reader(lines, strict=True)
        line = 1
        try:
            for row in rows:
                yield line, row
                line = rows.line_num + 1
        except csv.Error as error:
            raise Fault(f"{MISQUOTED} line {rows.line_num}: {shown(self.record)}") from error

    def read_header(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Finds our columns in the first line that is not blank."""
        line, blank, header = 0, -1, [""]
        while not any(header):
            line, row = next(rows, (0, None))
            if row is None:
                raise Fault("is empty; download it again")
            header = [trim(cell).lower() for cell in row]
            blank += 1
        if blank:
            self.add_finding("blank first lines", blank)
        self.width = len(header)
        if self.width > WIDEST:
            raise Fault(
                f"has {self.width:,} columns, but an export has about {len(HEADERS)}; "
                "download it again"
            )
        for column, names in HEADERS.items():
            found = [position for position, name in enumerate(header) if name in names]
            if len(found) > 1:
                raise Fault(f'has two columns for "{names[0]}"; keep the right one')
            if found:
                self.positions[column] = found[0]
        missing = [names[0] for column, names in HEADERS.items() if column not in self.positions]
        if len(missing) == len(HEADERS):
            raise Fault(
                f"has no header of an export: line {line} is {shown(','.join(header))}; "
                "download it again"
            )
        if missing:
            raise Fault(
                "has no column " + ", ".join(f'"{name}"' for name in missing) + "; if the portal "
                "has renamed it, add the new name to exports/reader.py, otherwise download it again"
            )
        unexpected = [name for at, name in enumerate(header) if at not in self.positions.values()]
        if unexpected:
            listed = ", ".join(name or "(no name)" for name in unexpected)
            self.add_finding("unexpected column", shorten(listed))

    def write_plain(self, target: Path) -> bool:
        """Writes the rows if the export is plain; returns whether it is."""
        content, header = self.content, self.line
        # a blank line would make up for the last end, and one before the header for the header
        ends = content.one_break and content.last_byte in LINE_ENDS
        if not (content.is_printable and ends and self.lines == 1):
            return False
        line_end = len(header) - len(header.rstrip("\r\n"))
        # (or a path that is no text)
        with suppress(duckdb.Error, RuntimeError), self.parted(self.path, PLAIN) as connection:
            [(rows, codes, longest, is_quoted, size)] = connection.execute(f"""
                select count(*), count(distinct organisation_code), max(strlen(text)),
                    bool_or(contains(text, '"')), sum(strlen(text))
                from (select *, concat({", ".join(self.cells())}) as text from named_rows)
            """).fetchall()
            if (
                0 < rows == codes == content.lines - 1
                and rows <= MOST
                and longest + 4 * WIDEST <= LONGEST
                # a quote within a cell would be counted twice, and make up for what is missing
                and not is_quoted
                and size + rows * (self.width - 1 + line_end) + content.quotes - header.count('"')
                == content.size - len(header)
            ):
                self.data_rows = rows
                self.write_parquet(connection, target)
                return True
        return False

    def frame(self, rows: Iterator[tuple[int, list[str]]], target: Path) -> None:
        """Writes the rows that are not empty, each after the number of its line."""
        code = self.positions[CODE]
        with target.open("w", encoding="utf-8", newline="") as file:
            framed = csv.writer(file, delimiter="\x1f", quotechar="\x1e", lineterminator="\r\n")
            for line, row in rows:
                if len(row) != self.width or not row[code].strip():
                    if not any(cell.strip() for cell in row):
                        self.rows_of_commas += len(row) > 1
                        continue
                    if len(row) != self.width:
                        raise Fault(
                            f"is cut or damaged: line {line} has {len(row)} columns and "
                            f"the header {self.width}: {shown(','.join(row))}; download it again"
                        )
                self.data_rows += 1
                if self.data_rows > MOST:
                    raise Fault(
                        f"has more than {MOST:,} rows, which no export has; download it again"
                    )
                framed.writerow([line, *row])
                self.last_cell = row[-1]
        if not self.data_rows:
            raise Fault("has a header but no rows; download it again")

    def cells(self) -> list[str]:
        """The columns of split rows."""
        return [f"cell_{position}" for position in range(self.width)]

    def invisible(self) -> str:
        """The invisible characters in the file."""
        return "".join(filter(is_invisible, self.signs))

    def trimmed(self, cell: str) -> str:
        """In SQL, a cell without invisible characters at its ends."""
        signs = self.invisible()  # blanks alone, as nearly always, are taken off faster
        return f"trim({cell})" if signs == " " else f"trim({cell}, {quoted(signs)})"

    def parted(self, path: Path, how: str, *before: str) -> duckdb.DuckDBPyConnection:
        """A connection with the rows of a file: `parted` into cells, and as `named_rows`.

        It takes one of the two cores, for two processes read, and no order.
        """
        columns = dict.fromkeys(before, "bigint") | dict.fromkeys(self.cells(), "varchar")
        texts = {
            column: f"nullif({self.trimmed(f'cell_{position}')}, '')"
            for column, position in self.positions.items()
        }
        texts[DATE] = f"case when lower({texts[DATE]}) <> 'null' then {texts[DATE]} end"
        named = ", ".join(f"{text} as {column}" for column, text in texts.items())
        connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
        connection.execute(f"""
            create view parted as from read_csv(
                {quoted(glob.escape(str(path)))}, columns = {columns},
                header = false, auto_detect = false, {how}
            );
            create view named_rows as
            select upper({texts[CODE]}) as organisation_code, {named}, parted.* from parted
        """)
        return connection

    def write_parquet(self, connection: duckdb.DuckDBPyConnection, target: Path) -> None:
        """Writes what the cells say, in one step."""
        new = target.with_suffix(f".{os.getpid()}")
        connection.execute(
            "copy (select $sha256 as sha256, organisation_code,"
            f" {', '.join(self.positions)} from named_rows) to $parquet"
            " (format parquet, compression zstd, row_group_size_bytes '32MB')",
            {"sha256": self.content.sha256, "parquet": str(new)},
        )
        new.replace(target)

    def check(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Finds faults and oddities in framed rows."""
        if self.rows_of_commas:
            self.add_finding("rows of commas only", self.rows_of_commas)
        if self.invisible() != " ":
            self.check_invisible(connection)
        wrong = connection.execute("""
            select organisation_code, count(*), list(line order by line)[:3] from named_rows
            group by organisation_code having organisation_code is null or count(*) > 1
            order by organisation_code is not null, min(line)
        """).fetchall()
        for code, rows, lines in wrong[:1]:
            if code is None:
                raise Fault(f"has a row without a code, line {lines[0]}; download it again")
            more = f", and {len(wrong) - 1} more codes come twice" if len(wrong) > 1 else ""
            numbers = " and ".join(map(str, lines))
            raise Fault(f"has {rows} rows for {code} (lines {numbers}){more}; keep the right one")
        if self.content.last_byte in LINE_ENDS:
            return
        # the portal ends every line: without that the last text may be half a word
        [(ends,)] = connection.execute(
            f"select count(*) from parted where {self.cells()[-1]} = ?", [self.last_cell]
        ).fetchall()
        if self.content.last_byte not in b'",' and ends == 1:
            raise Fault(
                f"is cut inside its last row: no other row ends with {shown(self.last_cell)}; "
                "download it again"
            )
        self.add_finding("no final line break")

    def check_invisible(self, connection: duckdb.DuckDBPyConnection) -> None:
        """An invisible character inside a deciding cell is a fault; at an end it is a finding."""
        unseen = quoted(self.invisible().replace(" ", ""))
        exact = ", ".join(quoted(EXACT.get(column, "")) for column in self.positions)
        raw = ", ".join(f"cell_{position}" for position in self.positions.values())
        [(inside, number, first)] = connection.execute(f"""
            select
                min((line, nth, exact, text))
                    filter (exact <> '' and translate(text, {unseen}, '') <> text),
                count(*) filter (trim(raw, ' ') <> text),
                min((line, nth, raw)) filter (trim(raw, ' ') <> text)
            from (
                select
                    line, unnest(range({len(self.positions)})) as nth, unnest([{exact}]) as exact,
                    unnest([{raw}]) as raw, {self.trimmed("raw")} as text
                from parted
            )
        """).fetchall()
        if inside:
            line, _, what, text = inside
            raise Fault(
                f"has an invisible character in the {what} in line {line}: {shown(text)}; remove it"
            )
        if first:
            line, _, raw = first
            self.add_finding("invisible characters", number, f"line {line}: {shown(raw)}")

    def add_finding(self, check: str, *what: object) -> None:
        """Adds a finding."""
        self.findings.append((check, FINDINGS[check].format(*what)))


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def is_invisible(sign: str) -> bool:
    """Whether a character is not visible: a blank, a control, a filler."""
    return sign == " " or not sign.isprintable() or sign in FILLERS


def trim(text: str) -> str:
    """The text without invisible characters at its ends."""
    return text.strip("".join(filter(is_invisible, text)))


def shorten(text: str) -> str:
    """A text of at most 80 characters."""
    return text if len(text) <= 80 else text[:79] + "…"


def shown(text: str) -> str:
    """A text as a message shows it: short, in quotes, with U+ numbers for invisible characters."""
    signs = (
        f"U+{ord(sign):04X}" if sign != " " and is_invisible(sign) else sign
        for sign in shorten(text.rstrip("\r\n"))
    )
    return f'"{"".join(signs)}"'
