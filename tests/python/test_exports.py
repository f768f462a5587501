"""A bad export stops the build with file and cause; a good one is read in every form.

The reader and the models run here, on files as the portal (or a bad day) gives them, with
invented organisations.
"""

import importlib
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports import find, reader, store
from tasks import publishing
from tests.bench import Bench

NAME = "DSPT search results 16_11_2023 11_17_41.csv"
HEADER = (
    "Code,Organisation Name,Status,Date Of Publication,Primary Sector,"
    '"Integrated Care Board (where available, from ODS)"\r\n'
)
ROW = "X01,Invented House,22/23 Standards Met,30/06/2023,Social Care,\r\n"
OTHER = ROW.replace("X01", "X02")
LATER = NAME.replace("11_17", "12_00")
TWICE = NAME.replace(".csv", "[1].csv")  # as browsers name a second download
FOLDER = Path("exports")  # beside it is the store
NEXT_DAY = NAME.replace("16_11", "17_11")
BAD_NAMES = [
    "export.csv",
    NAME.replace(" 11_17_41", ""),
    NAME.replace("16_11", "31_02"),
    *(NAME.replace("11_17_41", time) for time in ("24_00_00", "23_60_00", "23_59_60", "1__17_41")),
]

# what the reader finds wrong: the content, and words of the fault
FAULTS: dict[str, tuple[str | bytes, str]] = {
    "missing column": (HEADER.replace("Status", "Colour") + ROW, 'has no column "status"'),
    "no header": (ROW + OTHER, 'has no header of an export: line 1 is "x01,invented house'),
    "duplicated code": (
        HEADER + ROW + OTHER + ROW.replace("X01", "x01 "),
        "has 2 rows for X01 (lines 2 and 4); keep the right one",
    ),
    "duplicated codes": (HEADER + (ROW + OTHER) * 2, "and 1 more codes come twice"),
    "no code": (HEADER + OTHER + ROW.replace("X01", " "), "a row without a code, line 3"),
    "code of nothing visible": (HEADER + ROW.replace("X01", "\u200b"), "without a code, line 2"),
    "empty file": ("", "is empty"),
    "blank file": ("\r\n \r\n", "is empty"),
    "file of commas": (",,,,,\r\n" * 3, "is empty"),
    "header without rows": (HEADER, "has a header but no rows"),
    "header and blank rows": (HEADER + ",,,,,\r\n", "has a header but no rows"),
    "cut inside a row": (
        HEADER + ROW + ROW[:30],
        'is cut or damaged: line 3 has 3 columns and the header 6: "X01,Invented House,22/23 Sta',
    ),
    "cut inside the last column": (
        HEADER + ROW.replace(",\r", ",NHS SOMERSET\r") + OTHER.strip() + "NHS SOM",
        'is cut inside its last row: no other row ends with "NHS SOM"',
    ),
    "cut inside a quoted text": (HEADER + ROW + '"X02', "is cut inside a quoted text, line 3"),
    "column too many": (HEADER + ROW.replace("House", "House, The"), "is cut or damaged: line 2"),
    "row behind a name of two lines": (
        HEADER + ROW.replace("Invented House", '"Two\r\nlines"') + "X02,\r\n",
        "is cut or damaged: line 4 has 2 columns",
    ),
    "quote in a text": (HEADER + ROW.replace("House", '"Sun, Moon" House'), "neither begins"),
    "quote left open": (
        HEADER + ROW.replace("Inv", '"Inv') + ROW * 2,
        "has a quote that neither begins nor ends a text; correct it in line 2",
    ),
    "quote left open for long": (HEADER + ROW.replace("Inv", '"Inv') + ROW * 9999, "in line 2"),
    "quote behind a text": (HEADER + ROW.replace("Invented", '"In"vented'), "neither begins"),
    "three quotes": (HEADER + ROW.replace("Invented", '"In"vent"ed') + ROW, "neither begins"),
    "two kinds of line end": (
        HEADER + ROW.replace("\r\n", "\n"), "mixes two kinds of line end, from line 2 on",
    ),
    "line end in a name": (HEADER + ROW.replace("Invented ", "Invented\r"), "mixes two kinds of"),
    "semicolons": (HEADER.replace(",", ";") + ROW.replace(",", ";"), "not separated by commas"),
    "tabs": (HEADER.replace(",", "\t") + ROW.replace(",", "\t"), "not separated by commas"),
    "column twice": (
        HEADER.replace("Code", "Code,Latest Status") + ROW.replace("X01", "X01,Met"),
        'has two columns for "status"',
    ),
    "UTF-16": ((HEADER + ROW).encode("utf-16"), "is UTF-16 text"),
    "NUL late in the file": (
        HEADER + ROW * 100 + "\0" + ROW, "is not text (a spreadsheet or an archive?): line 102 ",
    ),
    "binary file": (bytes(range(256)) * 20, "is not text"),
    "archive": (b"PK\x03\x04" + b"sheet" * 100, "is not text"),
    "workbook": (b"PK\x03\x04..[Content_Types].xml" + b"\0" * 99, "is a workbook; open it"),
    "web page": ("\r\n<!DOCTYPE html><html>Service unavailable</html>", "is a web page"),
    "tab in every code": (
        HEADER + ROW.replace("X01", "X\t01") + OTHER.replace("X02", "X\t02"),
        'has an invisible character in the code in line 2: "XU+000901"; remove it',
    ),
    "tab in a status": (
        HEADER + ROW.replace("22/23 ", "22/23\t"),
        'in the status in line 2: "22/23U+0009Standards Met"',
    ),
    "soft hyphen in a date": (HEADER + ROW.replace("30/", "30\xad/"), 'in line 2: "30U+00AD/06'),
    "byte that means nothing in a code": (
        HEADER.encode() + ROW.encode().replace(b"X01", b"X\x8101"), 'code in line 2: "XU+FFFD01"',
    ),
    "line without an end": (HEADER + "X" * 3_000_000, "has no end of line 2 within 1,000,000"),
    "long line": (
        HEADER + ROW.replace("House", "H" * 200_000), "more than 131,072 characters in line 2",
    ),
    "many columns": (HEADER.strip() + ",x" * 200 + "\r\n" + ROW, "has 206 columns"),
}  # fmt: skip

