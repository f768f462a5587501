"""Spoilt exports: refused by file and cause in one line, or read with the outcomes of the oracle.

Real exports are changed at random. The reader reads them, and the bench builds on what it read; the
oracle reads the same bytes apart, by the words of R1, and goes on with the rules of test_rules.py.
Nothing else can come of an export.
"""

import csv
import io
import os
import random
import re
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
import test_rules
from counted import seed, seeds

from tests import figures
from tests.bench import EXPORTS, ROOT, Bench
from tests.benchmarks import generate

SEED = int(os.environ.get("FAULTS_SEED", "20231116"))
MANY = int(os.environ.get("FAULTS_EXPORTS", "2000"))
ENOUGH = 2000
Rows = list[list[str]]
CODE, NAME, STATUS, DATE = range(4)

# --- what is done to an export -------------------------------------------------------------------

SIGNS = "\t\x00\x1f\x7f\xa0\xad\u200b\u200e\u202e\u2060\u3000\ufeff\ufffd\u2800"
DATES = ["2023-06-30", "31/02/2023", "30/06/23", "", "NULL", "1/7/2023", "45107", "30/06/2032",
         "01/01/0000", "30/06/0202"]  # fmt: skip
LABELS = ["Standards Met", "standards exceeded", "Approaching Standards", "Standards Not Met", "Oh"]
EDITIONS = ["22/23 ", "2022/23 ", "22-23  ", "23/24 ", "21/22 ", "20/21 ", "98/99 ", "2022 ", ""]
TEXTS = ["", "=1+1", "Ünïcode", '"quoted"', "two\nlines", "{{ 1 }}", "x" * 10_000, "a, b", "?"]


