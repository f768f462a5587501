"""Downloads: whole, the same in each format, described, taken over where nothing changed."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import frictionless
import pytest
import shapely
from fsspec.implementations.local import LocalFileSystem

from reports import downloads as downloads_module
from reports.catalogue import COPIES, mark_of, published_marts
from reports.downloads import write_downloads, write_package
from reports.marts import Marts
from reports.spreadsheet import SHEET_ROWS
from tests.bench import Bench

pytestmark = pytest.mark.filterwarnings("ignore:::gptables")  # deprecations inside the library


@pytest.fixture
def folder(site: Path) -> Path:
    """The downloads of the site."""
    return site / "data"


SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@cache
def texts_of(path: Path) -> list[str]:
    """The texts of a spreadsheet, to which its cells refer."""
    with zipfile.ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(item.itertext()) for item in shared]


def sheet_of(path: Path, name: str) -> list[tuple[str | None, str]]:
    """Cells of a sheet as (type, value): type `s` is a text, none a number, `f` marks a formula."""
    with zipfile.ZipFile(path) as book:
        names = re.findall('<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{names.index(name) + 1}.xml"))
    cells = []
    for cell in sheet.iterfind(".//x:c", SPACE):
        value = cell.findtext("x:v", "", SPACE)
        kind = "f" if cell.find("x:f", SPACE) is not None else cell.get("t")
        cells.append((kind, texts_of(path)[int(value)] if kind == "s" else value))
    return cells


def test_a_trust_without_a_point_stays_in_the_data_of_the_map(bench: Bench, tmp_path: Path) -> None:
    with bench.undone():
        bench.db.execute(
            "update marts.fct_compliance set latitude = null where organisation_code = 'RJ1'"
        )
        [(name, _, text)] = downloads_module._maps(Marts(bench.db), date(2023, 11, 16), tmp_path)
    assert name == "trusts.geojson"
    features = json.loads(text)["features"]
    assert [one["id"] for one in features if one["geometry"] is None] == ["RJ1"]


def test_every_mart_is_whole_in_every_format(folder, connection):
    marts = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
    ).fetchall()
    assert len(marts) > 20
    for (mart,) in marts:
        forms = (f"marts.{mart}", f"'{folder}/{mart}.csv'", f"'{folder}/{mart}.parquet'")
        counts = [connection.execute(f"select count(*) from {one}").fetchone() for one in forms]
        assert len(set(counts)) == 1, mart
        if 0 < counts[0][0] <= SHEET_ROWS:
            assert sheet_of(folder / "open_cyber.xlsx", mart), mart


def test_maps_lose_no_icb_and_no_trust_and_follow_rfc_7946(folder, connection):
    newest = "snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)"
    scores = connection.execute(
        f"select icb_code, composite_score from marts.agg_icb_scores where {newest}"
    ).fetchall()
    trusts = connection.execute(
        "select organisation_code from marts.fct_compliance "
        f"where {newest} and organisation_type = 'NHS Trust' order by all"
    ).fetchall()
    icbs, places = (
        json.loads((folder / f"{name}.geojson").read_bytes()) for name in ("icbs", "trusts")
    )
    drawn = {item["id"]: item["properties"]["composite_score"] for item in icbs["features"]}
    assert drawn == dict(scores)
    assert sorted((item["id"],) for item in places["features"]) == trusts
    for whole in (icbs, places):
        shapes = [shapely.geometry.shape(one["geometry"]) for one in whole["features"]]
        assert whole["bbox"] == shapely.total_bounds(shapes).tolist()
        west, south, east, north = whole["bbox"]
        assert -7 < west < east < 2 and 49 < south < north < 56
    assert all(item["geometry"]["type"].endswith("Polygon") for item in icbs["features"])
    outlines = [shapely.geometry.shape(item["geometry"]) for item in icbs["features"]]
    parts = [part for shape in outlines for part in getattr(shape, "geoms", [shape])]
    assert all(part.exterior.is_ccw for part in parts)


PERIODS = """
    select distinct case when year(snapshot_date) = year(newest)
        then strftime(snapshot_date, '%Y-%m') else strftime(snapshot_date, '%Y') end
    from marts.dim_snapshots, (select max(snapshot_date) as newest from marts.dim_snapshots)
    order by all
