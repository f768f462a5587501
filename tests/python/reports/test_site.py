"""The published site: complete, closed in itself, the same every time, and true to the marts."""

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from PIL import Image

from reports import downloads
from reports.__main__ import build
from reports.marts import ReportError
from reports.settings import PAGES
from reports.site import add_docs
from tests.bench import ROOT
from tests.browser import Parsed


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Parsed]:
    return {path: Parsed(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_has_its_marks(pages: dict[Path, Parsed]) -> None:
    for path, parsed in pages.items():
        tags = [tag for tag, _ in parsed.tags]
        levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
        assert tags.count("h1") == tags.count("main") == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path
        assert dict(parsed.tags)["html"]["lang"] == "en-GB", path
        assert "Not official statistics" in parsed.text, path
        policy = next(a["content"] for t, a in parsed.tags if a.get("http-equiv"))
        assert policy.startswith("default-src 'none'") and "http" not in policy, path
        assert parsed.values("role").count("region") == tags.count("caption"), path
        for tag, attrs in parsed.tags:
            assert tag != "th" or attrs.get("scope"), path
            assert attrs.get("role") != "img" or len(attrs.get("aria-label", "")) > 20, path


def test_every_figure_can_be_taken_away(pages: dict[Path, Parsed], site: Path) -> None:
    taken: dict[str, str] = {}
    for path, parsed in pages.items():
        figures = [a for _, a in parsed.tags if "figure" in a.get("class", "").split()]
        lists = [a for _, a in parsed.tags if a.get("class") == "take-away"]
        links = [(path.parent / link).resolve() for link in parsed.values("href")]
        kinds = [link.suffix for link in links if link.parent.name in ("pictures", "pages")]
        # the sum of an ICB's score is a figure in words: its rows and its address suffice
        scales = [a for a in parsed.values("aria-label") if a.startswith("Scale from")]
        pictures = len(figures) - len(scales) * (path.parent.name == "icb")
        assert len(lists) == len(figures), path
        assert kinds.count(".png") == kinds.count(".svg") == pictures, path
        assert kinds.count(".csv") >= len(figures), path
        for link in links:
            if link.suffix == ".png":
                taken[link.stem] = parsed.text
    files = {path.name for path in (site / "pictures").iterdir()}
    assert files == {f"{name}.{kind}" for name in taken for kind in ("png", "svg")}
    assert len(taken) > 60
    for name in taken:
        with Image.open(site / "pictures" / f"{name}.png") as picture:
            assert picture.width >= 1200 and picture.height > 300, name
        drawn = ElementTree.parse(site / "pictures" / f"{name}.svg").iter()
        words = " ".join("".join(tag.itertext()) for tag in drawn if tag.tag.endswith("}text"))
        for text in ("Not official statistics", "Open Government Licence v3.0", "Data as exported"):
            assert text in words, name


def files_of(folder: Path) -> dict[Path, bytes]:
    """The files of a folder, each by its place in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in files}


@pytest.mark.full
def test_same_inputs_same_bytes(site: Path, database: Path, tmp_path: Path) -> None:
    build(database, tmp_path / "again")
    first, again = files_of(site), files_of(tmp_path / "again")
    assert first.keys() == again.keys()
    assert [path for path in first if first[path] != again[path]] == []


@pytest.mark.parametrize("is_there", [False, True])
def test_a_database_without_marts_is_one_line(tmp_path: Path, is_there: bool) -> None:
    database = tmp_path / "no.duckdb"
    if is_there:
        duckdb.connect(str(database)).close()
    run = subprocess.run(
        [sys.executable, "-m", "reports", "--database", database, "--site", tmp_path / "site"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 1
    assert "make report" in run.stderr and "Traceback" not in run.stderr
    assert run.stderr.count("\n") == 1


def test_only_a_site_is_replaced(database: Path, site: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(ReportError, match="is not a site"):
        build(database, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_site_that_takes_over_from_itself_is_the_same_and_one_that_fails_leaves_it(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "OPENED_ROWS", 1000)  # so that there are parts to take over
    monkeypatch.setattr(downloads, "write_spreadsheet", lambda *given: given[2].touch())
    pages, site = tmp_path / "pages", tmp_path / "site"
    pages.mkdir()
    shutil.copy(PAGES / "404.md", pages)

    def files() -> tuple[dict[Path, bytes], int]:
        [part] = site.glob("data/fct_assessments-2023-11.parquet")
        return files_of(site), part.stat().st_ino

    build(database, site, pages=pages)
    first = files()
    build(database, site, pages=pages)
    assert files() == first

    # one of many pages, which the second process renders
    (pages / "[outcome_order].md").write_text(
        "---\ntitle: x\norder: 1\ndescription: x\nfor_each: outcomes\nqueries:\n"
        "  outcomes: select outcome_order from marts.dim_outcomes order by all\n---\n{{ nobody }}"
    )
    with pytest.raises(ReportError, match=r"outcome_order\]\.md: 'nobody' is undefined"):
        build(database, site, pages=pages)
    assert files() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pages", "site"]


def test_dbt_docs_ask_no_one_and_keep_what_is_private(tmp_path: Path) -> None:
    """Nor does it matter in which order dbt met its nodes."""
    texts = set()
    for nodes in ({"a": {"root_path": "/x"}, "b": {}}, {"b": {}, "a": {"root_path": "/y"}}):
        metadata = {"dbt_schema_version": "v12", "generated_at": str(nodes), "invocation_id": "a-b"}
        facts = {"metadata": metadata, "nodes": nodes, "child_map": {"a": sorted(nodes)}}
        (tmp_path / "static_index.html").write_text(
            '<html dir="ltr" lang="en-US"><head><link rel="canonical" href="/overview/"/></head>'
            f'"//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"{json.dumps(facts)},catalog'
        )
        (tmp_path / "site").mkdir()
        add_docs(tmp_path, tmp_path / "site")
        texts.add((tmp_path / "site" / "docs" / "index.html").read_text())
        shutil.rmtree(tmp_path / "site")
    [text] = texts
    assert '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
    assert "cloudfront" not in text and "canonical" not in text
    assert '"nodes":{"a":{"root_path":""},"b":{}},"child_map":{"a":["a","b"]}},catalog' in text
