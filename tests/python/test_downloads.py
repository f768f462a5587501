"""Downloads: whole, the same in each format, safe in a spreadsheet, described, same bytes."""

import csv
import functools
import hashlib
import json
import re
import shutil
import threading
import urllib.error
import urllib.request
import zipfile
from datetime import datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

import duckdb
import frictionless
import pytest
import shapely
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

from reports import downloads as downloads_module
from reports.__main__ import build
from reports.catalogue import COPIES, copy_rows, published_marts
from reports.downloads import write_downloads, write_package
from reports.marts import Result, Row
from reports.site import PAGES
from reports.spreadsheet import SHEET_ROWS

pytestmark = pytest.mark.filterwarnings("ignore:::gptables")  # deprecations inside the library
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\uff1d1",
    "  =1+1",
    "\u200b=1",
    "\u202e\u00a0@x",
    "\ufeff-1",
    "St Elsewhere\r=1+1",
    "St Elsewhere\n=1+1",
    "St Elsewhere\r\n=1+1,2",
    "[a](http://b) [c](d)",
    "---",
    None,
]


@pytest.fixture(scope="session")
def written(database, tmp_path_factory):
    """The downloads of the default data: their folder and the list."""
    folder = tmp_path_factory.mktemp("downloads")
    with duckdb.connect(str(database), read_only=True) as connection:
        marts = list(published_marts(connection))
        written = write_downloads(connection, folder, marts)
        write_package(connection, folder, written, marts, [])
        return folder, written


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> Path:
    """Downloads of marts whose names are what an attacker would call an organisation."""
    folder = tmp_path_factory.mktemp("hostile")
    connection = duckdb.connect()
    connection.execute("""
        create schema marts;
        create table marts.dim_snapshots as
            select date '2023-11-16' as snapshot_date,
                timestamp '2023-11-16 11:17:41' as snapshot_at;
        create table marts.agg_icb_scores as
            select date '2023-11-16' as snapshot_date, 'QXX' as icb_code, -2.5 as composite_score;
        create table marts.fct_compliance (
            snapshot_date date, organisation_code varchar, organisation_type varchar,
            organisation_name varchar, points integer, outcome varchar,
            latitude double, longitude double
        );
        comment on table marts.fct_compliance is 'Ledger. **Grain:** one row.';
    """)
    rows = [
        ("2023-11-16", f"R{number:02}", "NHS Trust", name, -3, "Standards Met", None, None)
        for number, name in enumerate(HOSTILE)
    ]
    connection.executemany("insert into marts.fct_compliance values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    write_downloads(connection, folder, list(published_marts(connection)))
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet_of(path: Path, name: str) -> list[tuple[str | None, str]]:
    """Cells of a sheet as (type, value): type `s` is a text, none a number, `f` marks a formula."""
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(item.itertext()) for item in shared]
        names = [
            sheet.get("name")
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind(
                ".//x:sheet", space
            )
        ]
        sheet = book.read(f"xl/worksheets/sheet{names.index(name) + 1}.xml")
    cells = []
    for cell in ElementTree.fromstring(sheet).iterfind(".//x:c", space):
        value = cell.findtext("x:v", "", space)
        kind = "f" if cell.find("x:f", space) is not None else cell.get("t")
        cells.append((kind, texts[int(value)] if kind == "s" else value))
    return cells


def runs(name: str | None) -> bool:
    """Whether a spreadsheet would run a text: by its first character that is seen, or a break."""
    seen = re.sub(r"^[\s\u200b\u202e\u00a0\ufeff]+", "", name or "")
    return seen[:1] in {*"=+-@\uff1d"} if seen else False


def test_texts_that_a_spreadsheet_would_run_are_neutralised_in_csv(hostile):
    rows = rows_of(hostile / "fct_compliance.csv")
    by_code = {row["organisation_code"]: row["organisation_name"] for row in rows}
    for number, name in enumerate(HOSTILE):
        assert by_code[f"R{number:02}"] == (f"'{name}" if runs(name) else name or "")


