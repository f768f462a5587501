"""Spoilt exports: refused by file and cause in one line, or read with the outcomes of the oracle.

Real exports are changed at random. The reader reads them, and the bench builds on what it read; the
oracle has the same bytes, read apart by the words of R1. Nothing else can come of an export.
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

import duckdb
import pytest
from counted import meaning, seeds
from oracle import Oracle, Row

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


def headers(rows: Rows, chance: random.Random) -> None:
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


def lines(rows: Rows, chance: random.Random) -> bytes | None:
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
    return None


def cells(rows: Rows, chance: random.Random) -> None:
    for row in some(rows, chance)[:5]:
        row[chance.randrange(6)] = chance.choice(TEXTS)


def dates(rows: Rows, chance: random.Random) -> None:
    new = chance.choice(DATES)
    for row in some(rows, chance):
        row[DATE] = new


def statuses(rows: Rows, chance: random.Random) -> None:
    new = chance.choice(EDITIONS) + chance.choice(LABELS) + chance.choice(["", "", " ", "."])
    for row in some(rows, chance):
        row[STATUS] = new


def codes(rows: Rows, chance: random.Random) -> None:
    change = chance.choice([
        str, str.lower, lambda code: f"{code}X", lambda code: code[::-1],
        lambda code: f"{code[:1]} {code[1:]}", lambda _: "8E+5", lambda _: rows[1][CODE],
    ])  # fmt: skip
    beside = chance.choice(["", " "])
    for row in some(rows, chance):
        row[CODE] = f"{beside}{change(row[CODE])}{beside}"


def invisible(rows: Rows, chance: random.Random) -> None:
    sign, column = chance.choice(SIGNS), chance.choice([CODE, CODE, NAME, STATUS, DATE])
    place = chance.choice([0, 0, 2, 1000, 1000])
    for row in some(rows, chance):
        row[column] = row[column][:place] + sign + row[column][place:]


KINDS: list[Callable[[Rows, random.Random], bytes | None]] = [
    encoding, reading, headers, lines, cells, dates, statuses, codes, invisible,
]  # fmt: skip
TWO, WHOLE = "two files", "whole export"


def rows_of(export: Path) -> Rows:
    return list(csv.reader(io.StringIO(export.read_text("utf-8-sig"), newline="")))


def spoilt(number: int, whole: Rows) -> tuple[str, dict[str, bytes]]:
    """Spoils an export, each tenth beside another or a whole one: how, and the files."""
    chance = random.Random(f"{SEED} {number}")

    def after(kind: Callable[[Rows, random.Random], bytes | None], rows: Rows) -> bytes:
        content = kind(rows, chance)  # or it has changed the rows alone
        return text_of(rows).encode() if content is None else content

    first, second = chance.sample(EXPORTS, 2)
    if number % 10 < len(KINDS):
        kind = KINDS[number % 10]
        return kind.__name__, {first.name: after(kind, rows_of(first))}
    kind = chance.choice(KINDS)
    day_before = EXPORTS[1].name.replace("09_09", "08_09")
    if number % 40 == 39:
        beside = {day_before: text_of(whole).encode()} if chance.randrange(2) else {}
        return WHOLE, beside | {EXPORTS[1].name: after(kind, [row.copy() for row in whole])}
    name = chance.choice(
        [second.name, second.name, day_before, first.name[:-6] + "59.csv", second.name.upper()]
    )
    other = (
        second.read_bytes() if chance.randrange(2) else after(chance.choice(KINDS), rows_of(second))
    )
    return TWO, {first.name: after(kind, rows_of(first)), name: other}


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


def shown(content: bytes, day: date, labels: dict[str, str]) -> list[Row]:
    """What an export that is read says, by the words of R1."""
    rows = cleaned(content)
    header = [cell.lower() for cell in rows[0]]
    code, published = header.index("code"), header.index("date of publication")
    [status] = [header.index(name) for name in ("status", "latest status") if name in header]
    assessments = []
    for row in rows[1:]:
        if row[published].lower() not in ("", "null"):
            assert datetime.strptime(row[published], "%d/%m/%Y").year >= 2000
        edition, outcome = meaning(row[status], labels)
        assert edition or (row[status] and outcome == "Not Published"), (
            f"“{row[status]}” has no edition and was not refused"
        )
        assessments.append(Row(
            snapshot_date=day, organisation_code=row[code].upper(), edition=edition,
            outcome=outcome,
        ))  # fmt: skip
    return assessments


class Real:
    """The oracle with the real seeds, beside the bench that has them too."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.seeds = bench, seeds(ROOT / "seeds")
        self.labels = {row.label: row.outcome for row in self.seeds.dspt_status_labels}
        nobody = Oracle(Row(self.seeds, assessments=[]))
        pairs = nobody.successions(date.max)
        self.known = nobody.types.keys() | {code for pair in pairs for code in pair}
        with_invented = [*rows_of(EXPORTS[1]), *rows_of(next(generate.exports(folder)))[1:]]
        self.whole = with_invented[: generate.SIZE]

    def expected(self, files: dict[str, bytes]) -> dict[tuple[date, str], str]:
        """The outcome of everybody in scope, by the oracle."""
        days = {name: datetime.strptime(name[20:30], "%d_%m_%Y").date() for name in files}
        said = [row for name, day in days.items() for row in shown(files[name], day, self.labels)]
        said = [row for row in said if row.organisation_code in self.known]
        oracle = Oracle(Row(self.seeds, assessments=said))
        return {
            (day, code): oracle.entry(code, day).outcome
            for day in days.values()
            for code in oracle.in_scope(day)
        }

    def became(self, files: dict[str, bytes], folder: Path) -> str:
        """What came of these exports; that it is one of two is what all of this is about."""
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with self.bench.undone():
            try:
                self.bench.read(folder)
                self.bench.run("fct_compliance")
            except duckdb.InvalidInputException as error:
                check_words(str(error), files)
                return "refused"
            rows = self.bench.rows(
                "select snapshot_date, organisation_code, outcome from marts.fct_compliance"
            )
        built = {(day, code): outcome for day, code, outcome in rows}
        assert len(built) == len(rows), "somebody is there twice"
        assert built == self.expected(files)
        return "built"


