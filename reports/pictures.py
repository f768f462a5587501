"""Each figure as a picture to take away: title, finding, source, date and licence drawn in.

matplotlib and geopandas draw it from the same rows as the page. Same rows, same bytes.
"""

import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

import duckdb
import geopandas
import matplotlib
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextToPath

from reports import charts, maps
from reports.catalogue import Mart, copy_rows
from reports.components import Palette, column, shown
from reports.formats import FORMATS
from reports.marts import Result, Row

WIDTH, DPI = 9.0, 144  # inches, and pixels in each: 1,296 in all
LEFT, RIGHT = 0.03, 0.97  # of the width
NAMES = 0.3  # of the width, for the names beside bars and dots
# by the place of an outcome, and of a class of a map: what texture and marker stand for on the page
HATCHES = {3: "//", 4: "||", 5: "--", 6: "xx"}
TEXTURES = ("", "", "//", "--", "xx", "||", "++")
MARKERS = "os^DPv_"
WARNING = "Not official statistics"
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Picture:
    """A figure to draw: `kind` says how, `options` are what its component was told."""

    name: str
    kind: str
    title: str
    note: str
    source: str
    data: Result
    options: dict[str, Any]
    palette: Palette


class TakeAway:
    """What the figures and tables of the pages offer to take away, as the pages render."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, palette: Palette
    ) -> None:
        self.connection, self.folder, self.palette = connection, folder, palette
        self.tables: dict[str, Mart] = {}
        self.pictures: dict[str, Picture] = {}
        (folder / "pages").mkdir(parents=True, exist_ok=True)

    def start(self, page: str, source: str, words: Callable[[str], str]) -> None:
        """From now on it is this page that renders; `source` stands on its pictures.

        `words` gives a text as it will read.
        """
        self.page, self.source, self.words = page, source, words
        self.ids: set[str] = set()

    def csv(self, data: Result, name: str, label: str) -> str:
        """Write rows as a file, once: a page that has two addresses offers it on both."""
        if name not in self.tables:
            path = self.folder / "pages" / f"{name}.csv"
            self.tables[name] = copy_rows(self.connection, data, label, path)
        return f"data/pages/{name}.csv"

    def figure(
        self, data: Result, title: str, note: str, kind: str, told: dict[str, Any]
    ) -> dict[str, Any]:
        """The id of a figure on its page, and where its picture, rows and address are."""
        title, note = self.words(title), self.words(note)
        base = told.get("map_id") or f"{data.name.replace('_', '-')}-figure"
        tries = chain([base], (f"{base}-{number}" for number in count(2)))
        name = next(one for one in tries if one not in self.ids)
        self.ids.add(name)
        file = self.page.removesuffix(".html").replace("/", "-") + f"-{name}"
        links = {}
        if kind:
            links = {end.upper(): f"pictures/{file}.{end}" for end in ("png", "svg")}
            self.pictures[file] = Picture(
                file, kind, title, note, self.source, data, told, self.palette
            )
        links |= {"CSV": self.csv(data, file, title), "link": f"{self.page}#{name}"}
        return {"id": name, "title": title, "links": links}


def draw_all(pictures: Iterable[Picture], folder: Path) -> None:
    """Draw each picture as PNG and SVG into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        draw(picture, folder)


def draw(picture: Picture, folder: Path) -> None:
    """Draw one picture as PNG and SVG."""
    style = charts.STYLE | {"font.size": 10, "svg.hashsalt": picture.name, "hatch.linewidth": 0.8}
    with matplotlib.rc_context(style):
        height, body = KINDS[picture.kind](picture)
        title = _lines_of(picture.title, RIGHT - LEFT, size=15, weight="bold")
        note = _lines_of(picture.note, RIGHT - LEFT)
        foot = _lines_of(picture.source, RIGHT - LEFT, size=7.5)
        head = 0.25 + 0.3 * len(title) + 0.2 * len(note)
        end = 0.5 + 0.15 * len(foot)
        whole = head + height + end
        figure = Figure((WIDTH, whole), dpi=DPI, facecolor="white")
        at = whole - 0.15
        figure.text(LEFT, at / whole, "\n".join(title), size=15, weight="bold", va="top")
        at -= 0.3 * len(title)
        figure.text(LEFT, at / whole, "\n".join(note), color=charts.GREY, va="top", linespacing=1.4)
        figure.text(
            LEFT, (end - 0.12) / whole, WARNING, color="white", weight="bold", va="top",
            bbox={"facecolor": charts.INK, "pad": 3, "edgecolor": "none"},
        )  # fmt: skip
        figure.text(
            LEFT, (end - 0.38) / whole, "\n".join(foot), size=7.5, va="top", color=charts.GREY
        )
        body(figure, (end / whole, (end + height) / whole))
        figure.savefig(folder / f"{picture.name}.png", metadata={"Software": None})
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata=charts.NOTHING)
        text = NOT_XML.sub("\N{REPLACEMENT CHARACTER}", svg.getvalue())
        (folder / f"{picture.name}.svg").write_text(text, encoding="utf-8", newline="\n")