# what the SQL finds wrong
BAD = {
    "unknown status": (HEADER + ROW.replace("Met", "Meet"), '"22/23 Standards Meet" in 1 row'),
    "status without edition": (HEADER + ROW.replace("22/23 ", ""), "no year comes before it"),
    "blank status": (HEADER + ROW.replace("22/23 Standards Met", ""), '"(blank)"'),
    "unknown edition": (HEADER + ROW.replace("22/23", "98/99"), "seeds/dspt/dspt_editions.csv"),
    "impossible date": (HEADER + ROW.replace("30/06", "31/06"), '"31/06/2023" in 1 row(s)'),
    "year before any export": (
        HEADER + ROW.replace("/2023", "/0000"),
        "not a date in the form dd/mm/20",
    ),
    "name that stands in for one": (
        HEADER + ROW.replace("Invented House", "Successor X01"),
        f'{NAME} has the name "Successor X01" in the row of X01',
    ),
    "what the reader found": (HEADER + '"X02', f"{NAME} is cut inside a quoted text, line 2"),
}

# what is read all the same: the content, and the finding
ODD = {
    "no final line break": (
        HEADER + ROW.replace(",\r", ",SOMERSET\r") + OTHER.strip() + "SOMERSET",
        "no final line break",
    ),
    "no final line break behind a blank": (HEADER + ROW + OTHER.strip(), "no final line break"),
    "rows of commas": (HEADER + ROW + ",,,,,\r\n,,,\r\n" + OTHER + ",\r\n", "rows of commas only"),
    "blank first lines": ("\r\n,,\r\n" + HEADER + ROW + OTHER, "blank first lines"),
    "one more column": (
        HEADER.replace("Code", "Colour,Code") + "red," + ROW + "," + OTHER, "unexpected column",
    ),
    "tab beside the codes": (HEADER + "\t" + ROW + "\t" + OTHER, "invisible characters"),
}  # fmt: skip


def write(folder: Path, exports: dict[str, str | bytes]) -> None:
    """Writes the exports into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in exports.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def listed(exports: dict[str, str | bytes]) -> dict[str, list[store.Row]]:
    """What is listed where these exports are."""
    write(FOLDER, exports)
    return store.update()


def fault_of(content: str | bytes) -> str | None:
    """What is wrong with an export."""
    [[*_, fault]] = listed({NAME: content})["exports"]
    return fault


def rows_of(rows_file: str, columns: str) -> list[tuple[Any, ...]]:
    """These columns of the rows that were kept, by code."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"select {columns} from read_parquet(?) order by organisation_code", [rows_file]
        ).fetchall()


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is there, and nothing was read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DSPT_EXPORTS", str(FOLDER))


