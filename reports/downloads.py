"""Data that people take away: every mart as CSV and Parquet, maps as GeoJSON, all as a spreadsheet.

The list of marts, their columns and descriptions come from the database, into which dbt writes
them: a new mart is published without a line here. Files are in full order and carry no time of
writing: same database, same bytes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import geopandas
import shapely

from reports.catalogue import Mart, copy, mark_of, parts_of, select
from reports.maps import BOUNDARIES, boundaries_for
from reports.marts import Marts, Row
from reports.settings import SETTINGS, STATUS, TITLE
from reports.spreadsheet import write_spreadsheet
from tasks import publishing

SOURCES = SETTINGS["sources"]
NEWEST = "select max(snapshot_at) from marts.dim_snapshots"
ICBS = "select * from marts.agg_icb_scores where snapshot_date = $day order by all"
TRUSTS = """
    select * from marts.fct_compliance
    where snapshot_date = $day and organisation_type = 'NHS Trust' order by all
"""
OPENED_ROWS = 1_000_000  # more than a spreadsheet opens
PACKED_ROWS = 20_000  # more than that as CSV would be most of the site
FIELD_TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "INTEGER": "integer", "BIGINT": "integer"}
FIELD_TYPES |= {"DOUBLE": "number", "DATE": "date", "TIMESTAMP": "datetime"}


class Download(NamedTuple):
    """A file to take away; `path` is relative to the folder of downloads, with forward slashes."""

    name: str
    path: str
    format: str
    size_in_bytes: int
    description: str


def write_downloads(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    marts: list[Mart],
    boundaries: Path = BOUNDARIES,
    before: Path | None = None,
) -> list[Download]:
    """Writes all files but the pages' own tables into `folder`, and lists them.

    Of long tables and the spreadsheet it takes over from `before`, an older folder of downloads,
    what has not changed.
    Outlines of ICBs are among them where a release in the folder `boundaries` has exactly the ICBs
    of the newest snapshot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    downloads: list[Download] = []

    def add(path: str, kind: str, description: str) -> None:
        size = (folder / path).stat().st_size
        downloads.append(Download(path.partition(".")[0], path, kind, size, description))

    for mart in marts:
        for path, kind, description in _write_mart(connection, mart, folder, before):
            add(path, kind, description)
    [(created,)] = connection.execute(NEWEST).fetchall()
    for path, description, features in _maps(Marts(connection), created.date(), boundaries):
        (folder / path).write_text(features, encoding="utf-8", newline="\n")
        add(path, "GeoJSON", description)
    intro = [STATUS, f"Newest export of the toolkit: {created:%d %B %Y}."]
    name = "open_cyber.xlsx"
    older = before / name if before and _as_described(before, name) else None
    write_spreadsheet(connection, marts, folder / name, TITLE, intro, SOURCES, created, older)
    add(name, "XLSX", "All but the longest tables, in one accessible spreadsheet.")
    file = connection.execute(
        "select path from duckdb_databases() where path is not null"
    ).fetchone()
    if file:
        shutil.copyfile(file[0], folder / "open_cyber.duckdb")
        add("open_cyber.duckdb", "DuckDB", "The database itself, with all tables.")
    return [*downloads, write_licence(folder)]


def _write_mart(
    connection: duckdb.DuckDBPyConnection, mart: Mart, folder: Path, before: Path | None
) -> Iterator[tuple[str, str, str]]:
    """Writes the files of a mart: path, format, description."""
    if mart.rows <= OPENED_ROWS:
        packed = ".gz" * (mart.rows > PACKED_ROWS)
        for kind, suffix in (("CSV", f"csv{packed}"), ("Parquet", "parquet")):
            path = f"{mart.name}.{suffix}"
            copy(connection, select(mart.relation(), mart.columns, kind), folder / path, kind)
            yield path, kind, mart.description
        return
    why = (
        f"Too long for a spreadsheet ({mart.rows:,} rows in all), so there is a Parquet file for"
        " each month of the newest year and for each earlier year."
    )
    for part, mark, queries in parts_of(mart):
        path = f"{mart.name}-{part.replace(' ', '-')}.parquet"
        if before and mark_of(connection, before / path) == mark and _as_described(before, path):
            publishing.link(before / path, folder / path)
        else:
            # in order at once it would fill the memory: each day for itself, then they are joined
            with tempfile.TemporaryDirectory(dir=folder) as days:
                files = [f"{days}/{number}.parquet" for number in range(len(queries))]
                for file, query in zip(files, queries, strict=True):
                    copy(connection, query, Path(file), "part")
                copy(connection, f"from read_parquet({files})", folder / path, "Parquet", mark)
        yield path, "Parquet", f"{mart.description} Of {part}. {why}"


