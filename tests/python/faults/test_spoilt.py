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
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from counted import cleaned, read, seeds, taken
from oracle import Oracle, Row

from tests import long_runs
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


def put(rows: Rows, chance: random.Random, column: int, new: Callable[[str], str]) -> Rows:
    """Other cells of a column, in some rows."""
    for row in some(rows, chance):
        row[column] = new(row[column])
    return rows


def encoding(rows: Rows, chance: random.Random) -> bytes:
    text = text_of(put(rows, chance, NAME, lambda n: n + chance.choice([" café", " ’s", " 東京"])))
    return text.encode(chance.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"]), "ignore")


def reading(rows: Rows, chance: random.Random) -> bytes:
    content = text_of(rows).encode()
    at = chance.randrange(len(content))
    start, rest = content[:at], content[at:]
    changed = chance.choice([
        lambda: start,
        lambda: start + bytes([rest[0] ^ 1 << chance.randrange(8)]) + rest[1:],
        lambda: start + rest[chance.choice([1, 1, 50, 5000]) :],
        lambda: start + bytes([chance.choice(b'\0"\n\r,;')]) + rest,
        lambda: text_of(rows, chance.choice(["\n", "\r", "\n\r", "\r\n\r\n"])).encode(),
    ])  # fmt: skip
    return changed()


def headers(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(6)
    header, *others = rows
    words = ["", "Colour", "Status", "CODE", "Latest Status"]
    changed = chance.choice([
        lambda: [[*header[:at], chance.choice(words), *header[at + 1 :]], *others],
        lambda: [row[:at] + row[at + 1 :] for row in rows],
        lambda: [row[::-1] for row in rows],
        lambda: [[cell.upper() + " " for cell in header], *others],
        lambda: others,
        lambda: [[], ["", ""], ["Downloaded today"]][: chance.randrange(1, 4)] + rows,
    ])  # fmt: skip
    return changed()


def lines(rows: Rows, chance: random.Random) -> Rows | bytes:
    at = chance.randrange(1, len(rows))
    changed = chance.choice([
        lambda: rows[:at] + rows[at + chance.choice([1, 10, len(rows) // 15]) :],
        lambda: [*rows, rows[at]],
        lambda: [*rows[:at], chance.choice([[], [""] * 6, [""] * 3, ["X"]]), *rows[at:]],
        lambda: [rows[0], *chance.sample(rows[1:], len(rows) - 1)],
        lambda: text_of(rows).encode().rstrip(),
    ])  # fmt: skip
    return changed()


def cells(rows: Rows, chance: random.Random) -> Rows:
    for row in some(rows, chance)[:5]:
        row[chance.randrange(6)] = chance.choice(TEXTS)
    return rows


def dates(rows: Rows, chance: random.Random) -> Rows:
    new = chance.choice(DATES)
    return put(rows, chance, DATE, lambda _: new)


def statuses(rows: Rows, chance: random.Random) -> Rows:
    new = chance.choice(EDITIONS) + chance.choice(LABELS) + chance.choice(["", "", " ", "."])
    return put(rows, chance, STATUS, lambda _: new)


def codes(rows: Rows, chance: random.Random) -> Rows:
    change = chance.choice([
        str, str.lower, lambda code: f"{code}X", lambda code: code[::-1],
        lambda code: f"{code[:1]} {code[1:]}", lambda _: "8E+5", lambda _: rows[1][CODE],
    ])  # fmt: skip
    beside = chance.choice(["", " "])
    return put(rows, chance, CODE, lambda code: f"{beside}{change(code)}{beside}")


def invisible(rows: Rows, chance: random.Random) -> Rows:
    sign, column = chance.choice(SIGNS), chance.choice([CODE, CODE, NAME, STATUS, DATE])
    at = chance.choice([0, 0, 2, 1000, 1000])
    return put(rows, chance, column, lambda cell: cell[:at] + sign + cell[at:])


Kind = Callable[[Rows, random.Random], Rows | bytes]
KINDS: list[Kind] = [
    encoding, reading, headers, lines, cells, dates, statuses, codes, invisible,
]  # fmt: skip
TWO, WHOLE = "two files", "whole export"


def rows_of(export: Path) -> Rows:
    return list(csv.reader(io.StringIO(export.read_text("utf-8-sig"), newline="")))


def spoilt(number: int, whole: Rows) -> tuple[str, dict[str, bytes]]:
    """Spoils an export, each tenth beside another or a whole one: how, and the files."""
    chance = random.Random(f"{SEED} {number}")

    def after(kind: Kind, rows: Rows) -> bytes:
        content = kind(rows, chance)
        return content if isinstance(content, bytes) else text_of(content).encode()

    first, second = chance.sample(EXPORTS, 2)
    if number % 10 < len(KINDS):
        kind = KINDS[number % 10]
        return kind.__name__, {first.name: after(kind, rows_of(first))}
    kind = chance.choice(KINDS)
    if number % 40 == 39:
        one, next_day = (EXPORTS[-1].name.replace("16_11", day) for day in ("01_12", "02_12"))
        beside = {one: text_of(whole).encode()} if chance.randrange(2) else {}
        return WHOLE, beside | {next_day: after(kind, [row.copy() for row in whole])}
    day_before = EXPORTS[0].name.replace("25_10", "24_10")
    name = chance.choice(
        [second.name, second.name, day_before, first.name[:-6] + "59.csv", second.name.upper()]
    )
    other = (
        second.read_bytes() if chance.randrange(2) else after(chance.choice(KINDS), rows_of(second))
    )
    return TWO, {first.name: after(kind, rows_of(first)), name: other}


# --- the oracle ----------------------------------------------------------------------------------


class Real:
    """The oracle with the real seeds, beside the bench that has them too."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.seeds = bench, seeds(ROOT / "seeds")
        self.labels = {row.label: row.outcome for row in self.seeds.dspt_status_labels}
        nobody = Oracle(Row(self.seeds, assessments=[]))
        pairs = nobody.successions(date.max)
        self.known = nobody.types.keys() | {code for pair in pairs for code in pair}
        with_invented = [*rows_of(EXPORTS[-1]), *rows_of(next(generate.exports(folder)))[1:]]
        self.whole = with_invented[: generate.SIZE]

    def expected(self, exports: list[Path]) -> dict[tuple[date, str], str]:
        """The outcome of everybody in scope, by the oracle."""
        rows = [row for export in exports for row in read(export, self.labels, {})]
        for row in rows:
            assert row.published_on or row.published_text.lower() in ("", "null"), row
            assert row.published_on is None or row.published_on.year >= 2000
            assert row.edition or (row.status and row.outcome == "Not Published"), (
                f"“{row.status}” has no edition and was not refused"
            )
        rows = [row for row in rows if row.organisation_code in self.known]
        oracle = Oracle(Row(self.seeds, assessments=rows))
        return {
            (day, code): oracle.entry(code, day).outcome
            for day in (taken(export).date() for export in exports)
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
        assert built == self.expected([*folder.iterdir()])
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
        case = tmp_path / str(which)
        case.mkdir()
        try:
            end = real.became(files, case)
            assert end == "built" or not says_the_same(kind, files)
        except Exception as error:
            error.add_note(f"FAULTS_SEED={SEED}, export {which} ({kind}), kept in {case}")
            raise
        counts.setdefault(kind, Counter())[end] += 1
        shutil.rmtree(case)
    total = sum(counts.values(), Counter[str]())
    assert min(total["refused"], total["built"]) > number / 5
    by_kind = ", ".join(f"{n['refused']} and {n['built']} of {kind}" for kind, n in counts.items())
    figures = (
        f"`make faults` with seed {SEED}: {number:,} spoilt exports in"
        f" {(time.monotonic() - started) / 60:.0f} minutes, each refused with file and cause in one"
        f" line ({total['refused']:,}), or built with every outcome as the oracle has it"
        f" ({total['built']:,}): {by_kind}."
    )
    print(figures)
    if number >= ENOUGH:
        assert all(n["refused"] and n["built"] for n in counts.values())
        long_runs.write("exports", figures)
