"""Maps of England: one shape per ICB and one per trust, as SVG that needs no script to be read.

geopandas reads, projects and dissolves the outlines; the template `templates/map.html` writes them
as paths. Codes, labels, colours and links come from the caller's queries: nothing is joined by name
and nothing is scored here. Same inputs, same bytes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from reports.formats import environment

BOUNDARIES = Path(__file__).parent.parent / "data" / "boundaries"
# A box of 600 by about 690 px, in tenths of a pixel: whole numbers make short paths.
WIDTH = 6000
MARGIN = 60
CODE, WIDER = 270, 3.2  # the height of a marker with its code, and how many of it the two are wide
APART = 84  # between two trusts: most of the width of a marker while the whole map is on show
# British National Grid, in metres: England in the shape that people know.
GRID = "EPSG:27700"
# One sign per place in the legend, so that colour is never the only one: the outline of a trust's
# marker (10 units in radius) and the lines over an area's colour (in a tile of 80 by 80 units).
MARKERS = (
    "M-10 0a10 10 0 1 0 20 0a10 10 0 1 0-20 0z",  # circle
    "M-9-9h18v18h-18z",  # square
    "M0-12l12 21h-24z",  # triangle
    "M0-13l13 13-13 13-13-13z",  # diamond
    "M-4-12h8v8h8v8h-8v8h-8v-8h-8v-8h8z",  # cross
    "M0 12l12-21h-24z",  # triangle on its tip
    "M-12-5h24v10h-24z",  # bar
)
TEXTURES = (
    "",
    "",  # told from the first by its lightness
    "M-10 10l20-20M0 80l80-80M70 90l20-20",  # diagonal lines
    "M0 20h80M0 60h80",  # level lines
    "M0 0l80 80M0 80l80-80",  # a lattice
    "M20 0v80M60 0v80",  # upright lines
    "M0 40h80M40 0v80",  # a grid
)


def boundaries_for(codes: set[str], folder: Path) -> Path | None:
    """The newest boundary release that draws exactly these ICBs (or sub-ICB locations), or None.

    ICBs merge: a release with one code more or less would draw a map of another year.
    """
    releases = sorted(folder.glob("*icb_*.geojson"), reverse=True)
    return next((path for path in releases if codes == {*outlines_of(path)[0].index}), None)


def kind_of(boundaries: Path) -> str:
    """What the areas of a boundary release are, in words."""
    is_sub_icb = boundaries.name.startswith("sub_icb_")
    return "Sub-ICB locations" if is_sub_icb else "Integrated care boards (ICBs)"


def choropleth(
    areas: pd.DataFrame,
    boundaries: Path,
    *,
    points: pd.DataFrame | None = None,
    legend: list[tuple[str, str]],
    point_legend: list[tuple[str, str]] | None = None,
    title: str,
    description: str,
    map_id: str,
) -> Markup:
    """A `<figure>` with the drawing and its legend.

    `areas` has icb_code, label, value_text, colour, href and region_name, one row per ICB of
    `boundaries`, and `detail` where there is more to say; `points` has organisation_code, label,
    value_text, colour, href, latitude and longitude (degrees), one row per trust. A row of `points`
    without coordinates is not drawn: the page names it beneath. `legend` lists (label, colour) in
    order, and has every colour in use; the points have the same one, or `point_legend`.
    `map_id` is unique on its page. Raises ValueError where codes or colours do not fit.
    """
    outlines, matrix, height = outlines_of(boundaries)
    if sorted(areas["icb_code"]) != sorted(outlines.index):
        differing = sorted(set(areas["icb_code"]) ^ set(outlines.index))
        raise ValueError(f"map {map_id}: {boundaries.name} does not fit the ICBs: {differing}")
    keys = {colour: number for number, (_, colour) in enumerate(legend)}
    marks = point_legend or legend
    point_keys = {colour: number for number, (_, colour) in enumerate(marks)}
    drawn = None if points is None else points.dropna(subset=["latitude", "longitude"])
    drawing = (
        environment()
        .get_template("map.html")
        .render(
            areas=[
                {
                    "detail": None,
                    **row,
                    "key": _key(row, keys, map_id),
                    "path": _path(outlines[row["icb_code"]]),
                }
                for row in areas.to_dict("records")
            ],
            regions=[
                _path(shape)
                for shape in regions_of(
                    dict(zip(areas["icb_code"], areas["region_name"], strict=True)), outlines
                )
            ],
            points=None if drawn is None else points_of(drawn, matrix, point_keys, map_id),
            legend=_signs(legend),
            point_legend=_signs(marks),
            is_shared=point_legend is None,
            width=WIDTH,
            height=height,
            title=title,
            description=description,
            map_id=map_id,
            kind=kind_of(boundaries),
        )
    )
    return Markup(drawing)


def locator(
    areas: list[dict[str, Any]],
    boundaries: Path,
    here: str,
    points: list[dict[str, Any]],
    legend: list[tuple[str, str]],
    title: str,
    map_id: str,
) -> Markup:
    """A drawing of the ICB `here` with its trusts, its neighbours, and its place in England."""
    outlines, matrix, height = outlines_of(boundaries)
    near, left, top, zoom = near_of(outlines, here)
    keys = {colour: number for number, (_, colour) in enumerate(legend)}
    placed = pd.DataFrame([p for p in points if p["latitude"] is not None])
    trusts = points_of(placed, matrix, keys, map_id) if len(placed) else []
    drawing = (
        environment()
        .get_template("locator.html")
        .render(
            areas=[
                {**row, "path": _path(near[row["icb_code"]].simplify(20))}
                for row in areas
                if row["icb_code"] in near.index
            ],
            points=nearer(trusts, left, top, zoom),
            legend=_signs(legend),
            here=here,
            england=_england(boundaries),
            icb=_path(outlines[here].simplify(60)),
            width=WIDTH,
            height=height,
            title=title,
            map_id=map_id,
        )
    )
    return Markup(drawing)


def near_of(
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


def nearer(
    points: list[dict[str, Any]], left: float, top: float, zoom: float
) -> list[dict[str, Any]]:
    """Points brought closer, and aside from each other by as much as their codes take."""
    true = (
        np.array([(point["x"], point["y"]) for point in points]).reshape(-1, 2) - (left, top)
    ) * zoom
    moved = _spread(true / (WIDER, 1), CODE) * (WIDER, 1)
    steps = zip(np.rint(true).astype(int), np.rint(moved - true).astype(int), strict=True)
    return [
        {**point, "x": x, "y": y, "aside_x": dx, "aside_y": dy}
        for point, ((x, y), (dx, dy)) in zip(points, steps, strict=True)
    ]


def _signs(legend: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The legend with a texture and a marker for each of its places."""
    return [
        {"label": label, "colour": colour, "texture": texture, "marker": marker}
        for (label, colour), texture, marker in zip(legend, TEXTURES, MARKERS, strict=False)
    ]


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