def text_of(rows: Rows, end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue()


def some(rows: Rows, chance: random.Random) -> Rows:
    """One row, a few, or all."""
    return chance.sample(rows[1:], chance.choice([1, 1, 1, 5, len(rows) - 1]))


def encoding(rows: Rows, chance: random.Random) -> bytes:
    for row in some(rows, chance):
        row[NAME] += chance.choice([" café", " ’s", " 東京"])
    return text_of(rows).encode(chance.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"]), "ignore")


def reading(rows: Rows, chance: random.Random) -> bytes:
    content = bytearray(text_of(rows).encode())
    place = chance.randrange(len(content))
    match chance.randrange(5):
        case 0:
            del content[place:]
        case 1:
            content[place] ^= 1 << chance.randrange(8)
        case 2:
            del content[place : place + chance.choice([1, 1, 50, 5000])]
        case 3:
            content.insert(place, chance.choice(b'\0"\n\r,;'))
        case _:
            end = chance.choice(["\n", "\r", "\n\r", "\r\n\r\n"])
            content = bytearray(text_of(rows, end).encode())
    return bytes(content)


def headers(rows: Rows, chance: random.Random) -> bytes:
    place = chance.randrange(6)
    match chance.randrange(6):
        case 0:
            rows[0][place] = chance.choice(["", "Colour", "Status", "CODE", "Latest Status"])
        case 1:
            for row in rows:
                del row[place]
        case 2:
            for row in rows:
                row.reverse()
        case 3:
            rows[0] = [cell.upper() + " " for cell in rows[0]]
        case 4:
            del rows[0]
        case _:
            rows[0:0] = [[], ["", ""], ["Downloaded today"]][: chance.randrange(1, 4)]
    return text_of(rows).encode()


def lines(rows: Rows, chance: random.Random) -> bytes:
    place = chance.randrange(1, len(rows))
    match chance.randrange(5):
        case 0:
            del rows[place : place + chance.choice([1, 10, len(rows) // 15])]
        case 1:
            rows.append(rows[place])
        case 2:
            rows.insert(place, chance.choice([[], [""] * 6, [""] * 3, ["X"]]))
        case 3:
            rows[1:] = chance.sample(rows[1:], len(rows) - 1)
        case _:
            return text_of(rows).encode().rstrip()
    return text_of(rows).encode()


def cells(rows: Rows, chance: random.Random) -> bytes:
    for row in some(rows, chance)[:5]:
        row[chance.randrange(6)] = chance.choice(TEXTS)
    return text_of(rows).encode()


def dates(rows: Rows, chance: random.Random) -> bytes:
    new = chance.choice(DATES)
    for row in some(rows, chance):
        row[DATE] = new
    return text_of(rows).encode()


def statuses(rows: Rows, chance: random.Random) -> bytes:
    new = chance.choice(EDITIONS) + chance.choice(LABELS) + chance.choice(["", "", " ", "."])
    for row in some(rows, chance):
        row[STATUS] = new
    return text_of(rows).encode()


def codes(rows: Rows, chance: random.Random) -> bytes:
    change = chance.choice([
        str, str.lower, lambda code: f"{code}X", lambda code: code[::-1],
        lambda code: f"{code[:1]} {code[1:]}", lambda _: "8E+5", lambda _: rows[1][CODE],
    ])  # fmt: skip
    beside = chance.choice(["", " "])
    for row in some(rows, chance):
        row[CODE] = f"{beside}{change(row[CODE])}{beside}"
    return text_of(rows).encode()


def invisible(rows: Rows, chance: random.Random) -> bytes:
    sign, column = chance.choice(SIGNS), chance.choice([CODE, CODE, NAME, STATUS, DATE])
    place = chance.choice([0, 0, 2, 1000, 1000])
    for row in some(rows, chance):
        row[column] = row[column][:place] + sign + row[column][place:]
    return text_of(rows).encode()


KINDS: list[Callable[[Rows, random.Random], bytes]] = [
    encoding, reading, headers, lines, cells, dates, statuses, codes, invisible,
]  # fmt: skip
TWO, WHOLE = "two files", "whole export"


def rows_of(export: Path) -> Rows:
    return list(csv.reader(io.StringIO(export.read_text("utf-8-sig"), newline="")))


def spoilt(number: int, whole: Rows) -> tuple[str, dict[str, bytes]]:
    """Spoils an export, each tenth beside another or a whole one: how, and the files."""
    chance = random.Random(f"{SEED} {number}")
    first, second = chance.sample(EXPORTS, 2)
    if number % 10 < len(KINDS):
        kind = KINDS[number % 10]
        return kind.__name__, {first.name: kind(rows_of(first), chance)}
    kind = chance.choice(KINDS)
    day_before = EXPORTS[1].name.replace("09_09", "08_09")
    if number % 40 == 39:
        beside = {day_before: text_of(whole).encode()} if chance.randrange(2) else {}
        return WHOLE, beside | {EXPORTS[1].name: kind([row.copy() for row in whole], chance)}
    name = chance.choice(
        [second.name, second.name, day_before, first.name[:-6] + "59.csv", second.name.upper()]
    )
    other = (
        second.read_bytes()
        if chance.randrange(2)
        else chance.choice(KINDS)(rows_of(second), chance)
    )
    return TWO, {first.name: kind(rows_of(first), chance), name: other}


# --- the oracle ----------------------------------------------------------------------------------


def clean(cell: str) -> str:
    """A cell without what is not seen at its ends."""

    def hidden(sign: str) -> bool:
        return unicodedata.category(sign)[0] in "CZ" or sign in "\ufffd\u2800"

    while cell and hidden(cell[0]):
        cell = cell[1:]
    while cell and hidden(cell[-1]):
        cell = cell[:-1]
    return cell


def cleaned(content: bytes) -> Rows:
    """The rows that say something."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    rows = [list(map(clean, row)) for row in csv.reader(io.StringIO(text, newline=""))]
    return list(filter(any, rows))


def shown(content: bytes, day: date, labels: dict[str, str]) -> list[test_rules.Assessment]:
    """What an export that is read says, by the words of R1."""
    rows = cleaned(content)
    header = [cell.lower() for cell in rows[0]]
    code, published = header.index("code"), header.index("date of publication")
    [status] = [header.index(name) for name in ("status", "latest status") if name in header]
    assessments = []
    for row in rows[1:]:
        if row[published].lower() not in ("", "null"):
            assert datetime.strptime(row[published], "%d/%m/%Y").year >= 2000
        said = row[status].rstrip(".").strip()
        found = re.fullmatch("(?:20)?([0-9]{2})[/-]([0-9]{2}) +(.+)", said)
        outcome = labels[(found[3] if found else said).lower()]
        is_published = outcome != "Not Published"
        assert found or not is_published, f"{said} has no edition and was not refused"
        edition = f"{found[1]}/{found[2]}" if found and is_published else None
        assessments.append(test_rules.Assessment(day, row[code].upper(), edition, outcome))
    return assessments


Outcomes = dict[tuple[date, str], str]


class Verdict(NamedTuple):
    """What came of an export: the words that refuse it, or the outcomes."""

    refused: str
    outcomes: Outcomes


class Real:
    """The oracle with the real seeds, beside the bench that has them too."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.labels = {row.label: row.outcome for row in seed(ROOT / "seeds", "dspt_status_labels")}
        self.seeds = seeds(ROOT / "seeds")
        nobody = test_rules.Oracle(test_rules.World([], *self.seeds, []))
        pairs = nobody.successions(date.max)
        self.known = nobody.types.keys() | {code for pair in pairs for code in pair}
        with_invented = [*rows_of(EXPORTS[1]), *rows_of(next(generate.exports(folder)))[1:]]
        self.whole = with_invented[: generate.SIZE]

    def expected(self, files: dict[str, bytes]) -> Outcomes:
        """The outcome of everybody in scope, by the oracle."""
        days = {name: datetime.strptime(name[20:30], "%d_%m_%Y").date() for name in files}
        said = [row for name, day in days.items() for row in shown(files[name], day, self.labels)]
        said = [row for row in said if row.organisation_code in self.known]
        oracle = test_rules.Oracle(test_rules.World(list(days.values()), *self.seeds, said))
        return {
            (day, code): (oracle.own(code, day) or oracle.inherited(code, day) or NOTHING)[0]
            for day in days.values()
            for code in oracle.in_scope(day)
        }

    def computed(self, files: dict[str, bytes], folder: Path) -> Verdict:
        """What the reader and the SQL make of files, in a folder of their own."""
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with self.bench.undone():
            try:
                self.bench.read(folder)
                self.bench.run("fct_compliance")
            except duckdb.InvalidInputException as error:
                return Verdict(str(error), {})
            rows = self.bench.rows(
                "select snapshot_date, organisation_code, outcome from marts.fct_compliance"
            )
        outcomes = {(day, code): outcome for day, code, outcome in rows}
        assert len(outcomes) == len(rows), "somebody is there twice"
        return Verdict("", outcomes)


NOTHING = ("Not Published",)
REFUSED = "Invalid Input Error: The build stops. "


@pytest.fixture(scope="module")
def real(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Real:
    return Real(bench, tmp_path_factory.mktemp("real"))


def became(real: Real, files: dict[str, bytes], folder: Path) -> str:
    """What came of these exports; that it is one of two is what all of this is about."""
    refused, outcomes = real.computed(files, folder)
    if refused:
        assert refused.startswith(REFUSED), refused
        assert refused.isprintable(), "it is one line, and all of it is seen"
        for problem in refused.removeprefix(REFUSED).split(" | "):
            assert any(name in problem for name in files), problem
            assert len(problem) < 500, problem
            assert re.search("[;:.] .", problem), f"what is there to do? {problem}"
        return "refused"
    expected = real.expected(files)
    wrong = {
        key: {"rules": expected.get(key), "built": outcomes.get(key)}
        for key in expected.keys() | outcomes.keys()
        if expected.get(key) != outcomes.get(key)
    }
    assert not wrong
    return "built"


def says_the_same(kind: str, files: dict[str, bytes]) -> bool:
    """Whether an export says all that it said, so that there is nothing to refuse it for."""
    if kind in ("reading", TWO, WHOLE):
        return False
    [(name, content)] = files.items()
    [export] = [export for export in EXPORTS if export.name == name]
    return b"\0" not in content and cleaned(content) == rows_of(export)


def try_some(real: Real, number: int, folder: Path) -> dict[str, Counter[str]]:
    """Tries so many spoilt exports; counts what came of those of each kind."""
    counts: dict[str, Counter[str]] = {}
    for which in range(number):
        kind, files = spoilt(which, real.whole)
        place = folder / str(which)
        place.mkdir()
        try:
            end = became(real, files, place)
            assert end == "built" or not says_the_same(kind, files)
        except Exception as error:
            error.add_note(f"FAULTS_SEED={SEED}, export {which} ({kind}), kept in {place}")
            raise
        counts.setdefault(kind, Counter())[end] += 1
        shutil.rmtree(place)
    return counts


@pytest.mark.full
def test_a_spoilt_export_is_refused_or_right(real, tmp_path) -> None:
    counts = try_some(real, 50, tmp_path)
    total = sum(counts.values(), Counter[str]())
    assert total["refused"] > 10
    assert total["built"] > 10


@pytest.mark.faults
def test_thousands_of_spoilt_exports_are_refused_or_right(real, tmp_path) -> None:
    started = time.monotonic()
    counts = try_some(real, MANY, tmp_path)
    total = sum(counts.values(), Counter[str]())
    by_kind = ", ".join(f"{n['refused']} and {n['built']} of {kind}" for kind, n in counts.items())
    said = (
        f"`make faults` with seed {SEED}: {MANY:,} spoilt exports in"
        f" {(time.monotonic() - started) / 60:.0f} minutes, each refused with file and cause in one"
        f" line ({total['refused']:,}), or built with every outcome as the oracle has it"
        f" ({total['built']:,}): {by_kind}."
    )
    print(said)
    if MANY >= ENOUGH:
        assert all(n["refused"] and n["built"] for n in counts.values())
        figures.write("exports", said)
