"""Boundaries of ICBs or sub-ICB locations: from any official file to what the report draws."""

import json
import re
from collections.abc import Mapping, Set
from pathlib import Path

import geopandas as gpd
import shapely
from pyogrio.errors import DataSourceError
from shapely.geometry import box

from reference import Refused

TOLERANCE = 1_000  # metres: 42 ICBs in about 123 kB, and still recognisable at the width of a page
ENGLAND = (-7, 49.5, 2.5, 56.5)  # degrees, roughly; Scilly to Berwick
DECIMALS = 5  # degrees: about a metre
# what ONS has called each geography over the years, and what we call it
PREFIXES = {"STP": "icb", "ICB": "icb", "CCG": "sub_icb", "LOC": "sub_icb", "SICBL": "sub_icb"}


def describe(path: Path) -> tuple[str, str]:
    """(`icb`, `sub_icb`, `NHSER`, ... , two-digit year) of a file, from its own column names.

    April 2021's STP boundaries count as ICB, as in the lookups. Refused: no geography that ONS has.
    """
    try:
        columns = gpd.read_file(path, rows=1).columns
    except DataSourceError as error:
        raise Refused(
            f"{path.name}: cannot be read as boundaries; download it again ({error})"
        ) from error
    for column in columns:
        if found := re.fullmatch(r"([A-Z]+)(\d\d)CD", column.upper()):
            return PREFIXES.get(found[1], found[1]), found[2]
    raise Refused(
        f"{path.name}: no ONS code column (such as ICB23CD) among {', '.join(columns)}; "
        "download the boundaries from the ONS Open Geography Portal"
    )


def compact(path: Path, geography: str, ods_codes: Mapping[str, str], expected: Set[str]) -> bytes:
    """The GeoJSON to store: one feature per area (`icb_code`, `icb_name`), EPSG:4326, sorted.

    Of sub-ICB locations the properties are `sub_icb_code` and `sub_icb_name`. `geography` is what
    `describe` says; `ods_codes` gives the ODS code for each ONS code (E54..., E38...); `expected`
    is what the lookup of the same release has, empty where there is none. Neighbours are simplified
    together and so keep one common border; that this holds for the numbers as written is checked.
    Refused: an unknown ONS code, an ICB without an area, no CRS, another place than England, or
    areas that overlap.
    """
    areas = gpd.read_file(path)
    if areas.crs is None:
        raise Refused(f"{path.name}: has no CRS; a shapefile needs its .prj beside it")
    if not box(*ENGLAND).contains(box(*areas.to_crs("EPSG:4326").total_bounds)):
        raise Refused(
            f"{path.name}: its coordinates are not degrees within England, as its format or CRS "
            "says they are; download it in EPSG:4326 (outSR=4326), or with its CRS"
        )
    prefixes = "|".join(prefix for prefix, ours in PREFIXES.items() if ours == geography)
    code, name = (
        next((c for c in areas.columns if re.fullmatch(rf"({prefixes})\d\d{end}", c.upper())), None)
        for end in ("CD", "NM")
    )
    if code is None or name is None:
        raise Refused(f"{path.name}: needs a code and a name column, such as ICB23CD and ICB23NM")
    if unknown := sorted(str(value) for value in set(areas[code]) - set(ods_codes)):
        raise Refused(
            f"{path.name}: no ODS code for {', '.join(unknown)}; "
            "import the ONS lookup of the same release too"
        )
    areas["ods_code"] = areas[code].map(ods_codes)
    if expected and (differing := expected ^ set(areas["ods_code"])):
        what = {"icb": "ICBs", "sub_icb": "sub-ICB locations"}[geography]
        raise Refused(
            f"{path.name}: has other {what} than the lookup of that release: "
            f"{', '.join(sorted(differing))}"
        )
    mended = areas.make_valid(method="structure", keep_collapsed=False)
    areas.geometry = areas.geometry.where(areas.is_valid, mended)
    areas = areas.dissolve(by="ods_code", as_index=False)  # sorts by code, too

    simplified = areas.to_crs("EPSG:27700")
    simplified.geometry = shapely.coverage_simplify(
        shapely.force_2d(simplified.geometry.values), TOLERANCE
    )
    written = shapely.orient_polygons(
        shapely.transform(
            simplified.to_crs("EPSG:4326").geometry.values, lambda xy: xy.round(DECIMALS)
        )
    )
    if not (shapely.is_valid(written).all() and shapely.coverage_is_valid(written)):
        raise Refused(
            f"{path.name}: once simplified, its areas overlap or leave gaps; "
            "download another generalisation (BSC, BGC or BFC)"
        )
    features = [
        {
            "type": "Feature",
            "properties": {f"{geography}_code": ods_code, f"{geography}_name": area_name},
            "geometry": shapely.geometry.mapping(geometry),
        }
        for ods_code, area_name, geometry in zip(
            areas["ods_code"], areas[name], written, strict=True
        )
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return (json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
