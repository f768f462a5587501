"""Where the parts of a chart go: bars, dots, lines and flows, in percent or in units of a box."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]
GAP = 7.0  # percent of the height between two bands of a flow: room for a line of text
# the box of a line chart within its drawing of 340 by 225 units
LEFT, TOP, WIDTH, HEIGHT = 60, 12, 268, 150


class Part(NamedTuple):
    """A part of a bar, or a dot on a scale at the end of its `width`; all in percent."""

    row: Row
    words: str
    start: float
    width: float | None
    sign: Any = None
    radius: float = 0


class Bar(NamedTuple):
    """A row of a chart: its name, what that links to and tells (`row`), and what is drawn."""

    name: str
    row: Row
    parts: list[Part]


class Panel(NamedTuple):
    """Bars under one heading, or under none."""

    name: str
    bars: list[Bar]


class Line(NamedTuple):
    """A line in a box of its own: a path that holds each value until the next, and its ticks."""

    name: str
    path: str
    zero: float
    x_ticks: list[tuple[float, int]]
    y_ticks: list[tuple[float, float]]


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG's relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#000000"


def lines(rows: Collection[Row], x: str, y: str, series: str) -> list[Line]:
    """One line of shares for each of `series`, all on one scale."""
    start, end = min(0, *(row[x] for row in rows)), max(1, *(row[x] for row in rows))
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(one for one in steps if 5 * one >= end - start)

    def across(value: float) -> Any:
        return round(LEFT + WIDTH * (value - start) / (end - start), 1)

    def down(value: float) -> float:
        return round(TOP + HEIGHT * (1 - value), 1)

    x_ticks = [(across(at), at) for at in range(-(-start // step) * step, end + 1, step)]
    y_ticks = [(down(at), at) for at in (0.0, 0.5, 1.0)]
    made = []
    for name in dict.fromkeys(row[series] for row in rows):
        first, *later = (row for row in rows if row[series] == name)
        path = f"M{across(first[x])} {down(first[y])}"
        path += "".join(f"H{across(row[x])}V{down(row[y])}" for row in later) + f"H{across(end)}"
        made.append(Line(name, path, across(0), x_ticks, y_ticks))
    return made


class Band(NamedTuple):
    """One side's end of a flow: all that starts, or arrives, at one name."""

    name: str
    value: float
    top: float
    height: float


class Ribbon(NamedTuple):
    """What goes from one band to another, as an SVG path in a box of 100 by 100."""

    source: str
    target: str
    value: float
    path: str


class Flow(NamedTuple):
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