def _as_described(folder: Path, path: str) -> bool:
    """Whether a file of an older folder has the bytes that its descriptor says."""
    try:
        package = json.loads((folder / "datapackage.json").read_bytes())
        [described] = [one["hash"] for one in package["resources"] if one["path"] == path]
        return bool(described == f"sha256:{publishing.hash_of(folder / path)}")
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _maps(marts: Marts, day: date, boundaries: Path) -> Iterator[tuple[str, str, str]]:
    """Maps of a day's snapshot: file, description, GeoJSON."""
    icbs = {row["icb_code"]: row for row in marts.query("icbs", ICBS, {"day": day}, True)}
    if release := boundaries_for(set(icbs), boundaries):
        outlines = geopandas.read_file(release).set_index("icb_code").geometry
        # the outer ring against the clock, as RFC 7946 has it
        shapes = {code: shapely.orient_polygons(outlines[code]) for code in icbs}
        description = "ICBs with their scores and outcome in the newest snapshot."
        yield "icbs.geojson", description, _features(icbs, shapes)
    found = marts.query("trusts", TRUSTS, {"day": day}, True)
    trusts = {row["organisation_code"]: row for row in found}
    points = {
        # a trust without a point is a feature without a geometry: none is left out
        code: None if row["latitude"] is None else shapely.Point(row["longitude"], row["latitude"])
        for code, row in trusts.items()
    }
    description = "Trust headquarters with their outcome in the newest snapshot."
    yield "trusts.geojson", description, _features(trusts, points)


def _features(rows: dict[str, Row], shapes: dict[str, shapely.Geometry | None]) -> str:
    """GeoJSON of RFC 7946, a feature a line."""
    known = [shape for shape in shapes.values() if shape is not None]
    head = {"type": "FeatureCollection", "sources": SOURCES}
    if known:
        head["bbox"] = shapely.total_bounds(known).tolist()
    lines = []
    for code, row in rows.items():
        geometry = shapes[code] and json.loads(shapely.to_geojson(shapes[code]))
        feature = {"type": "Feature", "id": code, "geometry": geometry, "properties": row}
        lines.append(json.dumps(feature, ensure_ascii=False, default=str))
    start = json.dumps(head, ensure_ascii=False).removesuffix("}")
    return f'{start}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def write_licence(folder: Path) -> Download:
    """The licences and attribution of all files of a folder."""
    licences = [f"- {one['title']}: {one['path']}" for one in SETTINGS["licences"]]
    sources = [f"- {source}" for source in SOURCES]
    parts = [TITLE, STATUS, SETTINGS["licence"], "Licences", *licences, "Attribution", *sources]
    file = folder / "LICENCE.txt"
    file.write_text("\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    words = "Licences and attribution of all files."
    return Download("LICENCE", file.name, "Text", file.stat().st_size, words)


def write_package(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    downloads: list[Download],
    marts: list[Mart],
    shown: list[Mart],
    version: str = "",
) -> None:
    """The descriptor of all files, those of the pages (`shown`) too: Data Package, version 2.

    Files of a release say its `version`.
    """
    tables = {
        f"{table.name}.csv{packed}": table for table in [*marts, *shown] for packed in ("", ".gz")
    }

    def resource(path: str, description: str) -> dict[str, Any]:
        described = {
            "name": path.lower(),
            "path": path,
            "description": description,
            "format": path.removesuffix(".gz").rpartition(".")[2],
            "bytes": (folder / path).stat().st_size,
            "hash": f"sha256:{publishing.hash_of(folder / path)}",
        }
        if path not in tables:
            return described | {"type": "file"}  # else a validator would want to read Parquet too
        fields = [
            {"name": name, "type": FIELD_TYPES.get(kind, "any"), "description": text}
            for name, kind, text in tables[path].columns
        ]
        return described | {"type": "table", "encoding": "utf-8", "schema": {"fields": fields}}

    [(created,)] = connection.execute(NEWEST).fetchall()
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "open-cyber",
        "title": TITLE,
        "description": STATUS,
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        **({"version": version} if version else {}),
        "licenses": SETTINGS["licences"],
        "sources": [{"title": source} for source in SOURCES],
        "resources": [
            *(resource(one.path, one.description) for one in downloads),
            *(resource(f"{one.name}.csv", one.description) for one in shown),
        ],
    }
    text = json.dumps(package, ensure_ascii=False, separators=(",", ":"))
    (folder / "datapackage.json").write_text(text + "\n", "utf-8", newline="\n")
