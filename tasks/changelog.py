"""What CHANGELOG.md says of a version: its date, and a line for each thing that changed.

A line gives the reason of the figures of the edition that it begins with (`- 20/21: ...`), of whom
it names by a code, and of these the ones that it has in italics, if any (`*outcome*`). With
figures in italics, `all` names everyone.
"""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tasks.publishing import Stopped


class Line(NamedTuple):
    """A line of the changelog; its edition is blank where it begins with none."""

    edition: str
    text: str

    @property
    def plain(self) -> str:
        """The line without the marks of Markdown."""
        return re.sub(r"[*`]", "", self.text)

    def covers(self, whose: str, figure: str) -> bool:
        """Whether the line gives the reason of a figure: of a code, or of `all` if it names it."""
        figures = re.findall(r"\*([^*]+)\*", self.text.lower())
        named = re.search(rf"(?<!\w){re.escape(whose)}(?!\w)", self.text, re.I)
        return bool(named) and (figure.lower() in figures or (not figures and whose != "all"))


class Section(NamedTuple):
    """What the changelog says of a version."""

    released_on: date
    lines: list[Line]

    def reason(self, edition: str, code: str, figure: str) -> Line | None:
        """The line that gives the reason of a figure: one that names whose it is before others."""
        lines = [line for line in self.lines if line.edition == edition]
        found = (line for whose in (code, "all") for line in lines if line.covers(whose, figure))
        return next(found, None)


def section(changelog: Path, version: str) -> Section:
    """The section of a version: `## 1.1.0 (2026-11-26)`."""
    text = changelog.read_text("utf-8")
    found = re.search(
        rf"^## {re.escape(version)} \((\d{{4}}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", text, re.M | re.S
    )
    if not found:
        raise Stopped(
            f"{changelog.name} has no section `## {version} (yyyy-mm-dd)`: give the lines under"
            " `## Unreleased` that name and the date of the release."
        )
    return Section(date.fromisoformat(found[1]), list(_lines(found[2])))


def _lines(text: str) -> Iterable[Line]:
    for item in re.split(r"^- ", text, flags=re.M)[1:]:
        line = " ".join(re.split(r"\n(?! )", item, maxsplit=1)[0].split())  # up to its last indent
        edition = re.match(r"\d\d/\d\d(?=:)", line)
        yield Line(edition[0] if edition else "", line)
