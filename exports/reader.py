"""Reads one export: a stream of its bytes, then a stream of its rows; neither is held whole.

What is wrong with a file is kept as words that follow its name: dbt stops with these words.
"""

import codecs
import csv
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

import duckdb

# Our columns, and the headers that the portal has given them over the years, newest first, in lower
# case. A header that is new goes here.
# 2019: OrganisationName, ODSCode, PublicationStatus, DateOfPublication, PrimarySector,
#       CCG (from ODS and CQC).
# 2020: Code, Organisation Name, Latest Status, Date Of Publication, Primary Sector,
#       Commissioner (From ODS).
# 2022: Status. 2023: Integrated Care Board (where available, from ODS).
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
TOGETHER = 10_000  # rows that are worked on at once
# drawn as nothing, but letters and marks to Unicode; and what stands for a byte that means nothing
FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffd"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
LINE_ENDS = b"\r\n"
PRINTABLE = bytes(range(0x20, 0x7F))
CELL = '(?:"[^"]*(?:""[^"]*)*"|[^",]*)'
WELL_QUOTED = re.compile(rf"{CELL}(?:,{CELL})*[\r\n]*")
MISQUOTED = "has a quote that neither begins nor ends a text; put it right in"

# cleaned rows on their way to Parquet: a blank cell is null
ROWS = (
    f"from read_csv($path, columns = {dict.fromkeys(('organisation_code', *HEADERS), 'varchar')},"
    " header = false, auto_detect = false, new_line = '\\r\\n',"
    " delim = '\x1f', quote = '\x1e', escape = '\x1e')"
)

