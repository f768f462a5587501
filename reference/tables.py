"""CSV files as they really come: any code page, with or without a header, of any size."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from reference import Refused

# Where each of our facts stands, and the header that the newer service gives it on request.
FIELDS = {
    "code": (0, "ORGANISATION CODE"),
    "name": (1, "NAME"),
    "region": (2, "NATIONAL GROUPING"),
    "icb": (3, "HIGH LEVEL HEALTH GEOGRAPHY"),
    "postcode": (9, "POSTCODE"),
    "opened": (10, "OPEN DATE"),
    "closed": (11, "CLOSE DATE"),
    "sub_type": (13, "ORGANISATION SUB-TYPE CODE"),
}

Line = tuple[int, list[str]]  # row number in the file, and the trimmed cells


class Table:
    """A file's header and lines. Only what is asked for is read: it may be a gigabyte."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def header(self) -> list[str]:
        """The trimmed cells of the first line, in capitals."""
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            line = file.readline(2**16)
        return [cell.strip().upper() for cell in next(csv.reader([line]), [])]

    @cached_property
    def lines(self) -> list[Line]:
        """Every line that is not blank: in UTF-8, else the Windows code page of older files."""
        content = self.path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
        try:
            rows = enumerate(csv.reader(io.StringIO(text, newline="")), start=1)
            trimmed = ((number, [cell.strip() for cell in row]) for number, row in rows)
            return [(number, cells) for number, cells in trimmed if any(cells)]
        except csv.Error as error:
            raise Refused(
                f"{self.path.name}: is no CSV file ({error}); download it again"
            ) from error

    def is_even(self) -> bool:
        """Whether every row has the same number of columns, as in any whole file."""
        return len({len(cells) for _, cells in self.lines}) == 1

    def facts(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row number, and cell by column name, of each line under the header."""
        for number, cells in self.lines[1:]:
            if len(cells) != len(self.header):
                raise self.refused(number, f" has {len(cells)} columns, not {len(self.header)}")
            yield number, dict(zip(self.header, cells, strict=True))

    def day(self, number: int, text: str) -> str:
        """A date in ISO, from any of the forms that official files have. Refused: no such day."""
        for read in (date.fromisoformat, _as_in_01sep2022):
            with suppress(ValueError):
                return read(text).isoformat()
        raise self.refused(number, f": {text!r} is no date (20220901, 2022-09-01 or 01SEP2022)")

    def refused(self, number: int, words: str) -> Refused:
        """Why the file cannot be used, to be raised: it is in this row."""
        return Refused(f"{self.path.name}: row {number}{words}")


def _as_in_01sep2022(text: str) -> date:
    return datetime.strptime(text, "%d%b%Y").date()


def organisations(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and our facts of each row: by the header's words where there is a header."""
    places, lines, width = [place for place, _ in FIELDS.values()], table.lines, 27
    words = [word for _, word in FIELDS.values()]
    if not set(words).isdisjoint(table.header):
        if missing := [word for word in words if word not in table.header]:
            raise Refused(
                f"{table.path.name}: has a header row, but no column {', '.join(missing)}; "
                "download it without headers"
            )
        places, lines = [table.header.index(word) for word in words], lines[1:]
        width = len(table.header)
    for number, cells in lines:
        if len(cells) != width or not cells[places[0]]:
            raise table.refused(number, f" has {len(cells)} columns, or no code; want {width}")
        yield number, {field: cells[at] for field, at in zip(FIELDS, places, strict=True)}