def lines_of(content: bytes) -> list[str]:
    """The rows that a program sees that ends them at any line break outside quotes."""
    outside = re.sub(rb'"(?:[^"]|"")*"', b"", content)
    return re.split(r"\r\n|\r|\n", outside.decode().rstrip("\n"))


def test_no_line_break_in_a_name_makes_a_row_in_any_csv(hostile, tmp_path):
    whole = (hostile / "fct_compliance.csv").read_bytes()
    assert len(lines_of(whole)) == len(HOSTILE) + 1
    shown = Result(
        "shown", ["name", "points"], [Row("shown", {"name": n, "points": -3}) for n in HOSTILE]
    )
    copy_rows(duckdb.connect(), shown, "Shown", tmp_path / "shown.csv")
    assert len(lines_of((tmp_path / "shown.csv").read_bytes())) == len(HOSTILE) + 1
    names = [row["name"] for row in rows_of(tmp_path / "shown.csv")]
    assert names == [f"'{name}" if runs(name) else name or "" for name in HOSTILE]


def test_numbers_stay_numbers(hostile):
    assert {row["points"] for row in rows_of(hostile / "fct_compliance.csv")} == {"-3"}
    assert rows_of(hostile / "agg_icb_scores.csv")[0]["composite_score"] == "-2.5"
    cells = sheet_of(hostile / "open_cyber.xlsx", "fct_compliance")
    assert cells.count((None, "-3")) == len(HOSTILE)


def test_the_spreadsheet_holds_texts_and_no_formula_or_link(hostile):
    path = hostile / "open_cyber.xlsx"
    cells = sheet_of(path, "fct_compliance")
    assert not [cell for cell in cells if cell[0] == "f"]
    assert {("s", "'=1+1"), ("s", "'@SUM(A1)"), ("s", "[a] (http://b) [c] (d)")} <= set(cells)
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if "externalLink" in name]
        relations = [book.read(name) for name in book.namelist() if name.endswith(".rels")]
    assert b'TargetMode="External"' not in b"".join(relations)


def test_parquet_keeps_the_raw_text(hostile):
    found = duckdb.sql(
        f"select organisation_name from '{hostile}/fct_compliance.parquet' "
        "order by organisation_code"
    ).fetchall()
    assert [name for (name,) in found] == HOSTILE


def test_a_trust_without_a_point_is_a_feature_without_a_geometry(hostile):
    features = json.loads((hostile / "trusts.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["geometry"] for feature in features] == [None] * len(HOSTILE)
    assert not (hostile / "icbs.geojson").exists()  # no outlines fit an ICB `QXX`


def test_every_mart_is_whole_in_every_format(written, database):
    folder, downloads = written
    assert [item.size_in_bytes for item in downloads] == [
        (folder / item.path).stat().st_size for item in downloads
    ]
    with duckdb.connect(str(database), read_only=True) as connection:
        marts = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        assert {(f"{mart}.csv",) for (mart,) in marts} <= {(item.path,) for item in downloads}
        for (mart,) in marts:
            (rows,) = connection.execute(f"select count(*) from marts.{mart}").fetchone()
            assert len(rows_of(folder / f"{mart}.csv")) == rows, mart
            (copied,) = connection.execute(
                f"select count(*) from '{folder}/{mart}.parquet'"
            ).fetchone()
            assert copied == rows, mart
            if 0 < rows <= SHEET_ROWS:
                assert sheet_of(folder / "open_cyber.xlsx", mart), mart


def test_maps_lose_no_icb_and_no_trust(written, database):
    folder, _ = written
    newest = "snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)"
    with duckdb.connect(str(database), read_only=True) as connection:
        scores = dict(
            connection.sql(
                f"select icb_code, composite_score from marts.agg_icb_scores where {newest}"
            ).fetchall()
        )
        (trusts,) = connection.execute(
            "select count(*) from marts.fct_compliance "
            f"where {newest} and organisation_type = 'NHS Trust'"
        ).fetchone()
    drawn = json.loads((folder / "icbs.geojson").read_text(encoding="utf-8"))["features"]
    assert {item["id"]: item["properties"]["composite_score"] for item in drawn} == scores
    assert all(item["geometry"]["type"].endswith("Polygon") for item in drawn)
    places = json.loads((folder / "trusts.geojson").read_text(encoding="utf-8"))["features"]
    assert len(places) == trusts


def test_maps_follow_rfc_7946(written):
    folder, _ = written
    for name in ("icbs", "trusts"):
        whole = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))
        shapes = [shapely.geometry.shape(one["geometry"]) for one in whole["features"]]
        assert whole["bbox"] == shapely.total_bounds(shapes).tolist()
        west, south, east, north = whole["bbox"]
        assert -7 < west < east < 2 and 49 < south < north < 56
        rings = [
            part.exterior
            for shape in shapes
            for part in getattr(shape, "geoms", [shape])
            if name == "icbs"
        ]
        assert all(ring.is_ccw for ring in rings)