def regions_of(names: dict[str, str], outlines: geopandas.GeoSeries) -> geopandas.GeoSeries:
    """One outline per region, dissolved from its ICBs, so that both follow the same lines."""
    regions = outlines.index.map(names)
    frame = geopandas.GeoDataFrame(
        {"region_name": regions}, index=outlines.index, geometry=outlines
    )
    return frame.dissolve("region_name", method="coverage").geometry


def points_of(
    points: pd.DataFrame, matrix: list[float], keys: dict[str, int], map_id: str
) -> list[dict[str, Any]]:
    """One record per trust: its place (`x`, `y`), how far its marker moves aside, its marker."""
    places = geopandas.GeoSeries.from_xy(points["longitude"], points["latitude"], crs="EPSG:4326")
    places = places.to_crs(GRID).affine_transform(matrix)
    true = np.rint(shapely.get_coordinates(places)).astype(int)
    aside = np.rint(_spread(true) - true).astype(int)
    return [
        {**row, "x": x, "y": y, "aside_x": dx, "aside_y": dy, "key": _key(row, keys, map_id)}
        for row, (x, y), (dx, dy) in zip(points.to_dict("records"), true, aside, strict=True)
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


def _key(row: dict[str, Any], keys: dict[str, int], map_id: str) -> int:
    """Place of the row's colour in the legend, which has as many places as there are signs."""
    number = keys.get(row["colour"], len(MARKERS))
    if number >= len(MARKERS):
        raise ValueError(f"map {map_id}: the legend has no place for {row['colour']}: {row}")
    return number


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
