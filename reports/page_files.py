"""What drawings and tables of the pages offer to take away: rows as CSV, drawings as pictures.

A picture sets the drawings of its page (`templates/drawings.html`) into a document of its own, with
title, note, source, date and licence. Same drawing, same bytes.
"""

import json
import re
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import jinja2
import pandas as pd

from reports import pixels
from reports.catalogue import Mart, copy, select
from reports.formats import for_xml
from reports.marts import Result
from tasks import publishing

LINK = re.compile(r"<(/?)a\b(?: [^>]*)?>")  # leads from a page, but from no picture


class Picture(NamedTuple):
    """What a picture is made of, its hash, and whether it was drawn anew."""

    mark: str
    hash: str
    is_new: bool


class PageFiles:
    """The files that pages offer, written into the `folder` of a site as the pages render.

    A picture that would be drawn the same is taken over from the site that was there `before`, if
    its bytes are those that `pictures.json` of that site names.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        templates: jinja2.Environment,
        folder: Path,
        before: Path | None,
    ) -> None:
        self.connection, self.folder, self.before = connection, folder, before
        templates.globals |= {"files_of_drawing": self.of_drawing, "csv_of": self.csv}
        templates.filters |= {"fitted": pixels.fitted, "text_length": pixels.text_length}
        self.template = templates.get_template("picture.svg")
        self.published = _pictures_of(before)
        for name in ("data/pages", "pictures"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def begin_share(self, tables: dict[str, Mart], pictures: dict[str, Picture]) -> None:
        """From now on the files of pages are listed here."""
        self.tables, self.pictures = tables, pictures

    def begin_page(self, page: str, source: str, words: Callable[[str], str]) -> None:
        """From now on it is this page that renders; `source` stands on its pictures.

        `words` gives a text as it will read.
        """
        self.page, self.source, self.words = page, source, words
        self.ids: set[str] = set()

    def csv(self, data: Result, name: str, label: str) -> str:
        """Write rows as a file, once: a page that has two addresses offers it on both."""
        path = f"data/pages/{name}.csv"
        if name not in self.tables:
            with self.connection.cursor() as cursor:
                rows = pd.DataFrame(data.rows, columns=data.columns, dtype=object)
                cursor.register("shown", rows)
                described = cursor.execute("describe shown").fetchall()
                columns = [(column, kind, "") for column, kind, *_ in described]
                copy(cursor, select("shown", columns, "CSV"), self.folder / path, "CSV")
            self.tables[name] = Mart(f"pages/{name}", len(data), label, columns)
        return path

    def of_drawing(
        self, data: Result, title: str, note: str, kind: str, drawn: dict[str, Any]
    ) -> dict[str, Any]:
        """The id of a drawing on its page, and where its picture, rows and address are.

        `kind` says how `templates/picture.svg` sets what is `drawn`; without it, no picture.
        """
        title, note = self.words(title), self.words(note)
        base = drawn.get("map_id") or f"{data.name.replace('_', '-')}-figure"
        tries = chain([base], (f"{base}-{number}" for number in count(2)))
        name = next(one for one in tries if one not in self.ids)
        self.ids.add(name)
        file = self.page.removesuffix(".html").replace("/", "-") + f"-{name}"
        links = {}
        if kind:
            links = {end.upper(): f"pictures/{file}.{end}" for end in ("png", "svg")}
            if file not in self.pictures:
                words = {"title": title, "note": note, "source": self.source, "kind": kind}
                self._draw(file, self.template.render(words | drawn))
        links |= {"CSV": self.csv(data, file, title), "link": f"{self.page}#{name}"}
        return {"id": name, "title": title, "links": links}

    def _draw(self, name: str, drawn: str) -> None:
        svg = for_xml(LINK.sub(r"<\1g>", drawn))
        path = self.folder / "pictures" / f"{name}.png"
        path.with_suffix(".svg").write_text(svg, encoding="utf-8", newline="\n")
        mark = pixels.mark_of(svg)
        older = self.before and self.before / "pictures" / path.name
        there = older and older.is_file() and publishing.hash_of(older)
        if older and there and self.published.get(name) == [mark, there]:
            publishing.link(older, path)
            self.pictures[name] = Picture(mark, there, is_new=False)
        else:
            path.write_bytes(pixels.png(svg))
            self.pictures[name] = Picture(mark, publishing.hash_of(path), is_new=True)


def write_list(pictures: dict[str, Picture], folder: Path) -> None:
    """Write what the pictures of a site are made of, for the next to take them over."""
    made = {name: [one.mark, one.hash] for name, one in pictures.items()}
    text = json.dumps(made, indent=0) + "\n"
    (folder / "pictures.json").write_text(text, encoding="utf-8", newline="\n")


def _pictures_of(site: Path | None) -> dict[str, Any]:
    """What a site says of its pictures; nothing where there is none, or it cannot be read."""
    try:
        found = json.loads((site / "pictures.json").read_bytes()) if site else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