def test_a_table_too_long_for_a_spreadsheet_is_parquet_by_year_and_month(
    database, tmp_path, monkeypatch
):
    monkeypatch.setattr(downloads_module, "OPENED_ROWS", 20)
    with duckdb.connect(str(database), read_only=True) as connection:
        marts = {mart.name: mart for mart in published_marts(connection)}
        written = write_downloads(connection, tmp_path, list(marts.values()))
        files = {item.path: item for item in written}
        for name, years in {
            "fct_assessments": ["2022", "2023-11"],
            "dq_findings": ["2022", "2023-11", "no-year"],
            "dim_names": ["no-year"],
        }.items():
            parts = [f"{name}-{year}.parquet" for year in years]
            assert [path for path in files if path.startswith(name)] == parts
            taken = f"read_parquet('{tmp_path}/{name}-*.parquet')"
            kept = [f"from {rows} order by all" for rows in (f"marts.{name}", taken)]
            ours, theirs = (connection.execute(query).fetchall() for query in kept)
            assert ours == theirs
            assert all(f"{marts[name].rows:,} rows" in files[part].description for part in parts)
    assert "dim_outcomes.csv" in files and all(path.is_file() for path in tmp_path.iterdir())


def test_of_long_tables_what_has_not_changed_is_taken_over_and_nothing_else(
    database, tmp_path, monkeypatch
):
    monkeypatch.setattr(downloads_module, "OPENED_ROWS", 20)
    pages, copied = tmp_path / "pages", tmp_path / "open_cyber.duckdb"  # its name is in the views
    pages.mkdir()
    shutil.copy(PAGES / "404.md", pages)
    shutil.copy(database, copied)

    def render(name: str, before: Path | None = None) -> dict[str, bytes]:
        site = tmp_path / name
        build(copied, site, pages=pages, before=before)
        files = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
        return {str(path.relative_to(site)): content for path, content in files.items()}

    def taken_over(name: str, before: str) -> dict[str, bool]:
        """Which parts of the ledger are the very files that were there before."""
        return {
            path.stem.removeprefix("fct_assessments-"): path.samefile(
                tmp_path / before / "data" / path.name
            )
            for path in (tmp_path / name / "data").glob("fct_assessments-*")
        }

    first = render("first")
    assert render("second", tmp_path / "first") == first == render("second")  # and over itself
    assert taken_over("second", "first") == {"2022": True, "2023-11": True}

    with duckdb.connect(str(copied)) as connection:
        connection.execute(
            "update rules.int_assessments_parsed set organisation_name = 'Renamed' "
            "where organisation_code = 'RH5' and last_snapshot_date < date '2023-01-01'"
        )
    assert render("changed", tmp_path / "first") == render("anew")
    assert taken_over("changed", "first") == {"2022": False, "2023-11": True}
    assert {
        path: content == (tmp_path / "first" / path).read_bytes() for path, content in first.items()
    } == dict.fromkeys(first, True), "nothing is written through a link"

    half = tmp_path / "anew" / "data" / "fct_assessments-2022.parquet"
    half.write_bytes(half.read_bytes()[:-100])
    assert render("whole", tmp_path / "anew") == render("changed")
    assert taken_over("whole", "anew") == {"2022": False, "2023-11": True}

    monkeypatch.setitem(COPIES, "Parquet", "format parquet")
    assert render("otherwise", tmp_path / "first") != first
    assert taken_over("otherwise", "first") == {"2022": False, "2023-11": False}


