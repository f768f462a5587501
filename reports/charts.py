"""Where the parts of a picture go, in percent of its width and height: it fits every screen."""

from dataclasses import dataclass
from datetime import date, timedelta

from reports.marts import Result, Row

LINE_STYLES = [("#005eb8", ""), ("#ae2573", "6 3"), ("#00664f", "2 3"), ("#7c4a00", "9 3 2 3")]
GAP = 7.0  # percent of the height between two bands of a flow: room for a line of text


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG's relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#212b32"


@dataclass(frozen=True)
class Line:
    """A line of a chart: the last row of its series, and its path in a box of 100 by 100."""

    last: Row
    path: str
    colour: str
    dashes: str


@dataclass(frozen=True)
class Plot:
    """Lines, the days written under them, and where a marked day stands."""

    lines: list[Line]
    ticks: list[tuple[float, date]]
    mark: float | None


def plot(data: Result, x: str, y: str, series: str, top: float, mark: date | None) -> Plot:
    """Lines that hold each value until the next day that changes it."""
    start, end = min(row[x] for row in data), max(row[x] for row in data)

    def across(day: date) -> float:
        return 100 * (day - start).days / max((end - start).days, 1)

    drawn = []
    for index, name in enumerate(dict.fromkeys(row[series] for row in data)):
        rows = data.where(**{series: name})
        points = [(across(row[x]), 100 - 100 * row[y] / top) for row in rows]
        steps = "".join(f"H{left:.2f}V{height:.2f}" for left, height in points[1:])
        path = f"M{points[0][0]:.2f},{points[0][1]:.2f}{steps}H100"
        drawn.append(Line(rows.last, path, *LINE_STYLES[index % len(LINE_STYLES)]))
    ticks = [(across(day), day) for day in firsts_of_months(start, end)]
    return Plot(drawn, ticks, across(mark) if mark and start <= mark <= end else None)


def firsts_of_months(start: date, end: date, most: int = 6) -> list[date]:
    """The first days of months between two days, thinned to a readable number."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    firsts = [day for day in days if day.day == 1]
    return firsts[:: -(-len(firsts) // most) or 1]


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
    sides = []
    for side in (0, 1):
        bands, top = [], GAP / 2
        for name in (name for name in order if any(one[side] == name for one in flows)):
            value = sum(one[2] for one in flows if one[side] == name)
            bands.append(Band(name, value, top, value * unit))
            top += value * unit + GAP
        sides.append(bands)
    return Flow(*sides, _ribbons(flows, order, unit, *sides))


def _ribbons(
    flows: list[tuple[str, str, float]],
    order: list[str],
    unit: float,
    left: list[Band],
    right: list[Band],
) -> list[Ribbon]:
    """In the order of both sides, so that they cross as little as can be."""
    start, finish = ({band.name: band.top for band in side} for side in (left, right))
    drawn = []
    for source, target, value in sorted(
        flows, key=lambda f: (order.index(f[0]), order.index(f[1]))
    ):
        a, b, height = start[source], finish[target], value * unit
        there = f"M0,{a:.2f}C50,{a:.2f} 50,{b:.2f} 100,{b:.2f}V{b + height:.2f}"
        back = f"C50,{b + height:.2f} 50,{a + height:.2f} 0,{a + height:.2f}Z"
        drawn.append(Ribbon(source, target, value, there + back))
        start[source], finish[target] = a + height, b + height
    return drawn
