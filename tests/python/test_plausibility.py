"""An export that can be read and cannot be right stops the build, unless its name is accepted.

Each spoilt export is the newest of the box, as if it had been taken some weeks later.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tasks import environment
from tests.bench import EXPORTS, Bench

NEXT = "DSPT search results 20_12_2023 10_00_00.csv"
DAY_AFTER = "DSPT search results 21_12_2023 10_00_00.csv"
NEWEST = next(path for path in EXPORTS if "16_11_2023" in path.name)
BEFORE = next(path for path in environment.EXPORTS if "09_09_2022" in path.name)
STATUS, DATE = "Status", "Date Of Publication"
Row = dict[str, str]


def rows_of(export: Path) -> list[Row]:
    """The rows of an export."""
    with export.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows_of(NEWEST)
CODES = [row["Code"] for row in ROWS]
TRUSTS = [code for code in CODES if code[0] in "RT"]
ICBS = [code for code in CODES if code[0] == "Q"]
LAST_YEAR = {row["Code"]: row for row in rows_of(BEFORE)}


def changed(column: str, change: Callable[[str], str], of: list[str] = CODES) -> list[Row]:
    """The rows with another value in a column, of all organisations or of some."""
    return [row | ({column: change(row[column])} if row["Code"] in of else {}) for row in ROWS]


def shifted(column: str) -> list[Row]:
    """The rows with a column that has slipped by one."""
    values = [row[column] for row in ROWS]
    return [
        row | {column: value} for row, value in zip(ROWS, values[-1:] + values[:-1], strict=True)
    ]


def of_last_year(columns: tuple[str, ...], edition: str, of: list[str] = CODES) -> list[Row]:
    """The rows with the values that some organisations had a year before, under an edition."""
    return [
        row
        | {
            column: LAST_YEAR[row["Code"]][column].replace("21/22", edition)
            for column in columns
            if row["Code"] in of and row["Code"] in LAST_YEAR
        }
        for row in ROWS
    ]


def relabelled(old: str, new: str) -> list[Row]:
    """The rows with one outcome called another."""
    return changed(STATUS, lambda status: status.replace(old, new))


def down(trusts: list[str]) -> list[Row]:
    """The rows with these trusts Not Met."""
    return changed(STATUS, lambda _: "22/23 Standards Not Met", trusts)


def text(rows: list[Row]) -> str:
    """An export of these rows."""
    export = io.StringIO()
    writer = csv.DictWriter(export, ROWS[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return export.getvalue()


MET = [
    row["Code"] for row in ROWS if row["Code"] in TRUSTS and row[STATUS] == "22/23 Standards Met"
]
STOPPED = {  # one of each doubt, and movements of each direction
    "codes that nobody knows": (
        changed("Code", lambda code: f"X{code}"),
        "has no row for 257 of the 257 organisations in scope",
    ),
    "names shifted by a row": (
        shifted("Organisation Name"),
        "has a name that does not belong to the code for 205 of the 220 codes in scope",
    ),
    "dates in 2099": (
        changed(DATE, lambda date: f"{date[:6]}2099"),
        "has 258 date(s) of publication after the day it was taken, up to 2099-08-",
    ),
    "no dates": (
        changed(DATE, lambda _: ""),
        "has no date of publication for 258 of its 258 outcomes",
    ),
    "outcomes and dates of last year under this year's label": (
        of_last_year((STATUS, DATE), "22/23"),
        "has a date outside the window of the edition for",
    ),
    "outcomes of last year under this year's label": (
        of_last_year((STATUS,), "22/23"),
        "has another outcome for 55 of the 256 organisations in scope than on 2023-11-16",
    ),
    "ICBs all Not Met": (
        down(ICBS),
        "has 42 of 42 organisations of type Integrated Care Board (ICB) with Standards Not Met,"
        " after 0 of 42 on 2023-11-16",
    ),
    "Approaching as Not Met": (
        relabelled("Approaching Standards", "Standards Not Met"),
        "has 57 of 210 organisations of type NHS Trust with Standards Not Met, after 0 of 210",
    ),
    "Met as Not Met": (
        relabelled("Standards Met", "Standards Not Met"),
        "has 15 of 210 organisations of type NHS Trust with Standards Met or Exceeded,"
        " after 153 of 210",
    ),
    "the same bytes under a later day": (ROWS, "has the same bytes as the export of 2023-11-16"),
}


Exports = dict[str, list[Row]]


class Build:
    """The small default exports, and beside them what a test brings."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.exports = bench, environment.lay(EXPORTS, folder / "exports")

    def run(self, exports: Exports, *accept: str) -> None:
        """Writes and reads the exports, and builds all on which anything is published."""
        for name, rows in exports.items():
            export = NEWEST.read_bytes() if rows is ROWS else text(rows).encode()
            (self.exports / name).write_bytes(export)
        self.bench.read(self.exports)
        self.bench.accept(*accept)
        self.bench.run("fct_compliance", "dq_findings")

    def stops(self, exports: Exports, *accept: str) -> str:
        """What stops a build of these exports."""
        with pytest.raises(duckdb.Error) as stopped, self.bench.undone():
            self.run(exports, *accept)
        return str(stopped.value)

    def findings(self, exports: Exports, check: str, *accept: str) -> list[str]:
        """What the findings of a check say of the newest of these exports."""
        with self.bench.undone():
            self.run(exports, *accept)
            found = self.bench.rows(
                f"select detail from marts.dq_findings where \"check\" = '{check}'"
                " and snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)"
                " order by detail"
            )
        return [detail for [detail] in found]


