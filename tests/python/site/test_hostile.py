"""Names that an attacker would give an organisation, on every way out, in a real browser.

Each of `TEXTS` is the name of organisations in every mart; each of `CODES` stands for a code.
"""

import csv
import json
import re
import shutil
import zipfile
from contextlib import nullcontext
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from test_downloads import sheet_of
from test_search import found

from reports.__main__ import build
from reports.marts import ReportError, opened
from reports.pages import read_pages, targets_of
from reports.settings import PAGES, SETTINGS
from tests.browser import Parsed, served

pytestmark = pytest.mark.full
HOME = "https://example.org/open-cyber/"
RUN = "window.pwned=1"
TEXTS = [
    # markup
    f"<script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    "<img src='//evil.example/x.png'>",
    f'"><body onload={RUN}>',
    f"' onmouseover='{RUN}",
    f'" onfocus="{RUN}" autofocus="',
    f"<a href=javascript:{RUN}>x</a>",
    "<!-- ",
    "-->",
    "]]>",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e;",
    "<plaintext>",
    # templates and Markdown
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{# gone #}",
    f"[x](javascript:{RUN})",
    "![x](//evil.example/x.png)",
    "**bold** `code` # head",
    "| a | b |",
    "x0x1z x0123456789abcdefx0z",
    "%(name)s {name} {0} %s %n",
    # formulas
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "  =1+1",
    "\t=1+1",
    "\r=1+1",
    "x\r=1+1",
    "x\r\n=1+1,2",
    "\u200b=1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "'=1+1",
    '"=1+1"',
    # direction, spaces, what is not seen, length
    "\u2066abc\u2069 \u200f\u061c",
    "a\u200bb\u200cc\u200dd\u2060e",
    "\x01\x02\x07\x08\x0b\x0c\x1b[31mred",
    "\u2028\u2029",
    "a\u0300\u0301\u0302\u0303\u0304" * 20,
    "\U0001f3e5 \U0001f468\u200d\u2695\ufe0f",
    "W" * 10_000,
    "word " * 2_000,
    " ",
    # paths, SQL
    "../../etc/passwd",
    "a'b\"c`d\\e/f?g#h&i=j;k,l|m",
]
CODES = ["", ".", "../x", "a\\b", "%2e%2e", "<b>", '"x', "a b", "\u00e9", "QSL\n", "a\0b"]


@pytest.fixture(scope="module")
def attacked(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a database whose every name is hostile; it has an address of its own."""
    folder = tmp_path_factory.mktemp("attacked")
    hostile = Path(shutil.copy(database, folder / "hostile.duckdb"))
    with duckdb.connect(str(hostile)) as connection:
        connection.execute("create temp table texts (n bigint, text varchar)")
        connection.executemany("insert into texts values (?, ?)", list(enumerate(TEXTS)))
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and "
            "data_type = 'VARCHAR' and (column_name like '%name' or column_name in ('detail', "
            "'reason', 'own_status', 'source_file', 'inheritance_path', 'status'))"
            "and column_name not in ('region_name', 'check_name') "
            "and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
        for table, column in columns:
            connection.execute(
                f"update marts.{table} as t set {column} = texts.text from texts where "
                f"t.{column} is not null and n = (t.rowid + {len(table)}) % {len(TEXTS)}"
            )
        # every text is the name of a trust in the newest snapshot, so that each is drawn and
        # listed; one snapshot, three ICBs and some organisations have pages
        connection.execute(f"""
            update marts.fct_compliance as c
            set organisation_name = texts.text, display_name = texts.text
            from texts, (
                select organisation_code, row_number() over (order by organisation_code) - 1 as n
                from marts.fct_compliance where organisation_type = 'NHS Trust'
                and snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)
            ) as t
            where c.organisation_code = t.organisation_code and texts.n = t.n % {len(TEXTS)};
            update marts.dim_snapshots set has_page = false
            where snapshot_date != (select max(snapshot_date) from marts.dim_snapshots);
            update marts.agg_icb_scores set is_newest = false
            where icb_code not in ('QOP', 'QSL', 'QXU');
            delete from marts.dim_organisations where organisation_code not in (
                select organisation_code from marts.dim_organisations
                order by organisation_code limit {len(TEXTS)}
            );
        """)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SETTINGS, "address", HOME)
        patch.setitem(SETTINGS, "repository", "https://example.org/code")
        # a second process would have the settings of the file
        patch.setattr("reports.__main__.second_process", lambda *_: nullcontext())
        build(hostile, folder / "open-cyber")
    return folder / "open-cyber"


def words(text: str) -> str:
    """A text as a reader sees it: white space of any kind is one space."""
    return " ".join(text.split())


def test_every_text_is_shown_as_it_is(attacked):
    shown = words(Parsed(attacked / "organisations.html").text)
    missing = [text[:60] for text in TEXTS if words(text.replace("\r", "\n")) not in shown]
    assert not missing


SCRIPT = re.compile(r"(/open-cyber/|(\.\./)*)(assets/[\w-]+|search-index)\.js")


def test_no_text_becomes_a_tag_or_a_link(attacked):
    pages = sorted(attacked.rglob("*.html"))
    assert len(pages) > 90
    for path in pages:
        for tag, attributes in Parsed(path).tags:
            if tag == "script" and attributes.get("type") != "application/ld+json":
                assert SCRIPT.fullmatch(attributes["src"]), path
            assert not [name for name in attributes if name.startswith("on")], path
            links = attributes.get("href", ""), attributes.get("src", "")
            assert not [link for link in links if "javascript:" in link.lower()], path


def test_pages_name_their_address_and_the_repository(attacked):
    for path in sorted(attacked.rglob("*.html")):
        name = path.relative_to(attacked).as_posix()
        text = path.read_text(encoding="utf-8")
        address = HOME + name.replace("index.html", "") if name != "404.html" else ""
        assert (f'<link rel="canonical" href="{address}">' in text) == bool(address), name
        assert 'href="https://example.org/code/issues"' in text
    assert 'href="/open-cyber/assets/site.css"' in (attacked / "404.html").read_text("utf-8")
    report = (attacked / "report-an-error.html").read_text("utf-8")
    assert "https://example.org/code/issues/new" in report


def test_nothing_runs_and_nothing_is_asked_for(attacked, open_page):
    pages = sorted(path.relative_to(attacked).as_posix() for path in attacked.rglob("*.html"))
    few = [p for p in pages if "/" not in p] + [p for p in pages if "/" in p][::7]
    assert len(few) > 20
    with served(attacked.parent) as home:
        address = f"{home}open-cyber/"
        page, watched = open_page(address)
        page.on("dialog", lambda dialog: watched.errors.append(f"dialog: {dialog.message}"))
        for path in few:
            page.goto(f"{address}{path}")
            assert page.evaluate("window.pwned") is None, path
            assert page.evaluate("document.querySelectorAll('script:not([src])').length") <= 1
        page.goto(f"{address}index.html")
        for link in page.locator(".map-trusts a").all()[:90:6]:
            link.dispatch_event("pointerover")
        for typed in ("script", "img", "evil", "=1"):
            found(page, typed)
        assert page.evaluate("window.pwned") is None
        page.goto(f"{address}organisations.html")
        page.get_by_role("searchbox").first.fill("<script>")
        page.get_by_role("button", name="Organisation").first.click()
        assert page.evaluate("window.pwned") is None
    assert not watched.errors and not watched.foreign


def rows_outside_quotes(content: bytes) -> int:
    """How many rows a program sees that ends them at any line break outside quotes."""
    bare = re.sub(rb'"(?:[^"]|"")*"', b"", content)
    return len(re.split(rb"\r\n|\r|\n", bare.rstrip(b"\n")))


def runs(text: str) -> bool:
    """Whether a spreadsheet would run a text: by its first character that is seen."""
    bare = re.sub(r"^[\s\u200b\u202e\u00a0\ufeff]+", "", text)
    return bare[:1] in {*"=+-@\uff1d"} if bare else False


def test_no_csv_has_a_row_more_or_a_formula(attacked):
    files = sorted((attacked / "data").rglob("*.csv"))
    assert len(files) > 30
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows_outside_quotes(path.read_bytes()) == len(rows), path
        for cell in (cell for row in rows for cell in row):
            assert not runs(cell) or re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell), (path, cell)


def test_texts_are_as_they_are_but_for_a_quote_before_a_formula_in_a_csv(attacked):
    data = attacked / "data" / "fct_compliance.parquet"
    names = duckdb.sql(f"select organisation_name from '{data}'").fetchall()
    assert {(text,) for text in TEXTS} <= set(names)
    with data.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = {row["organisation_name"] for row in rows}
    assert {f"'{text}" if runs(text) else text for text in TEXTS} <= shown
    assert "-3" in {row["points"] for row in rows}


def test_the_workbook_holds_texts_and_numbers_only(attacked):
    path = attacked / "data" / "open_cyber.xlsx"
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        sheets = [book.read(name) for name in names if name.startswith("xl/worksheets/sheet")]
        links = [book.read(name) for name in names if name.endswith(".rels")]
    assert len(sheets) > 10
    assert not [sheet for sheet in sheets if b"<f>" in sheet]
    assert not [name for name in names if "externalLink" in name]
    assert b'TargetMode="External"' not in b"".join(links)
    cells = set(sheet_of(path, "fct_compliance"))
    assert {("s", "'=1+1"), ("s", "'@SUM(A1)"), ("s", f"[x] (javascript:{RUN})")} <= cells
    assert (None, "-3") in cells


def test_json_feeds_and_maps_can_be_read(attacked):
    for path in [*attacked.rglob("*.json"), *attacked.rglob("*.geojson")]:
        json.loads(path.read_text(encoding="utf-8"))
    ElementTree.parse(attacked / "feed.xml")
    index = (attacked / "search-index.js").read_text(encoding="ascii")
    names = {row[1] for row in json.loads(index.removeprefix("var searchIndex=").rstrip(";\n"))}
    assert len(names & set(TEXTS)) > 40
    trusts = json.loads((attacked / "data" / "trusts.geojson").read_text(encoding="utf-8"))
    assert {f["properties"]["organisation_name"] for f in trusts["features"]} == set(TEXTS)


def test_pictures_hold_texts_only(attacked):
    """Each can be read, runs nothing and asks for nothing; names are in it as they are."""
    shown = set()
    for path in sorted((attacked / "pictures").glob("*.svg")):
        for tag in ElementTree.parse(path).iter():
            assert tag.tag.rpartition("}")[2] in {
                *"svg g defs style pattern use title text tspan path rect circle".split(),
                *"line polygon clipPath".split(),
            }, path
            assert not [a for a in tag.attrib if a.startswith("on")], path
            assert all(v.startswith("#") for a, v in tag.attrib.items() if a.endswith("href")), path
            shown.add(words("".join(tag.itertext())))
    page_text = " ".join(shown)
    few = [text for text in TEXTS if len(words(text)) < 20]
    assert sum(words(text) in page_text for text in few) > len(few) / 2


MADE_FOR_CODES = {
    "agg_icb_scores": ("icb_code", "is_newest"),
    "agg_sector_standing": ("code", "is_newest and level = 'icb' and standing = 'met or exceeded'"),
    "dim_organisations": ("organisation_code", "true"),
}


@pytest.mark.parametrize("code", CODES)
def test_a_code_never_becomes_a_path(database, tmp_path, code):
    """A page that a code would name is refused, in one line, with the code."""
    spoilt = Path(shutil.copy(database, tmp_path / "hostile.duckdb"))
    with duckdb.connect(str(spoilt)) as connection:
        for table, (column, where) in MADE_FOR_CODES.items():
            connection.execute(
                f"update marts.{table} set {column} = ? where rowid ="
                f" (select min(rowid) from marts.{table} where {where})",
                [code],
            )
    made = 0
    with opened(spoilt) as marts:
        for page in read_pages(PAGES):
            if "code]" in page.pattern:
                with pytest.raises(ReportError, match="cannot be part of a file name") as refused:
                    targets_of(page, marts, {})
                assert repr(code) in str(refused.value) and "\n" not in str(refused.value)
                made += 1
    assert made == len(MADE_FOR_CODES)