"""


def test_a_long_table_is_parquet_by_year_and_month(connection, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads_module, "OPENED_ROWS", 20)
    tried = ("fct_assessments", "dq_findings", "dim_names", "dim_outcomes")
    marts = {mart.name: mart for mart in published_marts(connection) if mart.name in tried}
    written = write_downloads(connection, tmp_path, list(marts.values()))
    files = {item.path: item for item in written}
    periods = [period for (period,) in connection.execute(PERIODS).fetchall()]
    assert len(periods) > 1
    for name, of_days in {
        "fct_assessments": periods,
        "dq_findings": [*periods, "no-year"],
        "dim_names": ["no-year"],
    }.items():
        parts = [f"{name}-{period}.parquet" for period in of_days]
        assert [path for path in files if path.startswith(name)] == parts
        taken = f"read_parquet('{tmp_path}/{name}-*.parquet')"
        kept = [f"from {rows} order by all" for rows in (f"marts.{name}", taken)]
        ours, theirs = (connection.execute(query).fetchall() for query in kept)
        assert ours == theirs
        assert all(f"{marts[name].rows:,} rows" in files[part].description for part in parts)
    assert "dim_outcomes.csv" in files and all(path.is_file() for path in tmp_path.iterdir())


@pytest.fixture
def publish(database: Path, tmp_path: Path, monkeypatch) -> Callable[..., dict[str, bytes]]:
    """Writes a long and a short table into a folder of a name, and gives its files."""
    monkeypatch.setattr(downloads_module, "OPENED_ROWS", 20)
    copied = shutil.copy(database, tmp_path / "open_cyber.duckdb")  # its name is in the views

    def written(name: str, before: str | None = None) -> dict[str, bytes]:
        folder, older = tmp_path / name, before and tmp_path / before
        with duckdb.connect(str(copied), read_only=True) as connection:
            two = ("fct_assessments", "dim_outcomes")
            marts = [mart for mart in published_marts(connection) if mart.name in two]
            downloads = write_downloads(connection, folder, marts, before=older)
            write_package(connection, folder, downloads, marts, [])
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    return written


OLDER, NEWER, BOOK = (
    "fct_assessments-2022.parquet", "fct_assessments-2023-11.parquet", "open_cyber.xlsx",
)  # fmt: skip


def taken_over(folder: Path, name: str) -> set[str]:
    """Which parts, and the spreadsheet, are the very files of those in `first`."""
    first, new = folder / "first", folder / name
    return {file for file in (OLDER, NEWER, BOOK) if (first / file).samefile(new / file)}


def test_only_unchanged_parts_of_long_tables_are_taken_over(publish, tmp_path, monkeypatch):
    first = publish("first")
    assert publish("second", "first") == first
    assert taken_over(tmp_path, "second") == {OLDER, NEWER, BOOK}

    with duckdb.connect(str(tmp_path / "open_cyber.duckdb")) as connection:
        connection.execute(
            "update rules.int_assessments_parsed set organisation_name = 'Renamed' "
            "where organisation_code = 'RH5' and last_snapshot_date < date '2023-01-01'"
        )
        connection.execute("update marts.dim_outcomes set meaning = 'Renamed' where points = 3")
    assert publish("changed", "first") == publish("anew")
    assert taken_over(tmp_path, "changed") == {NEWER}
    now = {path: (tmp_path / "first" / path).read_bytes() for path in first}
    assert now == first, "nothing is written through a link"

    monkeypatch.setitem(COPIES, "Parquet", "format parquet")
    assert publish("otherwise", "first") != first
    assert taken_over(tmp_path, "otherwise") == set()


def test_a_file_is_taken_over_only_as_it_was_published(publish, tmp_path):
    """Not when it is damaged, has other rows under its mark, or nothing says its hash."""
    first, other, files = publish("first"), tmp_path / "other.parquet", {OLDER, NEWER, BOOK}
    part, described = tmp_path / "first" / OLDER, first["datapackage.json"]
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace ('Gone' as status) from '{part}') to '{other}'"
            f" (format parquet, kv_metadata {{mark: '{mark_of(connection, part)}'}})"
        )
    for name, wrong in [
        (OLDER, first[OLDER][:-100]),
        (OLDER, other.read_bytes()),
        *((file, first[file][:4000] + bytes(8) + first[file][4008:]) for file in (OLDER, BOOK)),
        *(("datapackage.json", text) for text in (b"", described[:1000], b"{}", b"[]")),
    ]:
        (tmp_path / "first" / name).write_bytes(wrong)
        shutil.rmtree(tmp_path / "after", ignore_errors=True)
        assert publish("after", "first") == first
        (tmp_path / "first" / name).write_bytes(first[name])
        assert taken_over(tmp_path, "after") == (files - {name} if name in files else set())


@pytest.mark.full
def test_the_data_package_is_valid(folder):
    """So sizes, hashes and headings of its files are as they are."""
    report = frictionless.validate(folder / "datapackage.json")
    assert report.valid, report.flatten(["name", "message"])


def test_the_data_package_describes_every_file(folder):
    package = json.loads((folder / "datapackage.json").read_bytes())
    assert {"$schema", "name", "title", "licenses", "sources"} <= set(package)
    datetime.fromisoformat(package["created"])
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {resource["path"] for resource in package["resources"]} == paths - {"datapackage.json"}
    for resource in package["resources"]:
        is_shown = resource["path"].startswith("pages/")  # what these have is told on the page
        if resource["format"] == "csv" and not is_shown:
            fields = resource["schema"]["fields"]
            assert all(field["type"] != "any" and field["description"] for field in fields)
    licence = (folder / "LICENCE.txt").read_text(encoding="utf-8")
    assert "Open Government Licence" in licence
    assert "© OpenStreetMap contributors" in licence


class Ranged(io.FileIO):
    """A file of which what is read is counted."""

    size = 0

    def read(self, size: int | None = -1) -> bytes:
        """Reads as many bytes as were asked for."""
        content = super().read(size)
        Ranged.size += len(content)
        return content


class Ranges(LocalFileSystem):
    """DuckDB's way to ranges of a file; its own extension for HTTP cannot be had everywhere."""

    protocol = "ranges"

    def _open(self, path: str, *_: object, **__: object) -> Ranged:
        return Ranged(path)


def test_the_database_answers_by_ranges(folder):
    """So it can be queried over HTTP without a download of all of it."""
    with duckdb.connect() as connection:
        connection.register_filesystem(Ranges())
        connection.execute(
            f"attach 'ranges://{folder}/open_cyber.duckdb' as open_cyber (read_only)"
        )
        found = connection.execute(
            "select outcome from open_cyber.marts.fct_compliance "
            "where organisation_code = 'RH5' order by snapshot_date desc limit 1"
        ).fetchone()
    assert found == ("Standards Exceeded",)
    assert 0 < Ranged.size < (folder / "open_cyber.duckdb").stat().st_size / 2
