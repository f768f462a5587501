"""Where the parts of a picture go, in percent of its width and height, so that every picture fits every screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

LINE_STYLES = [("#005eb8", ""), ("#ae2573", "6 3"), ("#00664f", "2 3"), ("#7c4a00", "9 3 2 3")]
GAP = 7.0  # percent of the height between two bands of a flow: room for a line of text


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG's relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#212b32"


def unique(values: Iterable[Any]) -> list[Any]:
    """The values in the order in which they come first."""
    return list(dict.fromkeys(values))


@dataclass(frozen=True)
class Line:
    """A line of a chart: its points as an SVG path in a box of 100 by 100, and how it is drawn."""

    name: str
    path: str
    colour: str
    dashes: str


def lines(points: list[tuple[Any, date, float]], start: date, end: date, top: float) -> list[Line]:
    """Lines that hold each value until the next day that changes it."""
    drawn = []
    for index, name in enumerate(unique(point[0] for point in points)):
        own = [(across(x, start, end), 100 - 100 * y / top) for key, x, y in points if key == name]
        steps = "".join(f"H{x:.2f}V{y:.2f}" for x, y in own[1:])
        colour, dashes = LINE_STYLES[index % len(LINE_STYLES)]
        path = f"M{own[0][0]:.2f},{own[0][1]:.2f}{steps}H100"
        drawn.append(Line(str(name), path, colour, dashes))
    return drawn


def across(day: date, start: date, end: date) -> float:
    """How far along the axis a day is, in percent."""
    return 100 * (day - start).days / max((end - start).days, 1)


def month_ticks(start: date, end: date, most: int = 6) -> list[date]:
    """The first days of months between two days, thinned to a readable number."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    firsts = [day for day in days if day.day == 1]
    return firsts[:: -(-len(firsts) // most) or 1]


@dataclass(frozen=True)
class Band:
    """One side's end of a flow picture: all that starts, or arrives, at one name."""

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


def bands(flows: list[tuple[str, str, float]], side: int, order: list[str]) -> list[Band]:
    """The bands of one side from top to bottom, each as high as what flows through it."""
    names = [name for name in order if any(flow[side] == name for flow in flows)]
    total = sum(flow[2] for flow in flows)
    unit = (100 - GAP * len(order)) / total
    placed: list[Band] = []
    top = GAP / 2
    for name in names:
        value = sum(flow[2] for flow in flows if flow[side] == name)
        placed.append(Band(name, value, top, value * unit))
        top += value * unit + GAP
    return placed


def ribbons(
    flows: list[tuple[str, str, float]], left: list[Band], right: list[Band]
) -> list[Ribbon]:
    """The flows between the bands, in the order of both sides so that they cross as little as can be."""
    start = {band.name: band.top for band in left}
    finish = {band.name: band.top for band in right}
    unit = left[0].height / left[0].value
    amounts = {(source, target): value for source, target, value in flows}
    drawn = []
    for source in (band.name for band in left):
        for target in (band.name for band in right):
            if value := amounts.get((source, target)):
                a, b, height = start[source], finish[target], value * unit
                path = (
                    f"M0,{a:.2f}C50,{a:.2f} 50,{b:.2f} 100,{b:.2f}V{b + height:.2f}"
                    f"C50,{b + height:.2f} 50,{a + height:.2f} 0,{a + height:.2f}Z"
                )
                start[source], finish[target] = a + height, b + height
                drawn.append(Ribbon(source, target, value, path))
    return drawn
