"""The map: one shape per ICB and trust, the right outlines, few bytes."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from reports.maps import boundaries_for, choropleth, locator

FOLDER = Path(__file__).parents[2] / "data" / "boundaries"
BOUNDARIES = FOLDER / "icb_2023-04-01.geojson"
LEGEND = [("Met", "#5aa9e6"), ("Approaching", "#f2b134"), ("Not Published", "#5f6670")]


def icbs() -> list[str]:
    features = json.loads(BOUNDARIES.read_text(encoding="utf-8"))["features"]
    return sorted(feature["properties"]["icb_code"] for feature in features)


def areas() -> pd.DataFrame:
    codes = icbs()
    return pd.DataFrame(
        {
            "icb_code": codes,
            "label": [f"Board {code}" for code in codes],
            "value_text": "Met",
            "detail": "00X Met; 01A Approaching",
            "colour": "#5aa9e6",
            "href": [f"icb/{code}.html" for code in codes],
            "region_name": ["South" if code < "QN" else "North" for code in codes],
        }
    )


def trusts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation_code": ["R01", "R02", "R03"],
            "label": ["First trust", "Second trust", "Trust without a point"],
            "value_text": ["Met", "Approaching", "Met"],
            "colour": ["#5aa9e6", "#f2b134", "#5aa9e6"],
            "latitude": [51.5, 53.4, None],
            "longitude": [-0.1, -2.2, None],
            "href": ["icb/QMJ.html", "icb/QOP.html", "icb/QOP.html"],
        }
    )


def draw(table: pd.DataFrame | None = None, legend=LEGEND, points=None) -> str:
    return choropleth(
        areas() if table is None else table,
        BOUNDARIES,
        points=points,
        legend=legend,
        title="All boards met the standards",
        description="42 of 42 boards.",
        map_id="m",
    )


def test_one_linked_shape_with_words_per_icb_and_trust():
    drawn = draw(points=trusts())
    assert re.findall(r'id="m-icb-(\w+)"', drawn) == icbs()
    assert re.findall(r'id="m-trust-(\w+)"', drawn) == ["R01", "R02"]  # R03 has no point
    links = re.findall(r'<a id="m-\w+-\w+" href="([^"]+)"[^>]*><title>([^<]+)</title>', drawn)
    assert len(links) == 44
    assert links[0] == ("icb/QE1.html", "Board QE1:\nMet\n00X Met; 01A Approaching\nSouth")


def test_one_outline_per_region_and_every_outcome_in_the_legend():
    drawn = draw()
    regions = drawn.split('class="map-regions"')[1].split("</g>")[0]
    assert regions.count("<path") == 2
    for outcome, colour in LEGEND:
        assert f"</svg> {outcome}</li>" in drawn
        assert colour in drawn


def test_outcomes_differ_in_marker_and_texture_too():
    drawn = draw(points=trusts())
    markers = re.findall(r'<g class="map-marker"[^>]*><circle r="15"/><path d="([^"]+)"', drawn)
    assert len(set(markers)) == len(LEGEND)


def test_areas_and_trusts_may_have_legends_of_their_own():
    scores = areas().assign(colour="#123456", value_text="1.20")
    drawn = choropleth(
        scores,
        BOUNDARIES,
        points=trusts(),
        legend=[("1 to under 2", "#123456")],
        point_legend=LEGEND,
        title="Scores",
        description="The commissioner half.",
        map_id="m",
    )
    of_areas, of_trusts = drawn.split('<ul class="map-legend"')[1:]
    assert "1 to under 2" in of_areas and "map-marker" not in of_areas
    assert all(f"</svg> {outcome}</li>" in of_trusts for outcome, _ in LEGEND)


def test_an_icb_has_a_place_in_england():
    boards = [{"icb_code": c, "label": f"<{c}>", "href": f"icb/{c}.html"} for c in icbs()]
    inside = {"latitude": 51.0, "longitude": -3.0, "organisation_code": "R01", "href": "r01.html"}
    inside |= {"label": "First trust", "value_text": "Met", "colour": "#5aa9e6"}
    placeless = inside | {"organisation_code": "R02", "latitude": None}
    drawn = locator(boards, BOUNDARIES, "QSL", [inside, placeless], LEGEND, "Somerset", "m")
    assert 'href="icb/QSL.html" class="is-here" aria-label="&lt;QSL&gt;"' in drawn
    assert 'id="m-R01"' in drawn and "R02" not in drawn
    x, y = map(int, re.findall(r"translate\((\d+) (\d+)\)", drawn)[0])
    assert 0 < x < 6000 and 0 < y < 6000
    assert 2 < drawn.count('<a href="icb/') < 10  # the neighbours, and nobody else
    assert len(drawn.encode()) < 40_000


def test_a_map_is_small():
    assert len(draw(points=trusts()).encode()) < 250_000


def test_codes_and_colours_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="QE1"):
        draw(areas().iloc[1:])
    with pytest.raises(ValueError, match="#f2b134"):
        draw(points=trusts(), legend=LEGEND[:1])


def test_boundaries_are_those_with_the_same_codes():
    codes = set(icbs())
    assert boundaries_for(codes, FOLDER) == BOUNDARIES
    assert boundaries_for(codes - {"QE1"}, FOLDER) is None
    assert boundaries_for(codes | {"QXX"}, FOLDER) is None
