"""What the components in templates/components.html need placed, grouped, coloured or linked."""

import math
from collections.abc import Callable, Iterable, Mapping
from string import Formatter
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from reports import charts, maps
from reports.formats import FORMATS, format_of, in_link, words
from reports.marts import Result, Row

NAMES = (
    "big_number bar_chart line_chart scale choropleth locator crosstab table flow"
    " outcome meanings ages"
).split()
# classes of the composite score, which runs from -3 to 3: colour-blind safe, dark at both ends
SCORE_CLASSES: list[tuple[float, str, str]] = [
    (2, "#0b3c6f", "2 or more"),
    (1, "#559bd3", "1 to under 2"),
    (0, "#c3dcef", "0 to under 1"),
    (-1, "#f2b76b", "−1 to under 0"),
    (-3, "#a6480c", "under −1"),
]
# classes of a share of organisations that met the standards: most ICBs are above nine in ten
SHARE_CLASSES: list[tuple[float, str, str]] = [
    (0.98, "#0b3c6f", "98% or more"),
    (0.95, "#559bd3", "95% to under 98%"),
    (0.9, "#c3dcef", "90% to under 95%"),
    (0.8, "#f2b76b", "80% to under 90%"),
    (0, "#a6480c", "under 80%"),
]
CLASSES = {"score": SCORE_CLASSES, "share": SHARE_CLASSES}
NO_VALUE = "#e8edee"
NOT_PUBLISHED = "Not Published"


class Palette(dict[Any, Mapping[str, Any]]):
    """The outcomes, best first, with the colour that each has in every figure."""

    def in_order(self, names: Iterable[Any]) -> list[Any]:
        """The names once each: outcomes from best to worst, then others as they come."""
        order = list(self)
        return sorted(
            dict.fromkeys(names), key=lambda n: order.index(n) if n in self else len(order)
        )

    def entries(self, names: Iterable[Any]) -> dict[Any, Mapping[str, Any]]:
        """Colour and pattern of each name: an outcome has its own, others take theirs in turn."""
        spare = ({"outcome_order": n, "colour": c} for n, (_, c, _) in enumerate(SCORE_CLASSES, 1))
        return {
            name: self.get(name) or {"outcome": name} | next(spare) for name in self.in_order(names)
        }

    def colour(self, value: Any, classes: str = "score") -> str:
        """The colour of an outcome on a map, or of a score or share, by the class that it is in."""
        if value is None or value in self:
            return self[value]["colour"] if value else NO_VALUE
        return next(colour for floor, colour, _ in CLASSES[classes] if value >= floor)

    def legend(
        self, values: list[Any], nothing: str, classes: str = "score"
    ) -> list[tuple[str, str]]:
        """Every class that a map could show, and `nothing` where it does."""
        is_number = any(isinstance(value, float) for value in values)
        shown = [name for name in self if name != "Entry Level" or name in values]
        outcomes = [(name, self[name]["colour"]) for name in shown]
        numbers = [(name, colour) for _, colour, name in CLASSES[classes]]
        return (numbers if is_number else outcomes) + [(nothing, NO_VALUE)] * (None in values)

    def legends(
        self, values: list[Any], points: Result | None, nothing: str, classes: str
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]] | None]:
        """The legend of areas, and that of points, where areas do not show outcomes too."""
        outcomes = column(points, "outcome") if points else []
        if any(isinstance(one, float) for one in values):
            return self.legend(values, nothing, classes), self.legend(outcomes, nothing)
        return self.legend([*values, *outcomes], nothing), None

    def bars(
        self, data: Result, category: str, value: str, series: str, top: float | None
    ) -> list[tuple[Any, list[tuple[Row, float]]]]:
        """The rows of each category with the widths of their bars, in percent of the longest."""
        order = self.in_order(column(data, series)) if series else []
        rows = sorted(data, key=lambda row: order.index(row[series]) if series else 0)
        groups: dict[Any, list[tuple[Row, float]]] = {name: [] for name in column(data, category)}
        for row in rows:
            groups[row[category]].append((row, row[value] or 0))
        longest = top or max(sum(size for _, size in bars) for bars in groups.values()) or 1
        return [
            (name, [(row, 100 * size / longest) for row, size in bars])
            for name, bars in groups.items()
        ]

    def flows(self, data: Result, source: str, target: str, value: str) -> charts.Flow:
        """The bands of a flow picture, from best to worst on either side."""
        flows = [(row[source], row[target], row[value]) for row in data]
        return charts.flow(flows, self.in_order(name for one in flows for name in one[:2]))

    def map_of(
        self, data: Result, code: str, label: str, value: str, region: str,
        points: Result | None, point_link: str, link: str, nothing: str, detail: str, classes: str,
        *words: str,
    ) -> Markup | None:  # fmt: skip
        """The map; none where no outlines on hand fit these ICBs."""
        boundaries = maps.boundaries_for(set(column(data, code)), maps.BOUNDARIES)
        if boundaries is None:
            return None
        areas = [
            {
                "icb_code": row[code],
                "region_name": row[region],
                "value_text": nothing if row[value] is None else shown(row, value),
                "detail": row[detail] if detail else None,
                **self._shape(row, label, value, link, classes),
            }
            for row in data
        ]
        trusts = [self._point(row, "organisation_name", point_link) for row in points or []]
        legend, point_legend = self.legends(column(data, value), points, nothing, classes)
        return maps.choropleth(
            pd.DataFrame(areas),
            boundaries,
            points=pd.DataFrame(trusts) if trusts else None,
            legend=legend,
            point_legend=point_legend,
            **dict(zip(("title", "description", "map_id"), words, strict=True)),
        )

    def is_outlined(self, data: Result, code: str) -> bool:
        """Whether outlines are on hand for all of these areas, and for no other."""
        return maps.boundaries_for(set(column(data, code)), maps.BOUNDARIES) is not None

    def locator_of(
        self, data: Result, code: str, label: str, here: str, points: Result, point_label: str,
        point_link: str, link: str, title: str, map_id: str,
    ) -> Markup | None:  # fmt: skip
        """A map of one ICB and what is round it; none where no outlines on hand fit."""
        boundaries = maps.boundaries_for(set(column(data, code)), maps.BOUNDARIES)
        if boundaries is None:
            return None
        areas = [
            {"icb_code": row[code], "label": row[label], "href": linked(row, link)} for row in data
        ]
        trusts = [self._point(row, point_label, point_link) for row in points]
        legend = self.legend(column(points, "outcome"), "")
        return maps.locator(areas, boundaries, here, trusts, legend, title, map_id)

    def _point(self, row: Row, label: str, link: str) -> dict[str, Any]:
        return {**row, "value_text": row["outcome"], **self._shape(row, label, "outcome", link)}

    def _shape(
        self, row: Row, label: str, value: str, link: str, classes: str = "score"
    ) -> dict[str, Any]:
        colour = self.colour(row[value], classes)
        return {"label": row[label], "colour": colour, "href": linked(row, link)}