def _lines_of(words: str, width: float, **font: Any) -> list[str]:
    """The words in lines that fit into a part of the picture's width."""
    long = TextToPath().get_text_width_height_descent(words, FontProperties(**font), ismath=False)[
        0
    ]
    letters = len(words) * 0.94 * width * WIDTH * 72 / max(long, 1)
    return textwrap.wrap(words, max(1, int(letters)))


Span = tuple[float, float]  # from the foot to the head of a figure, as parts of its height
Body = Callable[[Figure, Span], None]


def _axes(figure: Figure, span: Span, left: float = LEFT, right: float = RIGHT) -> Axes:
    low, high = span
    axes = figure.add_axes((left, low, right - left, high - low))
    axes.set_axis_off()
    return axes


def _rows(axes: Axes, names: list[str]) -> None:
    """One line for each name, from the top; the names stand on the left."""
    axes.set(ylim=(len(names) - 0.5, -0.6))
    for y, name in enumerate(names):
        words = "\n".join(textwrap.wrap(name, 42))
        axes.annotate(
            words, (0, y), (-8, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="center", size=9 if len(name) < 42 else 7.5,
        )  # fmt: skip


def _legend(axes: Axes, handles: list[Any], **place: Any) -> Legend:
    return axes.legend(handles=handles, frameon=False, borderpad=0, **place)


def _bars(picture: Picture) -> tuple[float, Body]:
    data, told = picture.data, picture.options
    category, series, label = told["category"], told["series"], told["label"] or told["value"]
    legend = picture.palette.entries(column(data, series)) if series else {}
    rows: list[tuple[str, list[tuple[Row, float]]]] = []
    panels = dict.fromkeys(column(data, told["panels"])) if told["panels"] else [""]
    for panel in panels:
        part = data.where(**{told["panels"]: panel}) if panel else data
        rows += [(panel, [])] * bool(panel)
        for name, bars in picture.palette.bars(part, category, told["value"], series, told["top"]):
            words = told["names"].get(name) or shown(bars[0][0], category, told["name_format"])
            rows.append((words, bars))

    above = 0.45 * bool(legend)
    height = 0.3 * len(rows) + above

    def body(figure: Figure, span: Span) -> None:
        low, high = span
        high -= (high - low) * above / height
        axes = _axes(figure, (low, high), NAMES, RIGHT - 0.05 * (not series))
        axes.set(xlim=(0, 100))
        _rows(axes, [name if bars else "" for name, bars in rows])
        for y, (name, bars) in enumerate(rows):
            if not bars:
                axes.annotate(
                    name, (LEFT, y), xycoords=("figure fraction", "data"), va="center",
                    weight="bold",
                )  # fmt: skip
            start = 0.0
            for row, width in bars:
                entry = legend[row[series]] if series else {"colour": charts.BLUE}
                hatch = HATCHES.get(entry.get("outcome_order", 0), "")
                axes.barh(
                    y, width, 0.7, start, color=entry["colour"], edgecolor="white", hatch=hatch
                )
                text = shown(row, label, told["format"])
                if not series:
                    axes.text(width + 1, y, text, va="center", weight="bold", size=9)
                elif width >= 5:
                    axes.text(
                        start + width / 2, y, text, ha="center", va="center", weight="bold", size=9,
                        color=charts.ink(entry["colour"]),
                        bbox={"facecolor": entry["colour"], "pad": 1, "edgecolor": "none"},
                    )  # fmt: skip
                start += width
        if legend:
            handles = [
                Patch(
                    facecolor=entry["colour"], edgecolor="white", label=name,
                    hatch=HATCHES.get(entry["outcome_order"], ""),
                )
                for name, entry in legend.items()
            ]  # fmt: skip
            place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": min(5, len(handles))}
            _legend(axes, handles, **place, fontsize=8.5)

    return height, body


def _scale(picture: Picture) -> tuple[float, Body]:
    told, several = picture.options, len(picture.options["values"]) > 1
    rows = [
        (words if several else shown(row, told["label"], told["name_format"]), row, name)
        for row in picture.data
        for name, words in told["values"].items()
    ]

    def body(figure: Figure, span: Span) -> None:
        axes = _axes(figure, (span[0] + 0.02, span[1]), NAMES, RIGHT - 0.05)
        axes.set(xlim=(-3, 3))
        _rows(axes, [name for name, _, _ in rows])
        axes.vlines(0, -0.5, len(rows) - 0.5, color="#aeb7bd", linewidth=1)
        axes.hlines(range(len(rows)), -3, 3, color="#d8dde0", linewidth=1)
        for y, (_, row, name) in enumerate(rows):
            size = 20 + 12 * (row[told["size"]] or 0) if told["size"] else 50
            if row[name] is not None:
                axes.scatter(
                    row[name], y, size, charts.BLUE, edgecolor="white", zorder=3, clip_on=False
                )
            words = shown(row, name, "score") if row[name] is not None else "no score"
            axes.annotate(
                words, (row[name] or 0, y), (9, 0), textcoords="offset points", va="center",
                weight="bold", size=8,
            )  # fmt: skip
        for at, words in ((-3, "−3 worst"), (0, "0"), (3, "3 best")):
            axes.text(
                at, len(rows) - 0.4, words, color=charts.GREY, ha="center", va="top", size=8.5
            )

    return 0.25 * len(rows) + 0.35, body


def _lines(picture: Picture) -> tuple[float, Body]:
    told = picture.options
    names = {row[told["series"]] for row in picture.data}
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)

    def body(figure: Figure, span: Span) -> None:
        low, high = span[0] + 0.08, span[1] - 0.12
        place = figure.add_gridspec(
            rows, columns, left=0.1, right=RIGHT, bottom=low, top=high, hspace=0.5, wspace=0.12
        )
        grid = place.subplots(sharex=True, sharey=True, squeeze=False)
        words = {name: told[name] for name in ("x", "y", "series", "top", "format", "mark")}
        charts.draw_panels(grid.flat, picture.data, **words, ticks=4, letters=20)
        figure.text(0.5, span[0], told["words"], color=charts.GREY, ha="center", va="bottom")

    return 2.6 * rows + 0.3, body