@pytest.fixture
def build(bench: Bench, tmp_path: Path) -> Build:
    """A build of which nothing stays."""
    return Build(bench, tmp_path)


@pytest.mark.parametrize(("rows", "words"), STOPPED.values(), ids=STOPPED.keys())
def test_what_cannot_be_right_stops_the_build_unless_accepted(build, rows, words) -> None:
    """Accepted, it is a finding, and so is all else that speaks against the export."""
    stopped = build.stops({NEXT: rows}, "other.csv")
    assert stopped.startswith(f"Invalid Input Error: The build stops. {NEXT} has ")
    assert f'DSPT_ACCEPT="{NEXT}"' in stopped
    found = build.findings({NEXT: rows}, "accepted against doubts", "other.csv", NEXT)
    assert any(detail.startswith(f"{NEXT} {words}") for detail in found), found


def test_what_adds_up_from_day_to_day_stops_the_build(build) -> None:
    """38 trusts, and 40 more the next day: by 18 and 19 points, but by 37 since November."""
    words = "has 78 of 210 organisations of type NHS Trust with Standards Not Met, after 0 of 210"
    assert f"{DAY_AFTER} {words} on 2023-11-16" in build.stops(
        {NEXT: down(MET[:38]), DAY_AFTER: down(MET[:78])}
    )


def test_a_movement_of_over_ten_points_is_a_finding(build) -> None:
    check = "outcome that moved by over 10 points"
    assert build.findings({NEXT: down(MET[:22])}, check) == [
        "NHS Trust, Standards Met: 116 of 210, after 138 of 210 on 2023-11-16",
        "NHS Trust, Standards Not Met: 22 of 210, after 0 of 210 on 2023-11-16",
    ]
    assert build.findings({NEXT: down(MET[:21])}, check) == []


def test_rows_of_the_year_before_are_findings_of_their_icb(build) -> None:
    """Seven trusts of Greater Manchester; then 40 trusts of all England."""
    check = "edition before still shown"
    trusts = ["R0A", "RBV", "RM3", "RMC", "RMP", "RRF", "RWJ"]
    found = build.findings({NEXT: of_last_year((STATUS, DATE), "21/22", trusts)}, check)
    assert (
        "NHS Greater Manchester Integrated Care Board: 7 of 11 organisations show an edition"
        " before 22/23"
    ) in found
    found = build.findings({NEXT: of_last_year((STATUS, DATE), "21/22", TRUSTS[:40])}, check)
    assert sum(int(detail.split(": ")[1].split()[0]) for detail in found) == 40


def test_the_exports_as_they_are_raise_no_doubt(bench: Bench) -> None:
    assert bench.rows("select * from rules.int_doubts") == []