def add_components(
    templates: jinja2.Environment, palette: Palette, take_away: Callable[..., Any]
) -> dict[str, Any]:
    """Teach the templates their filters; the components by the names that pages use."""
    filters = [shown, linked, column, telling_columns, is_numeric, is_numeric_column]
    filters += [palette.in_order, palette.entries, palette.bars, palette.flows, palette.map_of]
    filters += [palette.locator_of, palette.is_outlined, dot]
    templates.filters |= {one.__name__: one for one in [*filters, charts.panels, charts.ink]}
    templates.globals |= {"palette": palette, "take_away": take_away}
    module = templates.get_template("components.html").module
    return {name: getattr(module, name) for name in [*NAMES, "download_link"]}


def shown(row: Mapping[str, Any], name: str, format: str = "") -> str:
    """A value as it reads: in the format that is named, else by its column's name and kind."""
    if name == "published_on" and row.get("outcome", NOT_PUBLISHED) not in (None, NOT_PUBLISHED):
        published = FORMATS["date"](row[name]) if row[name] else "date not known"
        whose = row.get("inherited_from")
        return f"{published} ({whose})" if whose else published
    return FORMATS[format or format_of(name, row[name])](row[name])


def linked(row: Row, pattern: str) -> str:
    """A link with the row's values in its braces; none where a value is missing."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    if any(row[name] is None for name in names):
        return ""
    return pattern.format(**{name: in_link(row[name]) for name in names})


def dot(size: int) -> float:
    """The width of a dot whose area grows with what it stands for."""
    return round(0.35 + 0.25 * math.sqrt(size or 0), 2)


def column(data: Result, name: str) -> list[Any]:
    """The values of one column."""
    return [row[name] for row in data]


def telling_columns(data: Result) -> dict[str, str]:
    """The columns that tell rows apart, with headings: none that has one value throughout."""
    return {
        name: words(name)
        for name in data.columns
        if len(data) == 1 or len({*column(data, name)}) > 1
    }


def is_numeric(value: Any) -> bool:
    """Whether a value is set to the right and sorted as a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_numeric_column(data: Result, name: str) -> bool:
    """Whether any value of a column is a number."""
    return any(is_numeric(value) for value in column(data, name))
