"""The map: one shape per ICB and trust, the right outlines, few bytes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reports.formats import environment
from reports.maps import boundaries_for, choropleth, locator

FOLDER = Path(__file__).parents[2] / "data" / "boundaries"
BOUNDARIES = FOLDER / "icb_2023-04-01.geojson"
MET = {"label": "Met", "colour": "#5aa9e6", "pattern": "", "marker": "M-9-9h18v18h-18z", "place": 1}
APPROACHING = {"label": "Approaching", "colour": "#f2b134", "pattern": "M0 0l80 80"}
APPROACHING |= {"marker": "M0-12l12 21h-24z", "place": 2}
LEGEND = [MET, APPROACHING]
CODES = sorted(
    feature["properties"]["icb_code"]
    for feature in json.loads(BOUNDARIES.read_text(encoding="utf-8"))["features"]
)
BOARDS = [
    {
        "code": code,
        "label": f"Board {code}",
        "value_text": "Met",
        "detail": "00X Met; 01A Approaching",
        "sign": MET,
        "href": f"icb/{code}.html",
        "region": "South" if code < "QN" else "North",
    }
    for code in CODES
]
TRUSTS = [
    {
        "organisation_code": code,
        "label": f"Trust {code}",
        "value_text": sign["label"],
        "sign": sign,
        "latitude": latitude,
        "longitude": longitude,
        "href": "icb/QMJ.html",
    }
    for code, sign, latitude, longitude in [
        ("R01", MET, 51.5, -0.1),
        ("R02", APPROACHING, 53.4, -2.2),
        ("R03", MET, None, None),
    ]
]


def draw(points: list[dict[str, Any]], **legends: Any) -> str:
    drawn = choropleth(BOARDS, BOUNDARIES, points=points, **{"legend": LEGEND} | legends)
    return str(environment().get_template("map.html").module.map_figure(drawn, "All", "", "m"))


def test_one_linked_shape_with_words_per_icb_and_trust():
    drawn = draw(TRUSTS)
    assert re.findall(r'id="m-icb-(\w+)"', drawn) == CODES
    assert re.findall(r'id="m-trust-(\w+)"', drawn) == ["R01", "R02"]  # R03 has no point
    links = re.findall(r'<a id="m-\w+-\w+" href="([^"]+)"[^>]*><title>([^<]+)</title>', drawn)
    assert len(links) == 44
    assert links[0] == ("icb/QE1.html", "Board QE1:\nMet\n00X Met; 01A Approaching\nSouth")


def test_one_outline_per_region_and_every_outcome_in_the_legend():
    drawn = draw([])
    regions = drawn.split('class="map-regions"')[1].split("</g>")[0]
    assert regions.count("<path") == 2
    for sign in LEGEND:
        assert f"</svg> {sign['label']}</li>" in drawn
        assert sign["colour"] in drawn and sign["pattern"] in drawn


def test_areas_and_trusts_have_one_legend_or_each_their_own():
    [shared] = draw(TRUSTS).split('<ul class="map-legend"')[1:]
    assert all(f'd="{sign["marker"]}"' in shared for sign in LEGEND)
    of_areas, of_trusts = draw(TRUSTS, point_legend=LEGEND).split('<ul class="map-legend"')[1:]
    assert not [sign for sign in LEGEND if f'd="{sign["marker"]}"' in of_areas]
    assert all(f'd="{sign["marker"]}"' in of_trusts for sign in LEGEND)
    assert all(f"</svg> {sign['label']}</li>" in of_trusts for sign in LEGEND)


def test_an_icb_has_a_place_in_england():
    boards = [{"code": c, "label": f"<{c}>", "href": f"icb/{c}.html"} for c in CODES]
    inside = TRUSTS[0] | {"latitude": 51.0, "longitude": -3.0, "href": "r01.html"}
    map_of_somerset = locator(boards, BOUNDARIES, "QSL", [inside, TRUSTS[2]], LEGEND)
    drawings = environment().get_template("drawings.html").module
    drawn = drawings.near_shapes(map_of_somerset, "m") + drawings.far_shapes(map_of_somerset)
    [here] = re.findall(
        r'href="icb/(\w+).html"[^>]*><title>[^<]+</title><path [^>]*"#bcd6ef"', drawn
    )
    assert here == "QSL" and 'aria-label="&lt;QSL&gt;"' in drawn
    assert 'id="m-R01"' in drawn and "R03" not in drawn
    x, y = map(int, re.findall(r"translate\((\d+) (\d+)\)", drawn)[0])
    assert 0 < x < 6000 and 0 < y < 6000
    assert 2 < drawn.count('href="icb/') < 10  # the neighbours, and nobody else
    assert len(drawn.encode()) < 40_000


def test_a_map_is_small():
    assert len(draw(TRUSTS).encode()) < 250_000


def test_codes_and_signs_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="QE1"):
        choropleth(BOARDS[1:], BOUNDARIES, points=[], legend=LEGEND)
    with pytest.raises(ValueError, match="#5aa9e6"):
        choropleth(BOARDS, BOUNDARIES, points=[], legend=LEGEND[1:])


def test_boundaries_are_those_with_the_same_codes():
    codes = set(CODES)
    assert boundaries_for(codes, FOLDER) == BOUNDARIES
    assert boundaries_for(codes - {"QE1"}, FOLDER) is None
    assert boundaries_for(codes | {"QXX"}, FOLDER) is None
