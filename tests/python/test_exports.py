"""A bad export stops the build with file and cause; a good one is read in every form.

The real build runs here, on files as the portal (or a bad day) gives them, with invented
organisations.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from copied import Project

NAME = "DSPT search results 16_11_2023 11_17_41.csv"
HEADER = (
    "Code,Organisation Name,Status,Date Of Publication,Primary Sector,"
    '"Integrated Care Board (where available, from ODS)"\r\n'
)
ROW = "X01,Invented House,22/23 Standards Met,30/06/2023,Social Care,\r\n"


class Build:
    """A folder of exports, and the build of them in a copy of the project."""

    def __init__(self, folder: Path) -> None:
        self.exports = folder / "exports"
        self.project = Project(folder)

    def run(self, exports: dict[str, str | bytes], place: str = ".") -> str:
        """Writes the exports and builds them; gives the words of the nodes that failed, or ""."""
        shutil.rmtree(self.exports, ignore_errors=True)
        self.exports.mkdir()
        for name, content in exports.items():
            content = content if isinstance(content, bytes) else content.encode()
            (self.exports / name).write_bytes(content)
        select = ("--select", "+int_assessments_parsed", "--resource-type", "model", "seed")
        return "\n".join(self.project.build(self.exports / place, *select).values())

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        """These columns of the parsed assessments, by snapshot and code."""
        return self.project.query(
            f"select {columns} from rules.int_assessments_parsed"
            " order by snapshot_date, organisation_code"
        )


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """One place to build in for all tests of the module: dbt then parses the project once."""
    return Build(tmp_path_factory.mktemp("build"))


BAD = {
    "unknown status": (HEADER + ROW.replace("Met", "Meet"), '"22/23 Standards Meet" in 1 row'),
    "status without edition": (HEADER + ROW.replace("22/23 ", ""), "it has no year before it"),
    "blank status": (HEADER + ROW.replace("22/23 Standards Met", ""), '"(blank)"'),
    "unknown edition": (HEADER + ROW.replace("22/23", "98/99"), "seeds/dspt/dspt_editions.csv"),
    "missing column": (HEADER.replace("Status", "Colour") + ROW, 'no column "status"'),
    "duplicated code": (HEADER + ROW + ROW.replace("X01", "x01 "), "has 2 rows for X01"),
    "no code": (HEADER + ROW.replace("X01", " "), "without a code"),
    "impossible date": (HEADER + ROW.replace("30/06", "31/06"), '"31/06/2023" in 1 row(s)'),
    "empty file": ("", "is empty"),
    "blank file": ("\r\n \r\n", "is empty"),
    "header without rows": (HEADER, "has a header and no rows"),
    "cut inside a row": (HEADER + ROW + ROW[:30], "is cut or damaged"),
    "cut inside the last column": (HEADER + ROW.strip() + "NHS SOM", "is cut inside its last row"),
    "cut inside a quoted text": (HEADER + ROW + '"X02', "is cut inside a quoted text"),
    "column too many": (HEADER + ROW.replace("House", "House, The"), "is cut or damaged"),
    "quote in a text": (HEADER + ROW.replace("House", '"Sun, Moon" House'), "neither begins nor"),
    "quote left open": (HEADER + ROW.replace("Inv", '"Inv') + ROW * 2, "neither begins nor"),
    "two kinds of line end": (HEADER + ROW.replace("\r\n", "\n"), "mixes two kinds of line end"),
    "semicolons": (HEADER.replace(",", ";") + ROW.replace(",", ";"), "not separated by commas"),
    "column twice": (
        HEADER.replace("Code", "Code,Latest Status") + ROW.replace("X01", "X01,Met"),
        'has two columns for "status"',
    ),
    "UTF-16": ((HEADER + ROW).encode("utf-16"), "is UTF-16 text"),
    "NUL late in the file": (HEADER + ROW * 100 + "\0" + ROW, "is not text"),
    "binary file": (bytes(range(256)) * 20, "is not text"),
    "spreadsheet": (b"PK\x03\x04" + b"sheet" * 100, "is not text"),
    "web page": ("\r\n<!DOCTYPE html><html>Service unavailable</html>", "is a web page"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_stops_the_build_with_its_name_and_cause(build, content, words) -> None:
    message = build.run({NAME: content})
    assert NAME in message
    assert words in message


@pytest.mark.parametrize(
    "name", ["export.csv", NAME.replace(" 11_17_41", ""), NAME.replace("16_11", "31_02")]
)
def test_a_wrong_file_name_stops_the_build(build, name) -> None:
    assert f"{name} is not named as the portal" in build.run({name: HEADER + ROW})


def test_two_exports_of_one_day_stop_the_build(build) -> None:
    later = NAME.replace("11_17", "12_00")
    message = build.run({NAME: HEADER + ROW, later: HEADER + ROW})
    assert f"{NAME} and {later} are of the same day" in message


def test_no_export_stops_the_build(build) -> None:
    assert "No DSPT export in" in build.run({})


def test_every_bad_file_is_named_at_once(build) -> None:
    other = NAME.replace("16_11", "17_11")
    message = build.run({NAME: "", other: HEADER})
    assert f"{NAME} is empty" in message
    assert f"{other} has a header and no rows" in message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_encoding_gives_the_same_text(build, encoding) -> None:
    name = "St Mary’s “Home” – Zoë’s, €5 \\x41"
    row = ROW.replace("Invented House", '"' + name.replace('"', '""') + '"')
    assert build.run({NAME: (HEADER + row).encode(encoding)}) == ""
    assert build.rows("organisation_name") == [(name,)]


def test_every_header_of_the_years_is_read(build) -> None:
    """The forms of 2019, 2020, 2022, and 2023 with spaces and one more column, together."""
    failed = build.run({
        "DSPT Progress as of 17_06_2019 09_00_00 publish.csv":
            "OrganisationName,ODSCode,PublicationStatus,DateOfPublication,PrimarySector,"
            "CCG (from ODS and CQC)\n"
            "Old House,x00,Standards Met (19-20),CompletedThroughQIO,GP,OLD CCG\n"
            "Blank,X09,,,GP,\n",
        "DSPT search results 23_10_2020 15_39_05.csv":
            "Code,Organisation Name,Latest Status,Date Of Publication,Primary Sector,"
            "Commissioner (From ODS)\n"
            "X01,A,19/20 Standards Not Fully Met (Plan Agreed),23/10/2020,GP,\n",
        "DSPT search results 09_09_2022 12_44_07.csv":
            "Code,Organisation Name,Status,Date Of Publication,Primary Sector,"
            "Commissioner (From ODS)\n"
            "X02,B,Not Published,null,GP,\n",
        NAME: " CODE ,Colour," + HEADER.partition(",")[2] + "X03,red" + ROW.removeprefix("X01"),
    })  # fmt: skip
    assert failed == ""
    assert build.rows("organisation_code, edition, outcome, cast(published_on as varchar)") == [
        ("X00", "19/20", "Standards Met", None),
        ("X09", None, "Not Published", None),
        ("X01", "19/20", "Approaching Standards", "2020-10-23"),
        ("X02", None, "Not Published", None),
        ("X03", "22/23", "Standards Met", "2023-06-30"),
    ]


@pytest.mark.parametrize("place", [".", NAME, "*2023*.csv"])
def test_exports_are_a_folder_a_file_or_a_glob(build, place) -> None:
    assert build.run({NAME: HEADER + ROW, "notes.txt": "not an export"}, place) == ""
    assert build.rows("organisation_code") == [("X01",)]


def test_codes_stay_text_and_a_line_break_in_a_name_is_no_row(build) -> None:
    two_lines = ROW.replace("X01", "102").replace("Invented House", '"Two\r\nlines"')
    assert build.run({NAME: HEADER + ROW.replace("X01", "8E395") + two_lines}) == ""
    assert build.rows("organisation_code") == [("102",), ("8E395",)]