def _flow(picture: Picture) -> tuple[float, Body]:
    told, palette = picture.options, picture.palette
    drawn = palette.flows(picture.data, told["source"], told["target"], told["value"])

    def body(figure: Figure, span: Span) -> None:
        axes = _axes(figure, span, 0.26, 0.74)
        axes.set(xlim=(0, 100), ylim=(100, 0))
        codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3]
        for one in drawn.ribbons:
            n = [float(number) for number in re.findall(r"[\d.]+", one.path)]
            corners = [*zip(n[0:8:2], n[1:8:2], strict=True), (100, n[8])]
            corners += [*zip(n[9::2], n[10::2], strict=True)]
            colour = palette[one.source]["colour"]
            axes.add_patch(
                PathPatch(Outline(corners, codes), facecolor=colour, alpha=0.5, linewidth=0)
            )
        for bands, x, side in ((drawn.left, 0, -1), (drawn.right, 100, 1)):
            for band in bands:
                axes.barh(
                    band.top + band.height / 2, 2, max(band.height, 0.4), x - (side < 0) * 2,
                    color=palette[band.name]["colour"], clip_on=False,
                )  # fmt: skip
                axes.annotate(
                    f"{FORMATS['number'](band.value)}  {band.name}",
                    (x + side * 2, band.top + band.height / 2), (side * 6, 0), va="center", size=9,
                    textcoords="offset points", ha="left" if side > 0 else "right",
                    annotation_clip=False,
                )  # fmt: skip

    return 4.2, body


def _classes(legend: list[tuple[str, str]], is_marker: bool) -> list[Any]:
    """What stands in the legend of a map for each class of areas, or of points."""
    if is_marker:
        return [
            Line2D(
                [], [], marker=MARKERS[n], color=colour, linestyle="", label=name, markersize=7,
                markeredgecolor=charts.INK, markeredgewidth=0.6,
            )
            for n, (name, colour) in enumerate(legend)
        ]  # fmt: skip
    return [
        Patch(facecolor=colour, edgecolor="white", hatch=TEXTURES[n], label=name)
        for n, (name, colour) in enumerate(legend)
    ]


def _areas(axes: Axes, shapes: geopandas.GeoSeries, colours: list[str], legend: list[Any]) -> None:
    known = [colour for _, colour in legend]
    for colour in dict.fromkeys(colours):
        some = shapes[[one == colour for one in colours]]
        hatch = TEXTURES[known.index(colour)] if colour in known else ""
        some.plot(ax=axes, color=colour, edgecolor="white", linewidth=0.5, hatch=hatch, aspect=None)


def _points(axes: Axes, points: list[dict[str, Any]], legend: list[tuple[str, str]]) -> None:
    known = [colour for _, colour in legend]
    for n, colour in enumerate(known):
        some = [point for point in points if point["colour"] == colour]
        axes.scatter(
            [p["x"] + p["aside_x"] for p in some], [p["y"] + p["aside_y"] for p in some],
            16, colour, marker=MARKERS[n], edgecolor=charts.INK, linewidth=0.5, zorder=4,
        )  # fmt: skip


