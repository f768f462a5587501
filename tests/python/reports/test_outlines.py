"""Outlines of sub-ICB locations, once imported, take the place of their ICBs on the map."""

import shutil
from pathlib import Path

import duckdb
import geopandas
import pytest
import shapely

from reports import maps
from reports.__main__ import build
from reports.settings import PAGES


def squares(database: Path, target: Path) -> int:
    """Invented outlines: each location of 21/22 is a square of 40 km, ten in a row."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select organisation_code from marts.fct_compliance where edition = '21/22'"
            " and organisation_type = 'Sub-ICB location (CCG)' order by organisation_code"
        ).fetchall()
    codes, side = [code for (code,) in found], 40_000
    corners = ((number % 10 * side, number // 10 * side) for number in range(len(codes)))
    boxes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    areas = {"sub_icb_code": codes, "sub_icb_name": codes}
    geopandas.GeoDataFrame(areas, geometry=boxes, crs="EPSG:27700").to_file(target)
    return len(codes)


@pytest.mark.full
def test_sub_icb_locations_are_drawn(database: Path, tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(maps.BOUNDARIES, tmp_path / "boundaries")
    number = squares(database, tmp_path / "boundaries" / "sub_icb_2022-07-01.geojson")
    shutil.copytree(PAGES / "snapshot", tmp_path / "pages" / "snapshot")
    monkeypatch.setattr(maps, "BOUNDARIES", tmp_path / "boundaries")
    build(database, tmp_path / "site", pages=tmp_path / "pages")
    page = (tmp_path / "site" / "snapshot" / "2022-09-09.html").read_text("utf-8")
    assert page.count('<a id="outcomes-icb-') == number == 106
    assert '<a id="outcomes-icb-00L" href="../organisation/00L.html"' in page
    assert "Sub-ICB locations are shown as areas" in page
    pictures = tmp_path / "site" / "pictures"
    picture = (pictures / "snapshot-2022-09-09-outcomes.svg").read_text("utf-8")
    assert ">Sub-ICB locations<" in picture
    newest = (tmp_path / "site" / "snapshot" / "2023-11-16.html").read_text("utf-8")
    assert newest.count('<a id="outcomes-icb-') == 42