# what is read all the same and said: the words follow the file's name
FINDINGS = {
    "blank first lines": "begins with {} blank line(s)",
    "invisible characters": (
        "has {} cell(s) with invisible characters at an end, which are left out, the first in {}"
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
    """What the bytes of a file tell."""

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
    """What there is to say of an export but its name."""

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
    """What the first bytes of a file tell against it."""
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
    """Writes the rows of an export as Parquet, and gives what there is to say of it."""
    export = Export(path, content)
    fault = content.fault
    if not fault:
        try:
            export.write(target)
        except Fault as found:
            fault = str(found)
    return Facts(content.encoding, export.data_rows, fault, export.findings)


class Export:
    """The rows of an export, on their way from the file to Parquet."""

    def __init__(self, path: Path, content: Content) -> None:
        self.path = path
        self.content = content
        self.data_rows = 0
        self.findings: list[tuple[str, str]] = []
        self.records = 0  # worked on so far, blank ones too
        self.characters = 0  # read so far
        self.record = ""  # what is read of a record that has quotes
        self.width = 0
        self.places: dict[str, int] = {}  # of our columns
        self.rows_of_commas = 0
        self.hidden = 0  # cells with something invisible at an end
        self.first_hidden = ""
        self.codes: set[str] = set()
        self.last_cell = ""  # of the last column, where the last line has no end
        self.cells_before: set[str] = set()

    def write(self, target: Path) -> None:
        """Reads, checks and writes the rows."""
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="reading-") as folder:
            rows = Path(folder) / "rows"
            with rows.open("w", encoding="utf-8", newline="") as file:
                for columns in self.batches():
                    write_rows(file, columns)
            with in_duckdb() as connection:
                write_parquet(connection, ROWS, {"path": str(rows)}, self.content.sha256, target)

    def batches(self) -> Iterator[list[list[str]]]:
        """The cleaned cells, by column, some thousand rows at once."""
        with self.open() as file:
            rows = csv.reader(self.checked(file), strict=True)
            try:
                self.read_header(rows)
                while batch := self.some_of(rows):
                    yield from self.columns(batch)
                    self.records += len(batch)
            except csv.Error as error:  # within a text that is not yet whole
                raise Fault(f"{MISQUOTED} line {rows.line_num}: {shown(self.record)}") from error
        if not self.data_rows:
            raise Fault("has a header and no rows; download it again")
        self.say_what_was_odd()

    def checked(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines as they are; one too long, a quote in a wrong place, another end are faults."""
        quotes, first, number = 0, 0, 0
        line_end = ""
        for number, line in enumerate(lines, 1):
            self.characters += len(line)
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

    def some_of(self, rows: Iterator[list[str]]) -> list[list[str]]:
        """The next rows, so many as are well worked on at once; after an odd one no more."""
        some: list[list[str]] = []
        enough = self.characters + BLOCK
        for row in rows:
            some.append(row)
            if len(row) != self.width or len(some) == TOGETHER or self.characters > enough:
                break
        return some

    def open(self) -> TextIO:
        """The file as text, its ends of lines as they are."""
        encoding = "utf-8-sig" if self.content.encoding == "utf-8" else "cp1252"
        return self.path.open(encoding=encoding, errors="replace", newline="")

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Each record anew with the number of its first line: for words on what was found wrong."""
        with self.open() as file:
            rows = csv.reader(file)
            line = 1
            for row in rows:
                yield line, row
                line = rows.line_num + 1

    def line_of(self, record: int) -> int:
        """The number of the line in which a record begins."""
        return next(islice(self.numbered(), record, None))[0]

    def read_header(self, rows: Iterator[list[str]]) -> None:
        """Finds our columns in the first line that is not blank."""
        header: list[str] = []
        for row in rows:
            self.records += 1
            header = [trim(cell).lower() for cell in row]
            if any(header):
                break
        if not any(header):
            raise Fault("is empty; download it again")
        if self.records > 1:
            self.found("blank first lines", self.records - 1)
        self.width = len(header)
        if self.width > WIDEST:
            raise Fault(
                f"has {self.width:,} columns, an export about {len(HEADERS)}; download it again"
            )
        for column, names in HEADERS.items():
            found = [place for place, name in enumerate(header) if name in names]
            if len(found) > 1:
                raise Fault(f'has two columns for "{names[0]}"; keep the right one')
            if found:
                self.places[column] = found[0]
        missing = [names[0] for column, names in HEADERS.items() if column not in self.places]
        if len(missing) == len(HEADERS):
            line = self.line_of(self.records - 1)
            raise Fault(
                f"has no header of an export: line {line} is {shown(','.join(header))}; "
                "download it again"
            )
        if missing:
            raise Fault(
                "has no column " + ", ".join(f'"{name}"' for name in missing) + "; if the portal "
                "has renamed it, add the new name to exports/reader.py, else download it again"
            )
        unexpected = [name for at, name in enumerate(header) if at not in self.places.values()]
        if unexpected:
            listed = ", ".join(name or "(no name)" for name in unexpected)
            self.found("unexpected column", shorten(listed))

    def columns(self, batch: list[list[str]]) -> Iterator[list[list[str]]]:
        """Checks some rows and gives their cells by column; nothing where all are blank."""
        code = self.places["organisation_code_as_exported"]
        records: Sequence[int] = range(self.records, self.records + len(batch))
        if set(map(len, batch)) != {self.width} or not all(row[code].strip() for row in batch):
            records, batch = self.without_blank(batch)
        self.data_rows += len(batch)
        if self.data_rows > MOST:
            raise Fault(f"has more than {MOST:,} rows, which no export has; download it again")
        if not batch:
            return
        by_place = list(zip(*batch, strict=True))
        if self.content.last_byte not in LINE_ENDS:
            self.cells_before.add(self.last_cell)
            *before, self.last_cell = by_place[-1]
            self.cells_before.update(before)
        columns = {
            column: self.trimmed(column, by_place[place], records)
            for column, place in self.places.items()
        }
        dates = columns["published_on_text"]
        columns["published_on_text"] = ["" if date.lower() == "null" else date for date in dates]
        codes = self.new_codes(columns["organisation_code_as_exported"], records)
        yield [codes, *columns.values()]

    def without_blank(self, batch: list[list[str]]) -> tuple[Sequence[int], list[list[str]]]:
        """The rows that say something, with the number of each; the others are counted."""
        kept = {}
        for record, row in enumerate(batch, self.records):
            if not any(cell.strip() for cell in row):
                self.rows_of_commas += len(row) > 1
            elif len(row) != self.width:
                raise Fault(
                    f"is cut or damaged: line {self.line_of(record)} has {len(row)} columns and "
                    f"the header {self.width}: {shown(','.join(row))}; download it again"
                )
            else:
                kept[record] = row
        return list(kept), list(kept.values())

    def trimmed(self, column: str, cells: Sequence[str], records: Sequence[int]) -> list[str]:
        """The cells without what is invisible at their ends; within some it is a fault."""
        text = "".join(cells)
        if text.isascii() and text.isprintable():  # which most are, and blanks are all there is
            return list(map(str.strip, cells))
        trimmed = list(map(trim, cells))
        for cell, rest, record in zip(cells, trimmed, records, strict=True):
            if cell.strip(" ") != rest:
                self.hidden += 1
                self.first_hidden = (
                    self.first_hidden or f"line {self.line_of(record)}: {shown(cell)}"
                )
            if column in EXACT and any(is_invisible(sign) for sign in rest.replace(" ", "")):
                raise Fault(
                    f"has something invisible within the {EXACT[column]} in line "
                    f"{self.line_of(record)}: {shown(rest)}; take it out"
                )
        return trimmed

    def new_codes(self, cells: list[str], records: Sequence[int]) -> list[str]:
        """The codes in capitals, each of them for the first time."""
        codes = [cell.upper() for cell in cells]
        if not all(codes):
            line = self.line_of(records[codes.index("")])
            raise Fault(f"has a row without a code, line {line}; download it again")
        known = len(self.codes)
        self.codes.update(codes)
        if len(self.codes) < known + len(codes):
            raise self.doubled()
        return codes

    def doubled(self) -> Fault:
        """The words on the first code that comes twice."""
        place = self.places["organisation_code_as_exported"]
        lines: dict[str, list[int]] = {}
        for line, row in self.numbered():
            if place < len(row):
                lines.setdefault(trim(row[place]).upper(), []).append(line)
        twice = {code: found for code, found in lines.items() if code and len(found) > 1}
        code, found = next(iter(twice.items()))
        more = f", and {len(twice) - 1} more codes come twice" if len(twice) > 1 else ""
        places = " and ".join(map(str, found[:3]))
        return Fault(f"has {len(found)} rows for {code} (lines {places}){more}; keep the right one")

    def say_what_was_odd(self) -> None:
        """Adds what only the whole file tells."""
        if self.rows_of_commas:
            self.found("rows of commas only", self.rows_of_commas)
        if self.hidden:
            self.found("invisible characters", self.hidden, self.first_hidden)
        if self.content.last_byte in LINE_ENDS:
            return
        # the portal ends every line: without that the last text may be half a word
        if self.content.last_byte not in b'",' and self.last_cell not in self.cells_before:
            raise Fault(
                f"is cut inside its last row: no other row ends with {shown(self.last_cell)}; "
                "download it again"
            )
        self.found("no final line break")

    def found(self, check: str, *what: object) -> None:
        """Adds a finding."""
        self.findings.append((check, FINDINGS[check].format(*what)))


def is_invisible(sign: str) -> bool:
    """Whether a character is drawn as nothing: a blank, a control, a filler."""
    return sign == " " or not sign.isprintable() or sign in FILLERS


def trim(text: str) -> str:
    """The text without what is invisible at its ends."""
    text = text.strip()
    while text and is_invisible(text[0]):
        text = text[1:]
    while text and is_invisible(text[-1]):
        text = text[:-1]
    return text


def shorten(text: str) -> str:
    """A text of at most 80 characters."""
    return text if len(text) <= 80 else text[:79] + "…"


def shown(text: str) -> str:
    """A text as a message shows it: short, in quotes, what is invisible as U+ and its number."""
    signs = (
        f"U+{ord(sign):04X}" if sign != " " and is_invisible(sign) else sign
        for sign in shorten(text.rstrip("\r\n"))
    )
    return f'"{"".join(signs)}"'


def write_rows(file: TextIO, columns: list[list[str]]) -> None:
    """Writes rows so that DuckDB need not guess: control characters part and quote the cells."""
    csv.writer(file, delimiter="\x1f", quotechar="\x1e", lineterminator="\r\n").writerows(
        zip(*columns, strict=True)
    )


def in_duckdb() -> duckdb.DuckDBPyConnection:
    """A connection that takes one of the two cores, for two processes read, and no order."""
    return duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    given: dict[str, str],
    sha256: str,
    target: Path,
) -> None:
    """Writes the rows of a query as Parquet, each with the hash of its file, in one step."""
    new = target.with_suffix(f".{os.getpid()}")
    connection.execute(
        f"copy (select $sha256 as sha256, * from ({query})) to $parquet"
        " (format parquet, compression zstd, row_group_size_bytes '32MB')",
        given | {"sha256": sha256, "parquet": str(new)},
    )
    new.replace(target)
