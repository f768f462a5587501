"""The maps of the pages, and what is refused where they would not fit."""

import re
import shutil
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from reports import maps
from reports.formats import environment
from reports.maps import BOUNDARIES, boundaries_for, choropleth, locator, outlines_of
from reports.settings import PAGES

OF_2023 = BOUNDARIES / "icb_2023-04-01.geojson"
MET = {"label": "Met", "colour": "#5aa9e6", "pattern": "", "marker": "M-9-9h18v18z", "number": 1}
CODES = sorted(outlines_of(OF_2023)[0].index)
BOARDS: list[dict[str, Any]] = [
    {"code": code, "label": f"<{code}>", "href": f"icb/{code}.html", "region": "All"}
    for code in CODES
]
OUTCOMES = [
    "Standards Exceeded", "Standards Met", "Approaching Standards", "Standards Not Met",
    "Not Published",
]  # fmt: skip
SCORES = ["2 or more", "1 to under 2", "0 to under 1", "−1 to under 0", "under −1"]
AREAS, TRUSTS = ("Legend of areas", SCORES, 0), ("Legend of trusts", OUTCOMES, 5)
LEGENDS = {  # their names, labels, and how many of these have a marker
    "index": [("Legend", OUTCOMES, 5), AREAS],
    "snapshot/2022-09-09": [AREAS, TRUSTS, AREAS],
}


@pytest.mark.parametrize("page", LEGENDS)
def test_a_map_has_regions_and_legends_of_areas_and_markers(site: Path, page: str) -> None:
    text = (site / f"{page}.html").read_text("utf-8")
    regions = re.findall('class="map-regions".*?</g>', text, re.DOTALL)
    assert [one.count("<path") for one in regions] == [7, 7]
    legends = re.findall(r'class="map-legend" aria-label="(.+?)">(.*?)</ul>', text, re.DOTALL)
    found = [
        (name, re.findall("</svg> (.*?)</li>", signs), signs.count("<g "))
        for name, signs in legends
    ]
    assert found == LEGENDS[page]


def test_an_icb_has_a_place_in_england() -> None:
    trust = {"label": "", "value_text": "", "sign": MET, "href": "r.html"}
    inside, nowhere = (
        trust | {"organisation_code": code, "latitude": latitude, "longitude": longitude}
        for code, latitude, longitude in (("R01", 51.0, -3.0), ("R03", None, None))
    )
    map_of_somerset = locator(BOARDS, OF_2023, "QSL", [inside, nowhere]) | {"legend": [MET]}
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


def test_codes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match="QE1"):
        choropleth(BOARDS[1:], OF_2023, [])


def test_boundaries_are_those_with_the_same_codes() -> None:
    codes = set(CODES)
    assert boundaries_for(codes, BOUNDARIES) == OF_2023
    assert boundaries_for(codes - {"QE1"}, BOUNDARIES) is None
    assert boundaries_for(codes | {"QXX"}, BOUNDARIES) is None


@pytest.mark.full
def test_sub_icb_locations_are_drawn(connection, render, tmp_path: Path, monkeypatch) -> None:
    """With outlines of their own: here each is a square of 40 km, ten in a row."""
    found = connection.execute(
        "select organisation_code from marts.fct_compliance where edition = '21/22'"
        " and organisation_type = 'Sub-ICB location (CCG)' order by organisation_code"
    ).fetchall()
    side = 40_000
    corners = ((number % 10 * side, number // 10 * side) for number in range(len(found)))
    boxes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    shutil.copytree(BOUNDARIES, tmp_path / "boundaries")
    geopandas.GeoDataFrame(
        {"sub_icb_code": [code for (code,) in found]}, geometry=boxes, crs="EPSG:27700"
    ).to_file(tmp_path / "boundaries" / "sub_icb_2022-07-01.geojson")
    monkeypatch.setattr(maps, "BOUNDARIES", tmp_path / "boundaries")
    name = "snapshot/[snapshot_date].md"
    pages = render((PAGES / name).read_text("utf-8"), name)
    page = pages["snapshot/2022-09-09.html"]
    assert page.count('<a id="outcomes-icb-') == len(found) == 106
    assert '<a id="outcomes-icb-00L" href="../organisation/00L.html"' in page
    assert "Sub-ICB locations are shown as areas" in page
    picture = tmp_path / "site" / "pictures" / "snapshot-2022-09-09-outcomes.svg"
    assert ">Sub-ICB locations<" in picture.read_text("utf-8")
    assert pages["snapshot/2023-11-16.html"].count('<a id="outcomes-icb-') == 42
