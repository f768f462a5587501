"""What the components in templates/components.html need placed, grouped, coloured or linked."""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

import jinja2

from reports import charts, maps
from reports.formats import FORMATS, format_of, in_link, words
from reports.marts import ReportError, Result, Row

# of a scale, from its highest class to its lowest: colour-blind safe, dark at both ends
CLASS_SIGNS = [
    {"colour": "#0b3c6f", "pattern": ""},
    {"colour": "#559bd3", "pattern": ""},
    {"colour": "#c3dcef", "pattern": "M-10 10l20-20M0 80l80-80M70 90l20-20"},
    {"colour": "#f2b76b", "pattern": "M0 20h80M0 60h80"},
    {"colour": "#a6480c", "pattern": "M0 0l80 80M0 80l80-80"},
]
CLASSES: dict[str, dict[float, str]] = {
    "score": {
        2: "2 or more", 1: "1 to under 2", 0: "0 to under 1", -1: "−1 to under 0",
        -math.inf: "under −1",
    },
    # a share of organisations that met the standards: most ICBs are above nine in ten
    "share": {
        0.98: "98% or more", 0.95: "95% to under 98%", 0.9: "90% to under 95%",
        0.8: "80% to under 90%", -math.inf: "under 80%",
    },
}  # fmt: skip
NO_VALUE = "No value"
ICB_PAGE, ORGANISATION_PAGE = "icb/{icb_code}.html", "organisation/{organisation_code}.html"
NOT_PUBLISHED = "Not Published"
Sign = Mapping[str, Any]  # what stands for an outcome or a class: label, colour, pattern; a marker


class Cell(NamedTuple):
    """What a cell of a table says, where it leads, and by what it sorts if not by its text."""

    text: str
    href: str
    sort: str | None
    is_number: bool