def _placed(codes: list[str], points: Result | None, palette: Palette) -> Any:
    """What the areas are, their outlines without gaps, the points, the height of the drawing."""
    boundaries = maps.boundaries_for(set(codes), maps.BOUNDARIES)
    assert boundaries, "only what the page has drawn has a picture"
    outlines, matrix, height = maps.outlines_of(boundaries)
    simple = geopandas.GeoSeries(shapely.coverage_simplify(outlines, 6), index=outlines.index)
    placed = pd.DataFrame(
        [
            {**row, "colour": palette.colour(row["outcome"])}
            for row in points or []
            if row["latitude"]
        ]
    )
    keys = {colour: 0 for colour in placed.get("colour", [])}
    drawn = maps.points_of(placed, matrix, keys, "") if len(placed) else []
    return maps.kind_of(boundaries), simple, drawn, height


def _map(picture: Picture) -> tuple[float, Body]:
    told, palette, data = picture.options, picture.palette, picture.data
    codes = column(data, told["code"])
    kind, outlines, points, height = _placed(codes, told["points"], palette)
    regions = maps.regions_of(dict(zip(codes, column(data, told["region"]), strict=True)), outlines)
    values = dict(zip(codes, column(data, told["value"]), strict=True))
    legend, marks = palette.legends(
        column(data, told["value"]), told["points"], told["nothing"], told["classes"]
    )

    def body(figure: Figure, span: Span) -> None:
        axes = _axes(figure, span, LEFT, 0.66)
        axes.set(xlim=(0, maps.WIDTH), ylim=(height, 0), aspect="equal", anchor="NW")
        colours = [palette.colour(values[code], told["classes"]) for code in outlines.index]
        _areas(axes, outlines, colours, legend)
        regions.boundary.plot(ax=axes, color=charts.INK, linewidth=0.9, aspect=None, zorder=3)
        _points(axes, points, marks or legend)
        place = {"loc": "upper left", "labelspacing": 0.8, "alignment": "left"}
        areas = _classes(legend, False)
        above = _legend(axes, areas, title=kind, bbox_to_anchor=(1.02, 1), **place)
        if points:
            axes.add_artist(above)
            trusts = _classes(marks or legend, True)
            below = 0.9 - 0.055 * len(areas)
            _legend(axes, trusts, title="Trusts", bbox_to_anchor=(1.02, below), **place)

    return 6.4, body


def _locator(picture: Picture) -> tuple[float, Body]:
    """An ICB and its trusts: where they are, and beside that their names and outcomes."""
    told, palette = picture.options, picture.palette
    _, outlines, points, _ = _placed(told["codes"], picture.data, palette)
    near, *closer = maps.near_of(outlines, told["here"])
    points = maps.nearer(points, *closer)
    legend = palette.legend(column(picture.data, "outcome"), "")

    def body(figure: Figure, span: Span) -> None:
        axes = _axes(figure, span, LEFT, 0.5)
        axes.set(xlim=(0, maps.WIDTH), ylim=(maps.WIDTH, 0), aspect="equal", anchor="NW")
        colours = ["#bcd6ef" if code == told["here"] else "#e3e9ec" for code in near.index]
        _areas(axes, near, colours, [])
        for point in points:
            x, y = point["x"] + point["aside_x"], point["y"] + point["aside_y"]
            axes.plot([point["x"], x], [point["y"], y], color=charts.INK, linewidth=0.8)
            axes.annotate(
                point["organisation_code"], (x, y), (5, 0), size=8, textcoords="offset points",
                va="center", weight="bold", zorder=5,
                bbox={"facecolor": "white", "alpha": 0.7, "pad": 0.5, "edgecolor": "none"},
            )  # fmt: skip
        _points(axes, points, legend)
        words = _axes(figure, span, 0.52, RIGHT)
        words.set(xlim=(0, 1), ylim=(lines, 0))
        at = 0.2
        for row in picture.data:
            name = textwrap.wrap(f"{row['organisation_code']}  {row[told['point_label']]}", 52)
            words.text(0, at, "\n".join([*name, "    " + row["outcome"]]), va="top", size=8.5)
            at += len(name) + 1.6
        _legend(
            words, _classes(legend, True), loc="lower left", bbox_to_anchor=(0, 0), ncols=2,
            fontsize=8,
        )  # fmt: skip

    rows = picture.data
    lines = 3 + sum(1.6 + math.ceil((len(row[told["point_label"]]) + 6) / 50) for row in rows)
    return max(4.2, 0.17 * lines), body


KINDS: dict[str, Callable[[Picture], tuple[float, Body]]] = {
    "bars": _bars,
    "scale": _scale,
    "lines": _lines,
    "flow": _flow,
    "map": _map,
    "locator": _locator,
}
