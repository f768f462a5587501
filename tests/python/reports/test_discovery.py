"""What lets others find the pages and follow what changes, with an address and without."""

import json
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from reports.discovery import dataset, feed_and_site_map, root_of, version
from reports.marts import result
from reports.settings import SETTINGS

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOME = "https://example.org/open-cyber/"
SNAPSHOT = {
    "snapshot_date": date(2023, 11, 16), "snapshot_at": datetime(2023, 11, 16, 11, 17, 41),
    "reporting_edition": "22/23", "organisations": 258,
}  # fmt: skip
SNAPSHOTS = result("snapshots", [SNAPSHOT])
RELEASES = result("releases", [{"version": "1.0.0", "released_on": date(2026, 11, 25)}])
CHANGES = result("changes", [{"version": "1.0.0", "reason": "a < b & c"}] * 2)


@pytest.mark.parametrize("address", [None, HOME, HOME.rstrip("/")])
def test_the_feed_has_snapshots_and_releases(address, monkeypatch):
    monkeypatch.setitem(SETTINGS, "address", address)
    texts = feed_and_site_map(["index.html"], SNAPSHOTS, RELEASES, CHANGES)
    feed = ElementTree.fromstring(texts["feed.xml"])
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", "", ATOM) for entry in entries] == [
        "Release 1.0.0",
        "22/23: export of 16 November 2023",
    ]
    reasons = "<ul><li>a &lt; b &amp; c</li></ul>"  # each once, and no markup
    assert entries[0].findtext("a:content", "", ATOM) == reasons
    ids = [one.text for one in feed.iterfind(".//a:id", ATOM)]
    assert len(set(ids)) == 3 and all(one.startswith("urn:uuid:") for one in ids)
    [link] = [one.get("href") for one in entries[1].findall("a:link", ATOM)]
    assert link == (HOME if address else "") + "snapshot/2023-11-16.html"


def test_the_map_of_the_site_needs_an_address(monkeypatch):
    pages = ["index.html", "icb/QSL.html", "404.html", "icb/QSL.json"]
    without = feed_and_site_map(pages, SNAPSHOTS, RELEASES, CHANGES)
    assert "sitemap.xml" not in without and "Sitemap" not in without["robots.txt"]
    monkeypatch.setitem(SETTINGS, "address", HOME)
    texts = feed_and_site_map(pages, SNAPSHOTS, RELEASES, CHANGES)
    assert f"Sitemap: {HOME}sitemap.xml" in texts["robots.txt"].splitlines()
    site_map = ElementTree.fromstring(texts["sitemap.xml"])
    assert [one.text for one in site_map.iter() if one.tag.endswith("loc")] == [
        f"{HOME}icb/QSL.html",
        HOME,
    ]


def test_the_page_for_lost_readers_works_at_any_depth(monkeypatch):
    assert root_of("404.html") == "/"
    monkeypatch.setitem(SETTINGS, "address", HOME)
    assert root_of("404.html") == "/open-cyber/"
    assert root_of("icb/QSL.html") == "../"


def test_the_data_set_is_described_for_search_engines(monkeypatch):
    monkeypatch.setattr("reports.discovery.TITLE", "</script><b>")
    files = [{"path": "a.csv", "format": "CSV"}]
    for address, where in [(None, "data/a.csv"), (HOME, f"{HOME}data/a.csv")]:
        monkeypatch.setitem(SETTINGS, "address", address)
        text = dataset(SNAPSHOTS, files)
        assert text.count("<") == 2  # the script alone
        described = json.loads(text.partition(">")[2].rpartition("<")[0])
        assert described["name"].startswith("</script><b>")
        assert described["temporalCoverage"] == "2023-11-16/2023-11-16"
        assert described["distribution"][0]["contentUrl"] == where


def test_the_foot_says_what_made_the_pages(site: Path):
    made = version()
    assert made["number"].count(".") == 2
    text = (site / "index.html").read_text(encoding="utf-8")
    assert f"Version {made['number']}, commit {made['commit']}" in text


def test_the_facts_of_a_page_are_those_of_its_queries(site: Path, connection):
    pages = sorted((site / "icb").glob("*.html"))
    assert len(pages) == len(list((site / "icb").glob("*.json"))) >= 42
    facts = json.loads((site / "icb" / "QSL.json").read_text(encoding="utf-8"))
    score = connection.execute(
        "select composite_score from marts.agg_icb_scores where icb_code = 'QSL'"
        " order by snapshot_date desc limit 1"
    ).fetchone()
    assert facts["row"]["icb_code"] == "QSL"
    assert (facts["row"]["composite_score"],) == score
    assert {"RH5"} <= {row["organisation_code"] for row in facts["organisations"]}
    assert "not" in facts["status"] or "nothing" in facts["status"]
