"""CSV files as they really come: any code page, with or without a header, of any size."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from reference import Refused

# Where each of our columns stands, and the header that the newer service gives it on request.
FIELDS = {
    "organisation_code": (0, "ORGANISATION CODE"),
    "organisation_name": (1, "NAME"),
    "region_code": (2, "NATIONAL GROUPING"),
    "icb_code": (3, "HIGH LEVEL HEALTH GEOGRAPHY"),
    "postcode": (9, "POSTCODE"),
    "opened_on": (10, "OPEN DATE"),
    "closed_on": (11, "CLOSE DATE"),
    "status": (12, "STATUS CODE"),
    "sub_type": (13, "ORGANISATION SUB-TYPE CODE"),
    "dispenser_type": (13, "ORGANISATION SUB-TYPE CODE"),
    "sub_icb_location_code": (14, "COMMISSIONER"),
    "prescribing_setting": (25, "PRESCRIBING SETTING"),
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
                f"{self.path.name}: is not a CSV file ({error}); download it again"
            ) from error

    def facts(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row number, and cell by column name, of each line under the header."""
        for number, cells in self.lines[1:]:
            if len(cells) != len(self.header):
                raise self.refused(number, f" has {len(cells)} columns, not {len(self.header)}")
            yield number, dict(zip(self.header, cells, strict=True))

    def day(self, number: int, text: str) -> str:
        """A date in ISO, from any of the forms that official files have. Refused: no such day."""
        with suppress(ValueError):
            return date.fromisoformat(text).isoformat()
        with suppress(ValueError):
            return datetime.strptime(text, "%d%b%Y").date().isoformat()
        raise self.refused(number, f": {text!r} is not a date (20220901, 2022-09-01 or 01SEP2022)")

    def refused(self, number: int, words: str) -> Refused:
        """Why the file cannot be used, to be raised: it is in this row."""
        return Refused(f"{self.path.name}: row {number}{words}")


def organisations(table: Table, wanted: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and these columns of each row: by the header's words where there is a header."""
    positions, lines, width = {name: FIELDS[name][0] for name in wanted}, table.lines, 27
    if not {word for _, word in FIELDS.values()}.isdisjoint(table.header):
        words = {name: FIELDS[name][1] for name in positions}
        if missing := [word for word in words.values() if word not in table.header]:
            raise Refused(
                f"{table.path.name}: has a header row, but no column {', '.join(missing)}; "
                "download it without headers"
            )
        positions = {name: table.header.index(word) for name, word in words.items()}
        lines, width = lines[1:], len(table.header)
    for number, cells in lines:
        if len(cells) != width or not cells[positions["organisation_code"]]:
            raise table.refused(number, f" has {len(cells)} columns, or no code; it needs {width}")
        yield number, {name: cells[position] for name, position in positions.items()}
