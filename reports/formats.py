"""How values read on a page, and templates that know it. Only these round, only for show."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

HERE = Path(__file__).parent
NOTHING = "–"
WORDS = {"entered": "new in scope", "left": "no longer in scope", "worsened": "got worse"}
ARROWS = {"improved": "\u2191", "worsened": "\u2193", "unchanged": "\u2192"}

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(text: str) -> str:
    """A text with a replacement for each character that XML does not allow."""
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def rounded(value: Any, decimals: int) -> Decimal:
    """Rounded half up, as published figures are; what binary fractions add is taken away first."""
    exact = Decimal(repr(round(float(value), 9)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0  # never -0


def number(value: Any) -> str:
    """A count: 1,234."""
    return NOTHING if value is None else f"{value:,}".replace("-", "\u2212")


def percent(value: Any) -> str:
    """A share from 0 to 1 as a percentage: 65.7%."""
    return NOTHING if value is None else f"{rounded(float(value) * 100, 1)}%"


def score(value: Any) -> str:
    """A score with two decimals and a real minus sign: −0.10."""
    return NOTHING if value is None else f"{rounded(value, 2)}".replace("-", "\u2212")


def figure(value: Any) -> str:
    """A figure of any kind, without what binary fractions add: 65.7."""
    return NOTHING if value is None else f"{value:g}".replace("-", "\u2212")


def words(value: str | None) -> str:
    """A name from the tables as words: Composite score."""
    spaced = (value or NOTHING).replace("_", " ")
    spaced = spaced.replace("icb", "ICB").replace("england", "England")
    return spaced[0].upper() + spaced[1:]


def day(value: date | None) -> str:
    """A date: 9 September 2022."""
    return NOTHING if value is None else f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """A date with its time: 9 September 2022, 12:44."""
    return NOTHING if value is None else f"{day(value)}, {value:%H:%M}"


def size(value: int) -> str:
    """The size of a file: 37.6 kB."""
    return f"{value} bytes" if value < 1000 else f"{rounded(value / 1000, 1):,} kB"


def short(value: str | None) -> str:
    """The name of an ICB without what every ICB's name has."""
    return re.sub(r"^NHS | Integrated Care Board$", "", value or NOTHING)


def text(value: Any) -> str:
    """Anything else, as it is."""
    return NOTHING if value is None else str(value)


def change(value: str | None) -> str:
    """What became of an outcome, with an arrow before the word: ↑ improved."""
    return f"{ARROWS.get(value or '', '')} {WORDS.get(value or '', value or NOTHING)}".strip()


def sector(value: str | None) -> str:
    """A declared sector: who says “NHS Trust” need not be on the list of trusts."""
    return "Declared as NHS trust" if value == "NHS Trust" else text(value)


def yes(value: bool | None) -> str:
    """Whether something holds: yes, or nothing."""
    return "yes" if value else ""


def listed(values: list[Any]) -> str:
    """Names in a sentence: a, b and c."""
    names = [str(value) for value in values]
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def in_link(value: Any) -> str:
    """A value as a part of a link within the site: nothing in it can lead elsewhere."""
    return quote(str(value).lstrip("/"))


FORMATS: dict[str, Callable[[Any], str]] = {
    "number": number,
    "percent": percent,
    "score": score,
    "figure": figure,
    "words": words,
    "date": day,
    "change": change,
    "sector": sector,
    "yes": yes,
    "time": moment,
    "short": short,
    "size": size,
    "text": text,
}
OF_TYPE = {int: "number", float: "figure", bool: "yes", date: "date", datetime: "time"}


def format_of(column: str, value: Any) -> str:
    """How a column reads where its page does not say: by its name, else by what is in it."""
    if column in ("change", "sector"):
        return column
    if column.startswith("share"):
        return "percent"
    if column.endswith("score") and isinstance(value, float):
        return "score"
    return OF_TYPE.get(type(value), "text")


def environment() -> jinja2.Environment:
    """Templates that escape every value and stop at every name that is not there."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([HERE / "templates", HERE.parent / "docs"]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FORMATS | {"listed": listed}
    return made
