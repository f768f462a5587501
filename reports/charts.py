"""Pictures of the data: lines in panels, drawn by matplotlib, and where the parts of a flow go."""

import io
import math
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import MaxNLocator

from reports.formats import FORMATS
from reports.marts import Result

GAP = 7.0  # percent of the height between two bands of a flow: room for a line of text
BLUE, GREY, INK = "#005eb8", "#4c6272", "#212b32"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "text.parse_math": False,  # a name with dollars in it is a name
    "text.color": INK,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same room on any machine
    "font.size": 13,
    "lines.linewidth": 2.5,
    "axes.prop_cycle": cycler(color=[BLUE]),
    "axes.edgecolor": GREY,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": "#d8dde0",
    "figure.constrained_layout.h_pad": 0.08,
}
NOTHING = dict.fromkeys(["Creator", "Date", "Format", "Type"])  # to tell of a drawing
# what a drawing has in matplotlib that a part of a page must not have: an XML file's head, styles
# for all of the page, ids (nothing refers to one, as nothing is clipped) and a font of its own
NOT_INLINE = re.compile(r'\A.*?(?=<svg)|<defs>.*?</defs>| id="[^"]*"| font-family: [^;"]*;', re.S)


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG's relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#000000"


@matplotlib.rc_context(STYLE)
def panels(
    data: Result, x: str, y: str, series: str, top: float, format: str, words: str, mark: str,
    width: int, columns: int,
) -> Markup:  # fmt: skip
    """One panel for each of `series`, all on one scale: a line that holds until its next value.

    `words` say what `x` counts; at 0 stands the `mark`.
    """
    rows = math.ceil(len({row[series] for row in data}) / columns)
    figure = Figure((width / 72, (50 + 190 * rows) / 72), layout="constrained")  # 72 units an inch
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    draw_panels(grid.flat, data, x, y, series, top, format, mark, width // columns // 70)
    figure.supxlabel(words, color=GREY, size=13)
    svg = io.StringIO()
    figure.savefig(svg, format="svg", metadata=NOTHING)
    return Markup(NOT_INLINE.sub("", svg.getvalue()))


def draw_panels(
    grid: Iterable[Axes], data: Result, x: str, y: str, series: str, top: float, format: str,
    mark: str, ticks: int, letters: int = 80,
) -> None:  # fmt: skip
    """Draw the panels on axes, one after the other."""
    end = max(row[x] for row in data)
    levels = [top * step / 2 for step in range(3)]
    for name, axes in zip_longest(dict.fromkeys(row[series] for row in data), grid):
        if name is None:
            axes.set_axis_off()
            continue
        shown = data.where(**{series: name})
        steps = [(row[x], row[y]) for row in shown] + [(end, shown.last[y])]
        axes.step(*zip(*steps, strict=True), where="post", clip_on=False)
        axes.axvline(0, color=INK, linewidth=2, linestyle="--", clip_on=False)
        axes.annotate(mark, (0, top), (-6, -4), textcoords="offset points", ha="right", va="top")
        heading = "\n".join(textwrap.wrap(name, letters))
        axes.set_title(heading, loc="left", weight="bold", size=14, pad=14)
        axes.grid(axis="y", clip_on=False)
        axes.tick_params(length=0, pad=7, labelcolor=GREY, labelbottom=True)
        axes.set(xmargin=0, ylim=(0, top))
        axes.set_yticks(levels, [FORMATS[format or "number"](level) for level in levels])
        axes.xaxis.set_major_locator(MaxNLocator(ticks, integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: FORMATS["number"](int(value)))


@dataclass(frozen=True)
class Band:
    """One side's end of a flow: all that starts, or arrives, at one name."""

    name: str
    value: float
    top: float
    height: float


@dataclass(frozen=True)
class Ribbon:
    """What goes from one band to another, as an SVG path in a box of 100 by 100."""

    source: str
    target: str
    value: float
    path: str


@dataclass(frozen=True)
class Flow:
    """A flow picture: both sides, and what goes between them."""

    left: list[Band]
    right: list[Band]
    ribbons: list[Ribbon]


def flow(flows: list[tuple[str, str, float]], order: list[str]) -> Flow:
    """A picture of (source, target, value), with names in this order on either side."""
    unit = (100 - GAP * len(order)) / sum(value for _, _, value in flows)
    sides: list[list[Band]] = []
    for side in (0, 1):
        bands, top = [], GAP / 2
        for name in (name for name in order if any(one[side] == name for one in flows)):
            value = sum(one[2] for one in flows if one[side] == name)
            bands.append(Band(name, value, top, value * unit))
            top += value * unit + GAP
        sides.append(bands)
    start, finish = ({band.name: band.top for band in side} for side in sides)
    drawn = []
    # in the order of both sides, so that they cross as little as can be
    for source, target, value in sorted(flows, key=lambda f: [*map(order.index, f[:2])]):
        a, b, height = start[source], finish[target], value * unit
        there = f"M0,{a:.2f}C50,{a:.2f} 50,{b:.2f} 100,{b:.2f}V{b + height:.2f}"
        back = f"C50,{b + height:.2f} 50,{a + height:.2f} 0,{a + height:.2f}Z"
        drawn.append(Ribbon(source, target, value, there + back))
        start[source], finish[target] = a + height, b + height
    return Flow(sides[0], sides[1], drawn)
