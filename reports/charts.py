"""Where the parts of a chart go, in percent or in units of a box, for `templates/drawings.html`."""

from collections.abc import Collection, Mapping
from typing import Any

Row = Mapping[str, Any]
Drawn = dict[str, Any]  # by the names that the templates have for it
GAP = 7.0  # percent of the height between two bands of a flow: room for a line of text
# the box of a line chart within its drawing of 340 by 225 units
LEFT, TOP, WIDTH, HEIGHT = 60, 12, 268, 150


def ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG's relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#000000"


def lines(rows: Collection[Row], x: str, y: str, series: str) -> list[Drawn]:
    """A line of shares for each of `series`, all on one scale, in a box with ticks.

    Each keeps its value until the next.
    """
    start, end = min(0, *(row[x] for row in rows)), max(1, *(row[x] for row in rows))
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(one for one in steps if 5 * one >= end - start)

    def across(value: float) -> Any:
        return round(LEFT + WIDTH * (value - start) / (end - start), 1)

    def down(value: float) -> float:
        return round(TOP + HEIGHT * (1 - value), 1)

    x_ticks = [(across(at), at) for at in range(-(-start // step) * step, end + 1, step)]
    y_ticks = [(down(at), at) for at in (0.0, 0.5, 1.0)]
    ticks = {"zero": across(0), "x_ticks": x_ticks, "y_ticks": y_ticks}
    made = []
    for name in dict.fromkeys(row[series] for row in rows):
        first, *later = (row for row in rows if row[series] == name)
        path = f"M{across(first[x])} {down(first[y])}"
        path += "".join(f"H{across(row[x])}V{down(row[y])}" for row in later) + f"H{across(end)}"
        made.append({"name": name, "path": path, **ticks})
    return made


def flow(flows: list[tuple[str, str, float, float, float]], order: list[str]) -> Drawn:
    """A picture of (source, target, value, all of the source, all of the target).

    Names are in this order on either side.

    It has a band for each name on the left and on the right, and ribbons between them, as paths in
    a box of 100 by 100.
    """
    unit = (100 - GAP * len(order)) / sum(value for _, _, value, *_ in flows)
    sides: list[list[Drawn]] = []
    for side in (0, 1):
        bands, top = [], GAP / 2
        for name in (name for name in order if any(one[side] == name for one in flows)):
            value = next(one[3:][side] for one in flows if one[side] == name)
            bands.append({"name": name, "value": value, "top": top, "height": value * unit})
            top += value * unit + GAP
        sides.append(bands)
    start, finish = ({band["name"]: band["top"] for band in side} for side in sides)
    ribbons = []
    # in the order of both sides, so that they cross as little as can be
    for source, target, value, *_ in sorted(flows, key=lambda f: [*map(order.index, f[:2])]):
        a, b, height = start[source], finish[target], value * unit
        there = f"M0,{a:.2f}C50,{a:.2f} 50,{b:.2f} 100,{b:.2f}V{b + height:.2f}"
        back = f"C50,{b + height:.2f} 50,{a + height:.2f} 0,{a + height:.2f}Z"
        path = there + back
        ribbons.append({"source": source, "target": target, "value": value, "path": path})
        start[source], finish[target] = a + height, b + height
    return {"left": sides[0], "right": sides[1], "ribbons": ribbons}
