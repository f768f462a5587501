"""How figures read: rounded half up, as published figures are, and with a real minus sign."""

import re

import pytest

from reports import charts, formats


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.percent(0.0005), "0.1%"),
        (formats.score(-0.1), "−0.10"),
        (formats.score(1.005), "1.01"),
        (formats.score(-0.001), "0.00"),
        (formats.score(None), "–"),
        (formats.sector("NHS Trust"), "Declared as NHS trust"),
        (formats.figure(-0.4000000000000036), "−0.4"),
        (formats.words("row_percent"), "Row percent"),
        (formats.in_link("//evil.example/javascript:x"), "evil.example/javascript%3Ax"),
    ],
)
def test_how_values_read(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_line_holds_each_value_until_the_next_and_all_are_on_one_scale() -> None:
    rows = [
        {"type": "a", "day": -10, "share": 0.0},
        {"type": "a", "day": 30, "share": 0.5},
        {"type": "b", "day": 0, "share": 1.0},
    ]
    a, b = charts.lines(rows, "day", "share", "type")
    assert a["path"] == "M60.0 162.0H328.0V87.0H328.0"  # of a box from 60, 12 to 328, 162
    assert b["path"] == "M127.0 12.0H328.0"
    assert (a["zero"], b["zero"]) == (127, 127)
    assert a["x_ticks"] == [(60, -10), (127, 0), (194, 10), (261, 20), (328, 30)]
    assert a["y_ticks"] == [(162, 0), (87, 0.5), (12, 1)]
    drawn = formats.environment().get_template("drawings.html").module.line(a, "Days", "start")
    assert re.findall(r">([^<]+)</text>", drawn)[:8] == [
        "0.0%", "50.0%", "100.0%", "−10", "0", "10", "20", "30",
    ]  # fmt: skip


def test_bands_of_a_flow_keep_their_proportions() -> None:
    flows = [("a", "a", 30, 40, 30), ("a", "b", 10, 40, 70), ("b", "b", 60, 60, 70)]
    picture = charts.flow(flows, ["a", "b"])
    left, right = picture["left"], picture["right"]
    assert [band["value"] for band in left] == [40, 60]
    assert [band["value"] for band in right] == [30, 70]
    assert left[1]["height"] / left[0]["height"] == pytest.approx(1.5)
    assert right[-1]["top"] + right[-1]["height"] <= 100
    ways = [(one["source"], one["target"]) for one in picture["ribbons"]]
    assert ways == [("a", "a"), ("a", "b"), ("b", "b")]