class Palette(dict[Any, Sign]):
    """The outcomes, best first, each with the signs that stand for it in every drawing."""

    def __missing__(self, name: Any) -> Sign:
        raise ReportError(f"{name!r} is no outcome; marts.dim_outcomes has {', '.join(self)}")

    @property
    def ends(self) -> tuple[int, int]:
        """The points of the worst outcome and of the best (R7), between which scores lie."""
        points = [row["points"] for row in self.values()]
        return min(points), max(points)

    def in_order(self, names: Iterable[Any]) -> list[Any]:
        """The names once each: outcomes from best to worst, then others as they come."""
        order = list(self)
        return sorted(
            dict.fromkeys(names), key=lambda n: order.index(n) if n in self else len(order)
        )

    def signs_of(self, names: Iterable[Any]) -> list[Sign]:
        """The signs of outcomes, from best to worst."""
        return [self[name] for name in self.in_order(names)]

    def sign(self, value: Any, classes: str) -> Sign:
        """What stands on a map for an outcome, the class of a score or share, or for nothing."""
        if value is None:
            return {"label": NO_VALUE, "colour": "#e8edee", "pattern": ""}
        if isinstance(value, str):
            return self[value]
        return next(sign for sign in _class_signs(classes) if value >= sign["floor"])

    def legend(self, values: list[Any], classes: str = "") -> list[Sign]:
        """Every class that a map could show, and the sign of no value where there is one."""
        if any(isinstance(value, float) for value in values):
            signs = _class_signs(classes)
        else:
            signs = [one for name, one in self.items() if one["always_shown"] or name in values]
        return signs + [self.sign(None, classes)] * (None in values)

    def cells(
        self, row: Row, columns: Iterable[str], formats: Mapping[str, str], links: Mapping[str, str]
    ) -> Iterator[Cell]:
        """The cells of a row in a table."""
        for name in columns:
            value, text = row[name], shown(row, name, formats.get(name, ""))
            order = self[value]["outcome_order"] if value in self else value
            sort = "" if value is None else str(order)
            yield Cell(
                text,
                linked(row, links[name]) if links.get(name) else "",
                None if sort == text else sort,
                is_numeric(value),
            )

    def bars(
        self, data: Result, category: str, value: str, series: str, label: str,
        top: float | None, panels: str, name_format: str,
    ) -> list[charts.Drawn]:  # fmt: skip
        """The bars of a chart by panel, in percent of `top`, else of the longest of the panel.

        A bar has its name, the first of its rows, and a part for each row.
        """
        made = []
        for panel in dict.fromkeys(column(data, panels)) if panels else [""]:
            groups: dict[Any, list[Row]] = {}
            for row in data.where(**{panels: panel}) if panels else data:
                groups.setdefault(row[category], []).append(row)
            sums = [sum(row[value] or 0 for row in rows) for rows in groups.values()]
            bars = []
            for rows in groups.values():
                start, parts = 0.0, []
                if series:
                    rows.sort(key=lambda row: self[row[series]]["outcome_order"])
                for row in rows:
                    width = 100 * (row[value] or 0) / (top or max(sums) or 1)
                    sign = self[row[series]] if series else None
                    part = {"row": row, "words": shown(row, label), "start": start, "width": width}
                    parts.append({**part, "sign": sign})
                    start += width
                name = shown(rows[0], category, name_format)
                bars.append({"name": name, "row": rows[0], "parts": parts})
            made.append({"name": panel, "bars": bars})
        return made

    def dots(
        self, data: Result, label: str, values: dict[str, str], size: str, name_format: str
    ) -> list[charts.Drawn]:
        """Scores on a line: each row by its label, or the columns of one by their words.

        A dot is at the end of its width.
        """
        lowest, highest = self.ends
        bars = []
        for row in data:
            # the area of a dot grows with what it stands for
            radius = 2.8 + 2 * math.sqrt(row[size] or 0) if size else 8
            for name, words_of_it in values.items():
                at = None if row[name] is None else 100 * (row[name] - lowest) / (highest - lowest)
                part = {"words": shown(row, name, "score"), "width": at, "radius": radius}
                words = words_of_it if len(values) > 1 else shown(row, label, name_format)
                bars.append({"name": words, "row": row, "parts": [part]})
        return [{"name": "", "bars": bars}]

    def flows(self, data: Result, *columns: str) -> charts.Drawn:
        """The bands of a flow picture, from best to worst on either side.

        The columns are source, target, value, all of the source and all of the target.
        """
        flows = [tuple(row[column] for column in columns) for row in data]
        return charts.flow(flows, self.in_order(name for one in flows for name in one[:2]))

    def map_of(
        self, data: Result, code: str, label: str, value: str, points: Result | None, link: str,
        detail: str, classes: str,
    ) -> dict[str, Any] | None:  # fmt: skip
        """What a map draws; none where no outlines on hand fit these ICBs."""
        boundaries = boundaries_of(data, code)
        if boundaries is None:
            return None
        values, outcomes = column(data, value), [row["outcome"] for row in points or []]
        is_shared = not any(isinstance(one, float) for one in values)
        legend = self.legend([*values, *outcomes] if is_shared else values, classes)
        areas = [
            {
                "code": row[code],
                "region": row["region_name"],
                "value_text": NO_VALUE if row[value] is None else shown(row, value),
                "detail": row[detail] if detail else None,
                "label": row[label],
                "href": linked(row, link),
                "key": legend.index(self.sign(row[value], classes)),
            }
            for row in data
        ]
        trusts = [self._point(row, "organisation_name") for row in points or []]
        point_legend = None if is_shared else self.legend(outcomes)
        drawn = maps.choropleth(areas, boundaries, trusts)
        return {**drawn, "legend": legend, "point_legend": point_legend}

    def locator_of(self, data: Result, here: str, points: Result) -> dict[str, Any] | None:
        """What a map of one ICB and its surroundings draws; none where no outlines on hand fit."""
        boundaries = boundaries_of(data, "icb_code")
        if boundaries is None:
            return None
        areas = [
            {"code": row["icb_code"], "label": row["icb_name"], "href": linked(row, ICB_PAGE)}
            for row in data
        ]
        trusts = [self._point(row, "newest_name") for row in points]
        legend = self.legend(column(points, "outcome"))
        return {**maps.locator(areas, boundaries, here, trusts), "legend": legend}

    def _point(self, row: Row, label: str) -> dict[str, Any]:
        about = {
            "label": row[label],
            "href": linked(row, ORGANISATION_PAGE),
            "sign": self[row["outcome"]],
        }
        return {**row, "value_text": row["outcome"], **about}


def palette_of(outcomes: Iterable[Row]) -> Palette:
    """The palette of these outcomes, in their order."""
    return Palette(
        (
            row["outcome"],
            {**row, "label": row["outcome"], "number": number, "ink": charts.ink(row["colour"])},
        )
        for number, row in enumerate(outcomes, 1)
    )


def _class_signs(classes: str) -> list[Sign]:
    return [
        {"floor": floor, "label": label, **sign}
        for (floor, label), sign in zip(CLASSES[classes].items(), CLASS_SIGNS, strict=True)
    ]


def add_components(templates: jinja2.Environment, palette: Palette) -> dict[str, Any]:
    """Teach the templates their filters; returns the macros of components.html by name."""
    filters = [shown, linked, column, telling_columns, is_numeric_column, charts.lines]
    filters += [palette.in_order, palette.signs_of, palette.cells, palette.bars, palette.flows]
    filters += [palette.dots, palette.map_of, palette.locator_of, boundaries_of]
    templates.filters |= {one.__name__: one for one in filters}
    return vars(templates.get_template("components.html").module)


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


def column(data: Result, name: str) -> list[Any]:
    """The values of one column."""
    return [row[name] for row in data]


def boundaries_of(data: Result, code: str) -> Path | None:
    """The outlines of exactly these areas, if there are any."""
    return maps.boundaries_for(set(column(data, code)), maps.BOUNDARIES)


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