@pytest.fixture
def build(bench: Bench) -> Iterator[Callable[..., str]]:
    """A build on exports, of which nothing stays; gives the words of what stops it, or ""."""

    def built(exports: dict[str, str | bytes], named: str = ".") -> str:
        write(FOLDER, exports)
        try:
            bench.read(FOLDER.absolute() / named)
            bench.run("int_assessments_parsed")
            bench.failed("assert_names_are_real")
        except duckdb.Error as error:
            return str(error)
        return ""

    with bench.undone():
        yield built


@pytest.mark.parametrize(("content", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_bad_file_has_its_fault_in_one_line(content, words) -> None:
    fault = fault_of(content)
    assert words in fault
    assert fault.isprintable()
    assert len(fault) < 280


def test_more_rows_than_any_export_has_are_a_fault(monkeypatch) -> None:
    monkeypatch.setattr(reader, "MOST", 1)
    assert fault_of(HEADER + ROW) is None
    monkeypatch.setattr(store, "READER", "other")
    assert "has more than 1 rows" in fault_of(HEADER + ROW + OTHER)


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_stops_the_build_with_its_name_and_cause(build, content, words) -> None:
    message = build({NAME: content})
    assert NAME in message
    assert words in message


@pytest.mark.parametrize(
    ("exports", "words"),
    [
        *(({name: HEADER + ROW}, f"{name} is not named as the portal") for name in BAD_NAMES),
        (dict.fromkeys((NAME, LATER), HEADER + ROW), f"{NAME} and {LATER} are of the same day"),
        ({NAME: "", NEXT_DAY: HEADER}, f"{NAME} is empty"),
        ({NAME: "", NEXT_DAY: HEADER}, f"{NEXT_DAY} has a header but no rows"),
        ({}, "No DSPT export in"),
        ({"Exports.xlsx": b"PK"}, "but Exports.xlsx, a"),
    ],
)
def test_every_wrong_name_and_file_stops_the_build(build, exports, words) -> None:
    assert words in build(exports)


def test_a_workbook_as_the_export_stops_the_build(build) -> None:
    workbook = {"DSPT.xlsx": b"PK\x03\x04..[Content_Types].xml"}
    assert "DSPT.xlsx is a workbook; open it and save it" in build(workbook, "DSPT.xlsx")


@pytest.mark.parametrize(("content", "check"), ODD.values(), ids=ODD.keys())
def test_an_odd_file_is_read_with_a_finding(content, check) -> None:
    lists = listed({NAME: content, "Copy.XLSX": b"PK"})
    [[name, rows_file, *_, data_rows, fault]] = lists["exports"]
    assert (name, data_rows, fault) == (NAME, 2, None)
    assert rows_of(rows_file, "organisation_code, status") == [
        ("X01", "22/23 Standards Met"),
        ("X02", "22/23 Standards Met"),
    ]
    assert [finding[:2] for finding in lists["findings"]] == [
        ["Copy.XLSX", "workbook"],
        [NAME, check],
    ]


HIDDEN = {
    "tab": "\t", "no-break space": "\xa0", "zero-width space": "\u200b", "BOM": "\ufeff",
    "ideographic space": "\u3000", "soft hyphen": "\xad", "control": "\x01", "line": "\u2028",
    "filler": "\u3164", "right to left": "\u202e", "variation": "\ufe0f",
}  # fmt: skip


@pytest.mark.parametrize("sign", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_is_invisible_at_the_ends_is_taken_off(sign) -> None:
    row = ROW.strip().replace(",", f"{sign},{sign}")
    lists = listed({NAME: f"{HEADER}{OTHER} {sign} {row}{sign}\r\n"})
    [[_, rows_file, *_, fault]] = lists["exports"]
    assert fault is None
    assert rows_of(rows_file, "columns(* exclude (sha256))")[0] == (
        "X01", "X01", "Invented House", "22/23 Standards Met", "30/06/2023", "Social Care", None,
    )  # fmt: skip
    assert "has 6 cell(s) with invisible characters" in lists["findings"][0][2]
    assert f'the first in line 3: " U+{ord(sign):04X} X01U+' in lists["findings"][0][2]


def test_an_export_is_read_once(monkeypatch) -> None:
    """A file that is as it was is not looked into; a known content is not read."""
    # two are read in two processes
    first = listed({NAME: HEADER + ROW, NEXT_DAY: HEADER + OTHER})
    assert [fault for *_, fault in first["exports"]] == [None, None]
    with monkeypatch.context() as changing:
        changing.delattr(reader, "examine")
        with pytest.raises(AttributeError):  # so young a file can change and look as it did
            store.update()
    monkeypatch.delattr(reader, "read")
    monkeypatch.setattr(publishing, "SETTLED", -1)
    (FOLDER / NAME).touch()
    assert store.update() == first
    monkeypatch.delattr(reader, "examine")
    assert store.update() == first
    (FOLDER / NAME).touch()
    with pytest.raises(AttributeError):
        store.update()


@pytest.mark.parametrize("by", ["writing", "renaming"])
def test_other_bytes_of_the_same_size_and_time_are_read(monkeypatch, by) -> None:
    monkeypatch.setattr(publishing, "SETTLED", -1)
    file = FOLDER / NAME
    before = listed({NAME: HEADER + ROW})["exports"]
    stat = file.stat()
    other = file if by == "writing" else file.with_suffix(".new")
    other.write_bytes((HEADER + OTHER).encode())
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(file)
    [[_, rows_file, size, sha256, *_]] = store.update()["exports"]
    assert size == before[0][2] and sha256 != before[0][3]
    assert rows_of(rows_file, "organisation_code") == [("X02",)]
    file.unlink()
    assert [name for name, *_ in store.update()["exports"]] == [None]


def test_bytes_that_change_while_they_are_read_are_not_kept(monkeypatch) -> None:
    examine = reader.examine

    def too_late(path: Path) -> reader.Content:
        content = examine(path)
        path.write_bytes((HEADER + OTHER).encode())
        return content

    with monkeypatch.context() as changing:
        changing.setattr(reader, "examine", too_late)
        assert "changed while it was being read" in fault_of(HEADER + ROW)
    assert rows_of(store.update()["exports"][0][1], "organisation_code") == [("X02",)]
    [[_, rows_file, *_]] = listed({NAME: HEADER + ROW})["exports"]
    assert rows_of(rows_file, "organisation_code") == [("X01",)]


@pytest.mark.parametrize("part", [(store.duckdb, "__version__"), (store.sys, "version")])
def test_what_another_version_has_read_is_read_again(monkeypatch, part) -> None:
    now = store.READER
    with monkeypatch.context() as other:
        other.setattr(*part, "9.9.9")
        assert importlib.reload(store).READER != now
    assert importlib.reload(store).READER == now


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "lost": lambda content: None,
    "half": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "other bytes": lambda content: content[:40] + bytes(8) + content[48:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_the_store_has_lost_or_damaged_is_read_again(monkeypatch, damage) -> None:
    monkeypatch.setattr(publishing, "SETTLED", -1)
    first = listed({NAME: HEADER + ROW, NEXT_DAY: ""})
    for file in sorted(store.STORE.iterdir()):
        whole = file.read_bytes()
        content = DAMAGES[damage](whole)
        file.unlink()
        if content is not None:
            file.write_bytes(content)
        assert store.update() == first
        assert file.read_bytes() == whole, file


def test_a_link_is_read_under_its_own_name_and_a_broken_one_named() -> None:
    kept = Path("annex").absolute()
    write(kept, {"a": HEADER + ROW, "b": HEADER + OTHER})
    names = [NAME, NEXT_DAY, NAME.replace("16_11", "18_11")]
    write(FOLDER, {})
    for name, target in zip(names, (kept / "a", "../annex/b", "nowhere"), strict=True):
        (FOLDER / name).symlink_to(target)
    exports = store.update()["exports"]
    assert [row[0] for row in exports] == names
    codes = [rows_of(rows_file, "organisation_code") for _, rows_file, *_ in exports[:2]]
    assert codes == [[("X01",)], [("X02",)]]
    assert exports[2][1] is None and "is a link that leads nowhere" in exports[2][-1]
    (kept / "a").write_bytes((HEADER + OTHER).encode())
    assert rows_of(store.update()["exports"][0][1], "organisation_code") == [("X02",)]


def test_nothing_that_lies_beside_the_exports_is_passed_over_in_silence() -> None:
    """Every name of the folder is an export or in a finding, but for what holds no data."""
    no_data = {".hidden.csv", "~$DSPT.xlsx", ".~lock.DSPT.csv#", "README.md"}
    others = {"notes.txt", "DSPT.xlsx", "DSPT search results 01_07_2024.csv.gz", "older exports"}
    named = {NAME, NAME.upper(), "folder.csv"}
    write(FOLDER, dict.fromkeys((no_data | others | named) - {"folder.csv"}, HEADER + ROW))
    (FOLDER / "older exports").unlink()
    (FOLDER / "older exports").mkdir()
    (FOLDER / "folder.csv").mkdir()
    lists = store.update()
    assert {row[0] for row in lists["exports"]} == named
    assert {row[0] for row in lists["findings"]} == others
    assert {row[0]: row[-1] for row in lists["exports"]}["folder.csv"].startswith("cannot be read")


def test_a_name_that_is_no_text_is_told_by_its_bytes() -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    [[name_in_list, *_]] = listed({name: HEADER + ROW})["exports"]
    assert name_in_list == "caf\\xe9.csv"


def test_what_cannot_be_read_or_written_is_one_line_with_its_path(monkeypatch) -> None:
    def refused(folder: str) -> list[str]:
        raise PermissionError(13, "Permission denied", folder)

    with monkeypatch.context() as denied:
        denied.setattr(store.os, "listdir", refused)
        with pytest.raises(
            publishing.Stopped, match="cannot be read .*Permission denied: .*exports"
        ):
            listed({NAME: HEADER + ROW})
    shutil.rmtree(store.STORE)
    store.STORE.write_text("a file where the folder should be")
    with pytest.raises(publishing.Stopped, match="cannot be read .*File exists: .*.exports"):
        listed({NAME: HEADER + ROW})


PIECES = [b'"', b",", b"\r", b"\n", b" ", b"X01", ROW.encode()]
UNSEEN = [b"\0", b"\x81", b"\xe2\x80\x8b"]
# what makes up for a byte or a line that is missing elsewhere
OFFSET = [
    " " * (len(HEADER.strip()) - 2) + "\r\n" + HEADER + ROW + OTHER,
    HEADER + "\r\n" + ROW + OTHER.replace(",\r\n", ",NHS SOM"),
    HEADER + "\r\n" + ROW + OTHER.removesuffix("\r\n"),
    *(
        (HEADER + ROW.replace("Invented House", '"Two\r\nlines"') + last).replace("\r", "")
        for last in ('X02,"House" ,22/23 Standards Met,,,', "X02,House,22/23 Standards Met,,,,")
    ),
]


def damaged(text: str, pieces: list[bytes], chance: random.Random) -> bytes:
    """An export with one to four of its parts changed, cut out or doubled."""
    content = text.encode()
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.choices(range(len(content) + 1), k=2))
        to = min(to, at + chance.choice((0, 1, 99)))
        content = content[:at] + chance.choice(pieces) + content[to:]
    return content


def test_what_is_read_as_plain_is_read_alike_by_record(monkeypatch) -> None:
    """Every odd and bad file here, 600 damaged ones, and two as the portal gives them."""
    chance = random.Random(20231116)
    quoted = ROW.replace("Invented House", '"Sun, Moon"').replace("30/06/2023", "NULL")
    wholes = [HEADER + quoted + OTHER, (HEADER + quoted + OTHER).replace("\r", "")]
    table = [content for kinds in (FAULTS, BAD, ODD) for content, _ in kinds.values()]
    plain = [*PIECES, b" ", b"x", b"NULL"]
    drawn = [HEADER.encode() + damaged(quoted + OTHER, plain, chance) for _ in range(100)]
    two_lines = HEADER + ROW.replace("Invented House", '"Sun,\r\n""Moon"""') + OTHER
    drawn += [damaged(two_lines, [*PIECES, *UNSEEN], chance) for _ in range(500)]
    file, rows = FOLDER / NAME, Path("rows")
    read_as_plain, faults = [], {}
    write_plain = reader.Export.write_plain

    def watched(export: reader.Export, target: Path) -> bool:
        is_plain = write_plain(export, target)
        read_as_plain.extend([content] * is_plain)
        return is_plain

    monkeypatch.setattr(reader.Export, "write_plain", watched)
    for content in [*table, *OFFSET, *drawn, *wholes]:
        write(FOLDER, {NAME: content})
        examined = reader.examine(file)
        found = reader.read(file, examined, rows)
        kept = found.fault or rows_of(str(rows), "*")
        if examined.is_printable:
            assert found == reader.read(file, examined._replace(is_printable=False), rows), content
            assert kept == found.fault or kept == rows_of(str(rows), "*"), content
        assert found.fault or found.data_rows in range(1, 9), content
        faults[content] = found.fault and found.fault[:12]
    assert read_as_plain[-2:] == wholes
    assert any(content in drawn for content in read_as_plain)
    assert len({faults[content] for content in drawn}) > 8


def test_an_export_is_read_and_no_other_that_its_name_may_mean(monkeypatch) -> None:
    write(FOLDER, {TWICE: HEADER + ROW, TWICE.replace("[1]", "1"): HEADER + OTHER})
    file, rows = FOLDER / TWICE, Path("rows")
    monkeypatch.delattr(reader.Export, "frame")
    assert reader.read(file, reader.examine(file), rows).data_rows == 1
    assert rows_of(str(rows), "organisation_code") == [("X01",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_encoding_gives_the_same_text(bench, build, encoding) -> None:
    name = "St Mary’s “Home” – Zoë’s, €5 \\x41"
    row = ROW.replace("Invented House", '"' + name.replace('"', '""') + '"')
    assert build({NAME: (HEADER + row).encode(encoding)}) == ""
    assert bench.rows("select organisation_name from rules.int_assessments_parsed") == [(name,)]


def test_every_header_of_the_years_is_read(bench, build) -> None:
    """The forms of 2019, 2020, 2022, and 2023 with spaces and a column more; codes stay text."""
    failed = build({
        "DSPT Progress as of 17_06_2019 09_00_00 publish.csv":
            "OrganisationName,ODSCode,PublicationStatus,DateOfPublication,PrimarySector,"
            "CCG (from ODS and CQC)\n"
            "Old House,x00,Standards Met (19-20),CompletedThroughQIO,GP,OLD CCG\n"
            "Blank,X09,,,GP,\n",
        "DSPT search results 23_10_2020 15_39_05.csv":
            "Code,Organisation Name,Latest Status,Date Of Publication,Primary Sector,"
            "Commissioner (From ODS)\n"
            "102,A,19/20 Standards Not Fully Met (Plan Agreed),23/10/2020,GP,\n",
        "DSPT search results 09_09_2022 12_44_07.csv":
            "Code,Organisation Name,Status,Date Of Publication,Primary Sector,"
            "Commissioner (From ODS)\n"
            "8E395,B,Not Published,null,GP,\n",
        NAME: " CODE ,Colour," + HEADER.partition(",")[2] + "X03,red" + ROW.removeprefix("X01"),
    })  # fmt: skip
    assert failed == ""
    assert bench.rows(
        "select organisation_code, edition, outcome, cast(published_on as varchar)"
        " from rules.int_assessments_parsed order by first_snapshot_date, organisation_code"
    ) == [
        ("X00", "19/20", "Standards Met", None),
        ("X09", None, "Not Published", None),
        ("102", "19/20", "Approaching Standards", "2020-10-23"),
        ("8E395", None, "Not Published", None),
        ("X03", "22/23", "Standards Met", "2023-06-30"),
    ]


@pytest.mark.parametrize("named", [".", "{folder}", TWICE, "{folder}/" + TWICE, "*2023*[[]1].csv"])
def test_exports_are_a_folder_a_file_or_a_glob(tmp_path, monkeypatch, named) -> None:
    """In a folder, or of a name, with quotes and signs of globs."""
    folder = tmp_path / "Kay's [new] exports?"
    write(folder, {TWICE: HEADER + ROW, "notes.txt": "not an export"})
    monkeypatch.setenv("DSPT_EXPORTS", named.format(folder=folder))
    assert [Path(export) for export in find(folder)[0]] == [folder / TWICE]
    monkeypatch.chdir(folder)
    [[name, rows_file, *_]] = store.update()["exports"]
    assert name == TWICE
    assert rows_of(rows_file, "organisation_code") == [("X01",)]


@pytest.mark.parametrize("inside", ["\r", "\n", "\r\n", "\r\n\r"])
def test_a_line_break_in_the_first_name_is_kept(inside) -> None:
    """What ends the first row is not to be guessed from what is in it."""
    name = f"Two{inside}lines"
    [[_, rows_file, *_, fault]] = listed(
        {NAME: HEADER + ROW.replace("Invented House", f'"{name}"') + OTHER}
    )["exports"]
    assert fault is None
    assert rows_of(rows_file, "organisation_name") == [(name,), ("Invented House",)]
