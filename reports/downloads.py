"""Data that people take away: every mart as CSV and Parquet, maps as GeoJSON, all as a spreadsheet.

The list of marts, their columns and descriptions come from the database, into which dbt writes
them: a new mart is published without a line here. Files are in full order and carry no time of
writing: same database, same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from reports.catalogue import Mart, published_marts, select
from reports.maps import BOUNDARIES, boundaries_for
from reports.site import SETTINGS
from reports.spreadsheet import write_spreadsheet

TITLE = "Data Security and Protection Toolkit: who meets the standards"
STATUS = "Published to be checked and reused. These are not official statistics."
FEATURES = Path(__file__).parent / "geojson"
SOURCES = SETTINGS["sources"]
COPIES = {
    "CSV": "format csv, header, timestampformat '%Y-%m-%dT%H:%M:%S'",
    "Parquet": "format parquet, compression zstd",
}
FIELD_TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "INTEGER": "integer", "BIGINT": "integer"}
FIELD_TYPES |= {"DOUBLE": "number", "DATE": "date", "TIMESTAMP": "datetime"}


@dataclass(frozen=True)
class Download:
    """A file to take away; `path` is relative to the folder of downloads, with forward slashes."""

    name: str
    path: str
    format: str
    size_in_bytes: int
    description: str


def write_downloads(
    connection: duckdb.DuckDBPyConnection, folder: Path, boundaries: Path = BOUNDARIES
) -> list[Download]:
    """Writes all files into `folder` and lists them.

    Outlines of ICBs are among them where a release in the folder `boundaries` has exactly the ICBs
    of the newest snapshot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    downloads: list[Download] = []

    def add(path: str, kind: str, description: str) -> None:
        size = (folder / path).stat().st_size
        downloads.append(Download(path.rpartition(".")[0], path, kind, size, description))

    marts = list(published_marts(connection))
    for mart in marts:
        for kind, options in COPIES.items():
            path = f"{mart.name}.{kind.lower()}"
            target = str(folder / path).replace("'", "''")
            connection.execute(f"copy ({select(mart, kind)}) to '{target}' ({options})")
            add(path, kind, mart.description)
    for path, description, parameters in _maps(connection, boundaries):
        _write_features(connection, folder / path, parameters)
        add(path, "GeoJSON", description)
    query = "select max(snapshot_at) from marts.dim_snapshots"
    [(created,)] = connection.execute(query).fetchall()
    intro = [STATUS, f"Newest export of the toolkit: {created:%d %B %Y}."]
    write_spreadsheet(connection, marts, folder / "open_cyber.xlsx", TITLE, intro, SOURCES, created)
    add("open_cyber.xlsx", "XLSX", "All tables in one accessible spreadsheet.")
    (folder / "LICENCE.txt").write_text(_licence(), encoding="utf-8")
    add("LICENCE.txt", "Text", "Licences and attribution of all files.")
    package = json.dumps(_package(marts, downloads, created, folder), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(package + "\n", encoding="utf-8")
    add("datapackage.json", "JSON", "Machine-readable description of all files (Data Package).")
    return downloads


def _maps(
    connection: duckdb.DuckDBPyConnection, boundaries: Path
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Maps of the newest snapshot: file, description, parameters of the query of that name."""
    icbs = connection.execute(
        "select icb_code from marts.agg_icb_scores "
        "where snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)"
    ).fetchall()
    if release := boundaries_for({code for (code,) in icbs}, boundaries):
        description = "ICBs with their scores in the newest snapshot."
        yield "icbs.geojson", description, {"boundaries": str(release)}
    yield "trusts.geojson", "Trust headquarters with their outcome in the newest snapshot.", {}


def _write_features(
    connection: duckdb.DuckDBPyConnection, path: Path, parameters: dict[str, str]
) -> None:
    query = (FEATURES / path.with_suffix(".sql").name).read_text(encoding="utf-8")
    features = connection.execute(
        "select cast(json_object('type', 'Feature', 'id', id, 'geometry', geometry, "
        f"'properties', to_json(properties)) as varchar) from ({query}) order by id",
        parameters,
    ).fetchall()
    sources = json.dumps(SOURCES, ensure_ascii=False)
    lines = ",\n".join(feature for (feature,) in features)
    path.write_text(
        f'{{"type": "FeatureCollection", "sources": {sources}, "features": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )


def _licence() -> str:
    licences = [f"- {one['title']}: {one['path']}" for one in SETTINGS["licences"]]
    sources = [f"- {source}" for source in SOURCES]
    parts = [TITLE, STATUS, SETTINGS["licence"], "Licences", *licences, "Attribution", *sources]
    return "\n".join(parts) + "\n"


def _package(
    marts: list[Mart], downloads: list[Download], created: datetime, folder: Path
) -> dict[str, Any]:
    """Descriptor of the Data Package standard, version 2, with a table schema for each CSV."""

    def resource(item: Download) -> dict[str, Any]:
        described = {
            "name": item.path.lower(),
            "path": item.path,
            "description": item.description,
            "format": item.path.rpartition(".")[2],
            "bytes": item.size_in_bytes,
            "hash": "sha256:" + hashlib.sha256((folder / item.path).read_bytes()).hexdigest(),
        }
        if item.format == "CSV":
            columns = next(mart.columns for mart in marts if mart.name == item.name)
            fields = [
                {"name": name, "type": FIELD_TYPES.get(data_type, "any"), "description": text}
                for name, data_type, text in columns
            ]
            described |= {"type": "table", "encoding": "utf-8", "schema": {"fields": fields}}
        return described

    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "open-cyber",
        "title": TITLE,
        "description": STATUS,
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": SETTINGS["licences"],
        "sources": [{"title": source} for source in SOURCES],
        "resources": [resource(item) for item in downloads],
    }