def test_the_data_package_describes_every_file(written):
    folder, downloads = written
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {"$schema", "name", "title", "licenses", "sources", "resources"} <= set(package)
    datetime.fromisoformat(package["created"])
    paths = {item.path for item in downloads} - {"datapackage.json"}
    assert {resource["path"] for resource in package["resources"]} == paths
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if resource["format"] == "csv":
            header = content.split(b"\n", 1)[0].decode().strip().split(",")
            fields = resource["schema"]["fields"]
            assert [field["name"].strip('"') for field in fields] == [h.strip('"') for h in header]
            assert all(field["type"] != "any" and field["description"] for field in fields)
    report = frictionless.validate(folder / "datapackage.json")
    assert report.valid, report.flatten(["name", "message"])
    licence = (folder / "LICENCE.txt").read_text(encoding="utf-8")
    assert "Open Government Licence" in licence
    assert "© OpenStreetMap contributors" in licence


def test_same_database_same_bytes(written, database, tmp_path):
    folder, downloads = written
    with duckdb.connect(str(database), read_only=True) as connection:
        write_downloads(connection, tmp_path, list(published_marts(connection)))
    for item in downloads:
        assert (tmp_path / item.path).read_bytes() == (folder / item.path).read_bytes(), item.path


class Ranged(SimpleHTTPRequestHandler):
    """Serves parts of files, as servers of pages do, and keeps what was asked for."""

    asked: ClassVar[list[tuple[int, int]]] = []

    def do_GET(self) -> None:
        """Answers a request for a range of bytes with that range."""
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
        self.asked.append((first, last))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first : last + 1])

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is for faults."""


def over_http(path: str) -> str:
    """The address of a path in `Ranges`."""
    return f"http://{path.removeprefix('ranges://')}"


class Ranges(AbstractFileSystem):
    """DuckDB's way to a server where its own extension for it cannot be had: by ranges alone."""

    protocol = "ranges"

    def info(self, path: str, **_: object) -> dict[str, object]:
        """The size of a file, by its head."""
        request = urllib.request.Request(over_http(path), method="HEAD")
        try:
            with urllib.request.urlopen(request) as answer:
                return {"name": path, "size": int(answer.headers["Content-Length"]), "type": "file"}
        except urllib.error.HTTPError:
            raise FileNotFoundError(path) from None

    def _open(self, path: str, mode: str = "rb", **_: object) -> AbstractBufferedFile:
        return RangedFile(self, path, mode, cache_type="none")


class RangedFile(AbstractBufferedFile):
    """A file of which only the parts that are read are fetched."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{end - 1}"}
        with urllib.request.urlopen(
            urllib.request.Request(over_http(self.path), headers=wanted)
        ) as answer:
            return answer.read()


def test_the_database_answers_over_http_by_ranges(written):
    folder, downloads = written
    size = next(item.size_in_bytes for item in downloads if item.path == "open_cyber.duckdb")
    handler = functools.partial(Ranged, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, duckdb.connect() as connection:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connection.register_filesystem(Ranges())
        address = f"ranges://127.0.0.1:{server.server_port}/open_cyber.duckdb"
        connection.execute(f"attach '{address}' as open_cyber (read_only)")
        found = connection.execute(
            "select outcome from open_cyber.marts.fct_compliance "
            "where organisation_code = 'RH5' order by snapshot_date desc limit 1"
        ).fetchone()
        server.shutdown()
    assert found == ("Standards Exceeded",)
    assert sum(last - first + 1 for first, last in Ranged.asked) < size / 2
