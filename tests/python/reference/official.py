"""Small files in the official layouts. Organisations, codes and places are invented."""

import csv
import io
import shutil
import zipfile
from collections.abc import Mapping
from math import sin
from pathlib import Path

import geopandas as gpd
from shapely.geometry import Polygon

Rows = list[list[str]]
Content = Rows | str | bytes | gpd.GeoDataFrame | Mapping[str, Rows | str]
LOOKUP_COLUMNS = ("CD", "CDH", "NM")


def table(rows: Rows) -> str:
    """CSV text."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def write(folder: Path, files: Mapping[str, Content]) -> None:
    """Writes files into an empty folder: rows as CSV, a mapping as a zip with these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        if isinstance(content, gpd.GeoDataFrame):
            content.to_file(path)
        elif isinstance(content, Mapping):
            with zipfile.ZipFile(path, "w") as archive:
                for inner, each in content.items():
                    archive.writestr(inner, each if isinstance(each, str) else table(each))
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else table(content)
            path.write_text(text, "utf-8", newline="")


def files_of(root: Path) -> dict[str, bytes]:
    """Every file in a folder, by its path from there."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def organisation(
    code: str,
    name: str = "",
    *,
    region: str = "Y60",
    icb: str = "QA1",
    postcode: str = "ZZ1 1AA",
    opened: str = "20200401",
    closed: str = "",
    status: str = "",
    sub_type: str = "",
    commissioner: str = "",
    setting: str = "",
) -> list[str]:
    """One row of a list of ODS: 27 columns."""
    row = [""] * 27
    row[0:4] = [code, name or f"{code} NHS TRUST", region, icb]
    row[9:15] = [postcode, opened, closed, status, sub_type, commissioner]
    row[21], row[25] = "1", setting
    return row


def practice(code: str, setting: str = "RO76", status: str = "ACTIVE", **facts: str) -> list[str]:
    """One row of epraccur, as the newer service writes it."""
    facts = {"name": f"SURGERY {code}", "sub_type": "B", "commissioner": "98Z"} | facts
    return organisation(code, status=status, setting=setting, **facts)


def dispensary(code: str, kind: str = "RO182", status: str = "ACTIVE", **facts: str) -> list[str]:
    """One row of edispensary, as the newer service writes it."""
    facts = {"name": f"CHEMIST {code}", "commissioner": "P00F"} | facts
    return organisation(code, status=status, sub_type=kind, **facts)


ETR = [organisation("RZ1"), organisation("RZ2", icb="QA2"), organisation("Z1Z2Z")]
ECT = [organisation("TZ1", sub_type="T")]
ECCG = [
    organisation("98Z", "NHS INVENTED ICB - 98Z", sub_type="C"),
    organisation("97Z", "INVENTED COMMISSIONING HUB", sub_type="H", icb="Q99"),
]
ECSU = [
    organisation("0ZY", "CLOSED CSU", region="", icb="", closed="20180331"),
    organisation("0ZZ", "INVENTED CSU", region="", icb="", opened=""),
]
EPRACCUR = [practice("Z99901"), practice("Z99902", "RO80|RO87", commissioner="99Z")]
EDISPENSARY = [dispensary("FZZ01"), dispensary("FZ002", "RO94")]
SUCC = [
    ["RZ0", "RZ1", "R", "20210401", ""],
    ["RY0", "RZ0", "R", "20190401", "F"],
    ["A99998", "A99999", "R", "20210401", ""],  # practices: nobody of ours
]
REPORTS = {
    "etr": ETR, "ect": ECT, "eccg": ECCG, "ecsu": ECSU, "epraccur": EPRACCUR,
    "edispensary": EDISPENSARY, "succ": SUCC,
}  # fmt: skip


def lookup(
    year: str = "26", sub: str = "SICBL", icb: str = "ICB", finer: str = "", top: str = "NHSER"
) -> Rows:
    """An ONS lookup: two sub-ICB locations, each in an ICB of its own, in one region.

    Of a finer level (LSOA21) each location has three.
    """
    header = [f"{p}{year}{c}" for p in (sub, icb, top) for c in LOOKUP_COLUMNS]
    rows = [
        ["E3801", "98Z", "Place one", "E5401", "QA1", "ICB one", "E4001", "Y60", "Region"],
        ["E3802", "99Z", "Place two", "E5402", "QA2", "ICB two", "E4001", "Y60", "Region"],
    ]
    if not finer:
        return [["FID", *header], *([str(n), *row] for n, row in enumerate(rows))]
    fine = [[f"E01{n}{copy}", *row] for n, row in enumerate(rows) for copy in range(3)]
    return [[f"{finer}CD", *header], *fine]


def areas(
    year: str = "26", prefix: str = "ICB", codes: tuple[str, str] = ("E5402", "E5401")
) -> gpd.GeoDataFrame:
    """Two areas of 50 km, in metres (EPSG:27700), with a winding border of 1,001 points between.

    The eastern ring starts half-way along it, where simplifying each by itself would part them.
    """
    border = [(450_000 + 3_000 * sin(y / 3_000), y) for y in range(200_000, 250_050, 50)]
    west = Polygon([(400_000, 250_000), (400_000, 200_000), *border])
    far = [(500_000, 200_000), (500_000, 250_000)]
    east = Polygon([*reversed(border[:500]), *far, *reversed(border[500:])])
    columns = {f"{prefix}{year}CD": codes, f"{prefix}{year}NM": ("ICB two", "ICB one")}
    return gpd.GeoDataFrame(columns, geometry=[east, west], crs="EPSG:27700")


EXPORT = "DSPT search results 23_11_2026 09_15_30.csv"
DSPT = [
    ["Code", "Organisation Name", "Status", "Date Of Publication", "Primary Sector"],
    ["RZ1", "RZ1 NHS TRUST", "25/26 Standards Met", "01/06/2026", "NHS Trust"],
]
