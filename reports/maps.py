"""Maps of England: what they draw, one shape per ICB and one marker per trust.

geopandas reads, projects and dissolves the outlines; `templates/map.html` draws them, on a page and
in a picture. Codes, labels, signs and links come from the caller's queries: nothing is joined by
name and nothing is scored here. Same inputs, same bytes.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

BOUNDARIES = Path(__file__).parent.parent / "data" / "boundaries"
# A box of 600 by about 690 px, in tenths of a pixel: whole numbers make short paths.
WIDTH = 6000
MARGIN = 60
CODE, WIDER = 270, 3.2  # the height of a marker with its code, and how many of it the two are wide
APART = 84  # between two trusts: most of the width of a marker while the whole map is on show
# British National Grid, in metres: England in the shape that people know.
GRID = "EPSG:27700"


def boundaries_for(codes: set[str], folder: Path) -> Path | None:
    """The newest boundary release that draws exactly these ICBs (or sub-ICB locations), or None.

    ICBs merge: a release with one code more or less would draw a map of another year.
    """
    releases = sorted(folder.glob("*icb_*.geojson"), reverse=True)
    return next((path for path in releases if codes == {*outlines_of(path)[0].index}), None)


def choropleth(
    areas: list[dict[str, Any]], boundaries: Path, points: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a map draws, for the template `map.html`, but for its legends.

    There is one of `areas` (code, region) for each ICB of `boundaries`, and one of `points`
    (latitude and longitude in degrees) for each trust. A point without coordinates is not drawn:
    the page names it beneath. Raises ValueError where codes do not fit.
    """
    outlines, matrix, height = outlines_of(boundaries)
    differing = {area["code"] for area in areas} ^ set(outlines.index)
    if differing or len(areas) != len(outlines):
        raise ValueError(f"{boundaries.name} does not fit the ICBs of the map: {sorted(differing)}")
    placed, places = _places(points, matrix)
    is_sub_icb = boundaries.name.startswith("sub_icb_")
    shapes = geopandas.GeoDataFrame(
        {"region": [area["region"] for area in areas]},
        geometry=[outlines[area["code"]] for area in areas],
    )
    return {
        "kind": "Sub-ICB locations" if is_sub_icb else "Integrated care boards (ICBs)",
        "width": WIDTH,
        "height": height,
        "areas": [{**area, "path": _paths(boundaries)[area["code"]]} for area in areas],
        # dissolved from the ICBs, so that both follow the same lines
        "regions": [_path(one) for one in shapes.dissolve("region", method="coverage").geometry],
        "points": _markers(placed, places, _spread(places)),
    }


def locator(
    areas: list[dict[str, Any]], boundaries: Path, here: str, points: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a map of the ICB `here` draws: its trusts, its neighbours, its place in England."""
    outlines, matrix, height = outlines_of(boundaries)
    near, left, top, zoom = _brought_closer(outlines, here)
    placed, places = _places(points, matrix)
    true = (places - (left, top)) * zoom
    # aside from each other by as much as their codes take
    moved = _spread(true / (WIDER, 1), CODE) * (WIDER, 1)
    return {
        "width": WIDTH,
        "height": height,
        "areas": [
            {
                **area,
                "is_here": area["code"] == here,
                "path": _path(near[area["code"]].simplify(20)),
            }
            for area in areas
            if area["code"] in near.index
        ],
        "points": _markers(placed, true, moved),
        "england": _england(boundaries),
        "icb": _path(outlines[here].simplify(60)),
    }


def _brought_closer(
    outlines: geopandas.GeoSeries, here: str
) -> tuple[geopandas.GeoSeries, float, float, float]:
    """What is round an ICB, brought closer: outlines, the corner where they start, the zoom."""
    west, north, east, south = outlines[here].bounds
    side = max(east - west, south - north) * 1.2
    left, top = (west + east - side) / 2, (north + south - side) / 2
    zoom = WIDTH / side
    frame = outlines.clip_by_rect(left, top, left + side, top + side)
    closer = [zoom, 0, 0, zoom, -left * zoom, -top * zoom]
    return frame[~frame.is_empty].affine_transform(closer), left, top, zoom


@lru_cache
def _paths(path: Path) -> dict[str, str]:
    """The outlines of a boundary release as SVG paths."""
    return {code: _path(shape) for code, shape in outlines_of(path)[0].items()}


@lru_cache
def _england(path: Path) -> str:
    """England in one outline, for a small picture of it."""
    return _path(outlines_of(path)[0].union_all(method="coverage").simplify(60))


@lru_cache
def outlines_of(path: Path) -> tuple[geopandas.GeoSeries, list[float], int]:
    """Outlines by ICB code in units of the drawing, how metres become units, and the height."""
    areas = geopandas.read_file(path)
    [code] = [column for column in areas.columns if column.endswith("_code")]
    shapes = areas.set_index(code).geometry.to_crs(GRID)
    west, south, east, north = shapes.total_bounds
    scale = (WIDTH - 2 * MARGIN) / (east - west)
    matrix = [scale, 0, 0, -scale, MARGIN - west * scale, MARGIN + north * scale]
    return shapes.affine_transform(matrix), matrix, round((north - south) * scale + 2 * MARGIN)


def _places(
    points: list[dict[str, Any]], matrix: list[float]
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """The points that have coordinates, and where they are in units of the drawing."""
    placed = [point for point in points if point["latitude"] is not None]
    degrees = [[point[name] for point in placed] for name in ("longitude", "latitude")]
    places = geopandas.GeoSeries.from_xy(*degrees, crs="EPSG:4326").to_crs(GRID)
    return placed, shapely.get_coordinates(places.affine_transform(matrix))


def _markers(
    points: list[dict[str, Any]], true: np.ndarray, moved: np.ndarray
) -> list[dict[str, Any]]:
    """The points with their place in whole units, and how far their markers move aside."""
    whole, aside = (np.rint(one).astype(int).tolist() for one in (true, moved - true))
    return [
        {**point, "x": x, "y": y, "aside_x": dx, "aside_y": dy}
        for point, (x, y), (dx, dy) in zip(points, whole, aside, strict=True)
    ]


def _spread(places: np.ndarray, apart: float = APART) -> np.ndarray:
    """Places moved aside by as little as it takes for each marker to show, London's above all."""
    no_two_the_same = 0.01 * np.arange(places.size).reshape(places.shape)
    moved: np.ndarray = places + no_two_the_same
    for _ in range(200):
        gaps = moved[:, None] - moved
        distances = np.hypot(*gaps.T).T + np.eye(len(moved)) * apart
        lacking = np.clip(apart - distances, 0, None) / distances
        if not lacking.any():
            break
        moved = moved + 0.4 * (gaps * lacking[..., None]).sum(axis=1)
    return moved


def _path(shape: shapely.Geometry) -> str:
    """SVG path of a polygon or several, in whole units and relative steps; specks are left out."""
    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            corners = np.rint(shapely.get_coordinates(ring)[:-1]).astype(int)
            steps = np.diff(corners, axis=0)
            steps = steps[steps.any(axis=1)]
            if len(steps) > 1:
                line = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
                rings.append(f"M{corners[0][0]} {corners[0][1]}l{line}z")
    return "".join(rings)
