"""What a page can show: each component takes the result of a query and the names of its columns."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from reports import charts
from reports.errors import ReportError
from reports.formats import FORMATS, format_of
from reports.marts import Result, Row

BOUNDARIES = Path(__file__).parent.parent / "data" / "boundaries"
# classes of the composite score, which runs from -3 to 3: colour-blind safe, dark at both ends
SCORE_CLASSES = [
    (2, "#0b3c6f", "2 or more"),
    (1, "#4b91c9", "1 to under 2"),
    (0, "#c3dcef", "0 to under 1"),
    (-1, "#f2b76b", "−1 to under 0"),
    (-3, "#a6480c", "under −1"),
]
NO_VALUE = ("#e8edee", "No value")


class Components:
    """The components of one page; it numbers its figures and keeps the files that it offers."""

    def __init__(self, environment: jinja2.Environment, outcomes: Result) -> None:
        self.environment = environment
        self.palette = {row["outcome"]: row for row in outcomes}
        self.files: dict[str, str] = {}
        self.figures = 0

    def names(self) -> dict[str, Any]:
        """The components by the names that pages use."""
        return {
            name: getattr(self, name)
            for name in "big_number bar_chart line_chart scale choropleth crosstab table flow download outcome".split()
        }

    # -- figures in words ------------------------------------------------------------------------------------------

    def big_number(
        self, data: Result | Row, value: str, label: str, format: str = "", note: str = ""
    ) -> Markup:
        """One figure, large, with what it means."""
        row = data if isinstance(data, Row) else data.first
        return self._draw("big_number", text=_shown(row, value, format), label=label, note=note)

    def outcome(self, name: str | None) -> Markup:
        """An outcome with its colour beside it."""
        return self._draw("outcome", name=name, entry=self.palette.get(name or ""))

    def table(
        self,
        data: Result,
        columns: Mapping[str, str],
        caption: str,
        *,
        formats: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        row_id: str = "",
        search: bool = False,
        empty: str = "None.",
    ) -> Markup:
        """A table whose columns can be sorted and, with `search`, whose rows can be filtered."""
        _check(data, [*columns, *(formats or {}), *(links or {})])
        rows = [
            {
                "id": f"{row_id and row[row_id]}",
                "cells": [self._cell(row, name, formats or {}, links or {}) for name in columns],
            }
            for row in data
        ]
        return self._draw(
            "table", rows=rows, headings=list(columns.values()), caption=caption, search=search, empty=empty
        )

    def crosstab(
        self, data: Result, rows: str, columns: str, value: str, caption: str, share: str = ""
    ) -> Markup:
        """A table with one line for each of `rows` and one column for each of `columns`."""
        _check(data, [rows, columns, value, *([share] if share else [])])
        cells = {(row[rows], row[columns]): row for row in data}
        heads = self._in_order(row[columns] for row in data)
        body = [
            (name, [_both(cells.get((name, head)), value, share) for head in heads])
            for name in charts.unique(row[rows] for row in data)
        ]
        return self._draw("crosstab", body=body, heads=heads, caption=caption, corner=_words(rows))

    def download(self, data: Result, name: str, label: str) -> Markup:
        """The rows of a query as a CSV file to take away."""
        path = f"data/pages/{name}.csv"
        self.files[path] = _csv(data)
        return self._draw("download", path=path, label=label, rows=len(data))

    # -- pictures --------------------------------------------------------------------------------------------------

    def bar_chart(
        self,
        data: Result,
        category: str,
        value: str,
        title: str,
        *,
        series: str = "",
        label: str = "",
        format: str = "",
        top: float | None = None,
        note: str = "",
    ) -> Markup:
        """Horizontal bars; with `series`, each bar is stacked of its parts."""
        label = label or value
        _check(data, [category, value, label, *([series] if series else [])])
        _some(data)
        ceiling = top or max(
            sum(row[value] or 0 for row in data if row[category] == name)
            for name in {row[category] for row in data}
        )
        entries = self._entries(row[series] for row in data) if series else {}
        bars = [
            (
                name,
                [
                    self._part(row, value, label, entries.get(row[series] if series else ""), format, ceiling)
                    for row in self._sorted(data.where(**{category: name}), series)
                ],
            )
            for name in charts.unique(row[category] for row in data)
        ]
        alt = ". ".join(f"{name}: " + ", ".join(part["alt"] for part in parts) for name, parts in bars)
        return self._figure("bars", title, f"Bar chart. {alt}.", note, data, bars=bars, legend=entries.values())

    def scale(
        self, data: Result, label: str, values: Mapping[str, str], title: str, note: str = ""
    ) -> Markup:
        """Scores as points on a line from -3 to 3: each row by its `label`, or one row's columns by their words."""
        _check(data, [label, *values])
        _some(data)
        points = [
            (words if len(values) > 1 else row[label], row[name], _shown(row, name, "score"))
            for row in data
            for name, words in values.items()
        ]
        alt = ". ".join(f"{name}: {text}" for name, _, text in points)
        return self._figure("scale", title, f"Scale from −3 to 3. {alt}.", note, data, points=points)

    def line_chart(
        self,
        data: Result,
        x: str,
        y: str,
        series: str,
        title: str,
        *,
        format: str = "",
        top: float = 1.0,
        mark: Any = None,
        mark_label: str = "",
        note: str = "",
    ) -> Markup:
        """Lines over days, one for each of `series`; `mark` draws a day, such as a deadline."""
        _check(data, [x, y, series])
        _some(data)
        start, end = min(row[x] for row in data), max(row[x] for row in data)
        drawn = charts.lines([(row[series], row[x], row[y]) for row in data], start, end, top)
        last = {row[series]: row for row in data}
        alt = ". ".join(
            f"{name} ends at {_shown(row, y, format)} on {_shown(row, x)}" for name, row in last.items()
        )
        ticks = [(charts.across(day, start, end), f"{day:%b %Y}") for day in charts.month_ticks(start, end)]
        levels = [(100 - 25 * step, FORMATS[format or format_of(y, top)](top * step / 4)) for step in range(5)]
        marked = (charts.across(mark, start, end), mark_label) if mark and start <= mark <= end else None
        return self._figure(
            "lines", title, f"Line chart. {alt}.", note, data, lines=drawn, ticks=ticks, levels=levels, mark=marked
        )

    def flow(
        self, data: Result, source: str, target: str, value: str, title: str, note: str = ""
    ) -> Markup:
        """Bands from what was to what is, as wide as how many went that way."""
        _check(data, [source, target, value])
        _some(data)
        flows = [(row[source], row[target], row[value]) for row in data]
        order = self._in_order(name for one in flows for name in one[:2])
        left, right = charts.bands(flows, 0, order), charts.bands(flows, 1, order)
        drawn = charts.ribbons(flows, left, right)
        alt = ", ".join(f"{one.value:,} from {one.source} to {one.target}" for one in drawn)
        return self._figure(
            "flow", title, f"Flow picture. {alt}.", note, data, left=left, right=right, ribbons=drawn
        )

    def choropleth(
        self,
        data: Result,
        code: str,
        label: str,
        value: str,
        title: str,
        *,
        map_id: str,
        region: str = "region_name",
        points: Result | None = None,
        point_link: str = "",
        link: str = "",
        format: str = "",
        nothing: str = "No value",
        note: str = "",
    ) -> Markup:
        """A map of the ICBs in the colours of a score or an outcome, with the trusts as points."""
        _check(data, [code, label, value, region])
        _some(data)
        areas = [
            {
                "icb_code": row[code],
                "label": row[label],
                "value_text": self._colour(row[value], nothing)[1]
                if row[value] is None
                else _shown(row, value, format),
                "colour": self._colour(row[value])[0],
                "href": _linked(link, row),
                "region_name": row[region],
            }
            for row in data
        ]
        trusts = [self._point(row, point_link) for row in points or []]
        legend = self._legend(data, value, nothing)
        drawn = self._map(areas, trusts, legend, title=title, description=note, map_id=map_id)
        missing = [trust["label"] for trust in trusts if trust["latitude"] is None]
        return self._draw(
            "map", map=drawn, missing=missing, title=title, table=self._figures_of(data, title)
        )

    # -- what they share -------------------------------------------------------------------------------------------

    def _map(
        self,
        areas: list[dict[str, Any]],
        trusts: list[dict[str, Any]],
        legend: list[tuple[str, str]],
        **words: str,
    ) -> Markup | None:
        """The map; none where no outlines on hand fit these ICBs."""
        import pandas as pd  # these two take a second to load: only a site with a map waits

        from reports import maps

        boundaries = maps.boundaries_for({area["icb_code"] for area in areas}, BOUNDARIES)
        if boundaries is None:
            return None
        points = pd.DataFrame(trusts) if trusts else None
        return maps.choropleth(pd.DataFrame(areas), boundaries, points=points, legend=legend, **words)

    def _point(self, row: Row, link: str) -> dict[str, Any]:
        return {
            "organisation_code": row["organisation_code"],
            "label": row["organisation_name"],
            "value_text": row["outcome"],
            "colour": self.palette[row["outcome"]]["colour"],
            "latitude": row["latitude"],
            "longitude": row["longitude"],
            "href": _linked(link, row),
        }

    def _legend(self, data: Result, value: str, nothing: str) -> list[tuple[str, str]]:
        """Every class that the map could show, and `nothing` where it is in use."""
        values = [row[value] for row in data]
        is_score = any(isinstance(one, float) for one in values)
        outcomes = [(name, row["colour"]) for name, row in self.palette.items() if name != "Entry Level"]
        legend = [(name, colour) for _, colour, name in SCORE_CLASSES] if is_score else outcomes
        return legend + ([(nothing, NO_VALUE[0])] if None in values else [])

    def _colour(self, value: Any, nothing: str = NO_VALUE[1]) -> tuple[str, str]:
        if value is None:
            return NO_VALUE[0], nothing
        if value in self.palette:
            return self.palette[value]["colour"], value
        return next((colour, name) for floor, colour, name in SCORE_CLASSES if value >= floor)

    def _part(
        self, row: Row, value: str, label: str, entry: Mapping[str, Any] | None, format: str, top: float
    ) -> dict[str, Any]:
        width = 100 * (row[value] or 0) / top
        shown = _shown(row, label, format)
        share = f" ({_shown(row, value)})" if label != value else ""
        return {
            "width": f"{width:.2f}",
            "text": shown if not entry or width >= 5 else "",
            "entry": entry,
            "alt": f"{entry['outcome']} {shown}{share}" if entry else f"{shown}{share}",
        }

    def _entries(self, names: Iterable[Any]) -> dict[Any, Mapping[str, Any]]:
        """Colour and pattern of each name: an outcome has its own, others take theirs in turn."""
        spare = ({"outcome_order": n, "colour": c} for n, (_, c, _) in enumerate(SCORE_CLASSES, 1))
        return {
            name: self.palette.get(name) or {"outcome": name} | next(spare)
            for name in self._in_order(names)
        }

    def _sorted(self, rows: Result, series: str) -> list[Row]:
        order = self._in_order(row[series] for row in rows) if series else []
        return sorted(rows, key=lambda row: order.index(row[series])) if series else rows.rows

    def _in_order(self, names: Any) -> list[Any]:
        found = charts.unique(names)
        order = list(self.palette)
        return sorted(found, key=lambda name: order.index(name) if name in order else len(order))

    def _cell(
        self, row: Row, name: str, formats: Mapping[str, str], links: Mapping[str, str]
    ) -> dict[str, Any]:
        value = row[name]
        return {
            "text": _shown(row, name, formats.get(name, "")),
            "sort": value if isinstance(value, (int, float)) else "" if value is None else str(value),
            "numeric": isinstance(value, (int, float)) and not isinstance(value, bool),
            "entry": self.palette.get(value) if isinstance(value, str) else None,
            "href": _linked(links.get(name, ""), row),
        }

    def _figure(
        self, kind: str, title: str, alt: str, note: str, data: Result, **parts: Any
    ) -> Markup:
        graphic = self._draw(kind, alt=alt, **parts)
        table = self._figures_of(data, title)
        return self._draw("figure", title=title, note=note, graphic=graphic, table=table)

    def _figures_of(self, data: Result, title: str) -> Markup:
        # a column with one value throughout, such as the snapshot's date, says nothing in a table
        columns = [c for c in data.columns if len(data) == 1 or len({row[c] for row in data}) > 1]
        return self.table(data, {name: _words(name) for name in columns}, f"Figures: {title}")

    def _draw(self, template: str, **context: Any) -> Markup:
        self.figures += 1
        page = self.environment.get_template(f"components/{template}.html")
        drawn = page.render(
            context, number=self.figures, palette=self.palette, ink=charts.ink, formats=FORMATS
        )
        return Markup(drawn.strip())


def _shown(row: Row, column: str, format: str = "") -> str:
    value = row[column]
    return FORMATS[format or format_of(column, value)](value)


def _both(row: Row | None, value: str, share: str) -> dict[str, str]:
    if row is None:
        return {"text": "–", "share": ""}
    return {"text": _shown(row, value), "share": _shown(row, share) if share else ""}


def _linked(pattern: str, row: Row) -> str:
    """A link with the row's values in its braces; none where a value is missing."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    if not pattern or any(row[name] is None for name in names):
        return ""
    return pattern.format(**{name: quote(str(row[name])) for name in names})


def _words(column: str) -> str:
    words = column.replace("_", " ").replace("icb", "ICB")
    return words[0].upper() + words[1:]


def _check(data: Result, columns: list[str]) -> None:
    for column in columns:
        if column not in data.columns:
            Row(data.name, dict.fromkeys(data.columns))[column]  # says which columns there are


def _some(data: Result) -> None:
    if not data.rows:
        raise ReportError(f"query `{data.name}` is empty, and a figure of nothing says nothing")


def _csv(data: Result) -> str:
    """Rows as CSV; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(data.columns)
    for row in data:
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell for cell in row.values()]
        )
    return out.getvalue()