REFUSED = "Invalid Input Error: The build stops. "


def check_words(refused: str, files: dict[str, bytes]) -> None:
    """That a refusal is one line which names a file, the cause, and what to do."""
    assert refused.startswith(REFUSED), refused
    assert refused.isprintable(), "it is one line, and all of it is seen"
    for problem in refused.removeprefix(REFUSED).split(" | "):
        assert any(name in problem for name in files), problem
        assert len(problem) < 500, problem
        assert re.search("[;:.] .", problem), f"what is there to do? {problem}"


@pytest.fixture(scope="module")
def real(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Real:
    return Real(bench, tmp_path_factory.mktemp("real"))


def says_the_same(kind: str, files: dict[str, bytes]) -> bool:
    """Whether an export says all that it said, so that there is nothing to refuse it for."""
    if kind in ("reading", TWO, WHOLE):
        return False
    [(name, content)] = files.items()
    [export] = [export for export in EXPORTS if export.name == name]
    return b"\0" not in content and cleaned(content) == rows_of(export)


@pytest.mark.parametrize(
    "number",
    [pytest.param(50, marks=pytest.mark.full), pytest.param(MANY, marks=pytest.mark.faults)],
)
def test_a_spoilt_export_is_refused_or_right(real, tmp_path, number) -> None:
    started = time.monotonic()
    counts: dict[str, Counter[str]] = {}
    for which in range(number):
        kind, files = spoilt(which, real.whole)
        place = tmp_path / str(which)
        place.mkdir()
        try:
            end = real.became(files, place)
            assert end == "built" or not says_the_same(kind, files)
        except Exception as error:
            error.add_note(f"FAULTS_SEED={SEED}, export {which} ({kind}), kept in {place}")
            raise
        counts.setdefault(kind, Counter())[end] += 1
        shutil.rmtree(place)
    total = sum(counts.values(), Counter[str]())
    assert min(total["refused"], total["built"]) > number / 5
    by_kind = ", ".join(f"{n['refused']} and {n['built']} of {kind}" for kind, n in counts.items())
    said = (
        f"`make faults` with seed {SEED}: {number:,} spoilt exports in"
        f" {(time.monotonic() - started) / 60:.0f} minutes, each refused with file and cause in one"
        f" line ({total['refused']:,}), or built with every outcome as the oracle has it"
        f" ({total['built']:,}): {by_kind}."
    )
    print(said)
    if number >= ENOUGH:
        assert all(n["refused"] and n["built"] for n in counts.values())
        figures.write("exports", said)
