"""Releases stay: their hashes, their tables, and the reason of every figure that changed."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import jsonschema
import pytest
from copied import commit

from tasks import changelog, digest, record
from tasks.diff import Difference
from tasks.figures import changes
from tasks.publishing import Stopped
from tasks.release import records
from tests.bench import ROOT

TEXT = {"type": "string"}
# of Zenodo's own schema (zenodo/zenodo, legacyrecord.json) what is said of these fields
ZENODO = {
    "required": ["upload_type", "title", "creators", "description"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("title", "description", "license", "publication_date"), TEXT),
        "upload_type": {"enum": ["publication", "dataset", "software", "other"]},
        "access_right": {"enum": ["open", "embargoed", "restricted", "closed"]},
        "keywords": {"type": "array", "items": TEXT},
        "creators": {
            "type": "array",
            "items": {
                "additionalProperties": False,
                "properties": dict.fromkeys(("name", "affiliation", "orcid", "gnd"), TEXT),
            },
        },
    },
}
ROWS = """
    (values (1, 0.5, 'x', date '2024-02-29', true), (2, 12, null, null, false)) as t (a, b, c, d, e)
"""


def section(*lines: str) -> changelog.Section:
    text = "".join(f"- {line}\n" for line in lines)
    return changelog.Section(date(2026, 1, 1), list(changelog._lines(text)))


@pytest.mark.parametrize(
    ("same", "other"),
    [
        pytest.param(f"from {ROWS} order by a desc", f"from {ROWS} limit 1", id="rows"),
        pytest.param(f"select e, d, c, b, a from {ROWS}", f"select * exclude (e) from {ROWS}",
                     id="columns"),
        pytest.param(f"select * replace (a::hugeint as a, b::double as b) from {ROWS}",
                     f"select * replace (b + 0.000000001 as b) from {ROWS}", id="numbers"),
        pytest.param(f"select * replace (nullif(c, '') as c) from {ROWS}",
                     f"select * replace (coalesce(c, '') as c) from {ROWS}", id="nulls"),
    ],
)  # fmt: skip
def test_a_hash_is_of_values_in_any_order_and_type(same: str, other: str) -> None:
    with duckdb.connect() as connection:
        hashes = [
            digest.of_table(connection, "any", f"({one})") for one in (f"from {ROWS}", same, other)
        ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_changed_rule_without_a_line_cannot_be_released(swapped: tuple[Path, Path]) -> None:
    before, now = swapped
    found = changes(Difference(before, now, now.parent / "target" / "manifest.json"))
    figures = {change.figure for change in found}
    assert {"composite score", "trust score", "rank in England"} <= figures
    assert all(change.is_correction for change in found)
    every = [f"22/23: the *{figure}* of all ICBs and regions changes" for figure in figures]
    with_all = record.with_reasons(found, section(*every), "9.9.9")
    assert sum(len(one["figures"]) for one in with_all) == len(found)
    one = next(change for change in found if change.figure == "trust score")
    others = [line for line in every if "*trust score*" not in line]
    with pytest.raises(Stopped, match=rf"trust score of 22/23, {one.code}: -?\d\.\d\d → \d\.\d\d"):
        record.with_reasons(found, section(*others), "9.9.9")


def test_verify_names_the_marts_that_differ(swapped: tuple[Path, Path]) -> None:
    before, now = swapped
    with duckdb.connect(str(before), read_only=True) as connection:
        marts = digest.marts(connection)
    assert record.check(before, {"marts": marts}) == []
    named = {line.partition(":")[0] for line in record.check(now, {"marts": marts})}
    assert {"dim_outcomes", "fct_compliance", "agg_icb_scores"} <= named < marts.keys()


@pytest.mark.parametrize(
    ("line", "covers"),
    [
        ("20/21: QWU scores 0.75", True),
        ("20/21: Coventry (QWU) has another *composite score*", True),
        ("20/21: the *composite score* of all ICBs", True),
        ("QWU scores 0.75", False),
        ("21/22: QWU scores 0.75", False),
        ("20/21: QWU has another *rank in England*", False),
        ("20/21: the *rank in England* of all ICBs", False),
        ("20/21: QW scores 0.75, and QWUX", False),
        ("20/21: all ICBs score more", False),
    ],
)
def test_a_line_covers_what_it_names(line: str, covers: bool) -> None:
    assert bool(section(line).reason("20/21", "QWU", "composite score")) is covers


def test_a_version_needs_a_section_with_a_date(tmp_path: Path) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## Unreleased\n\n- a\n\n## 1.0.0 (2026-11-25)\n\n- b\n  c\n")
    found = changelog.section(log, "1.0.0")
    assert (found.released_on, [line.text for line in found.lines]) == (date(2026, 11, 25), ["b c"])
    with pytest.raises(Stopped, match=r"has no section `## 1\.1\.0 \(yyyy-mm-dd\)`"):
        changelog.section(log, "1.1.0")


def test_what_stays_of_each_release_is_as_its_record_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the name of the folder in which they lie."""
    known = records()
    assert len(known) >= 2
    folder = tmp_path / "o'neil [1]"
    folder.symlink_to(record.RELEASES)
    monkeypatch.setattr(record, "RELEASES", folder)
    assert [file for one in known for file in record.damaged(one)] == []


def test_what_follows_from_the_records_is_as_they_say() -> None:
    derived = record.derived(records())
    assert {path for path, text in derived.items() if (ROOT / path).read_text("utf-8") != text} == (
        set()
    )


def test_citation_and_deposit_are_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "CITATION.cff"]
    command += ["--builtin-schema", "vendor.citation-file-format"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert said.returncode == 0, said.stdout
    jsonschema.validate(json.loads((ROOT / ".zenodo.json").read_bytes()), ZENODO)


def test_the_site_keeps_the_tables_of_each_release(site: Path) -> None:
    releases = json.loads((site / "releases.json").read_bytes())
    assert [one["version"] for one in releases] == [one["version"] for one in records()]
    for one in releases:
        kept = {path.stem for path in (site / "releases" / one["version"]).glob("*.parquet")}
        assert kept == one["marts"].keys() - record.NOT_KEPT


@pytest.mark.full
def test_a_release_is_verified_and_a_swapped_point_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    monkeypatch.delenv("DSPT_EXPORTS", raising=False)  # a release is made of its own

    def run(*command: str | Path, status: int = 0) -> str:
        said = subprocess.run(command, cwd=copy, capture_output=True, encoding="utf-8")
        assert said.returncode == status, said.stdout + said.stderr
        return said.stdout

    subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
    (copy / ".git" / "info" / "exclude").write_text(".venv\n")
    (copy / ".venv").symlink_to(ROOT / ".venv")
    shutil.rmtree(copy / "releases")
    log = copy / "CHANGELOG.md"
    log.write_text("## 9.9.9 (2026-01-01)\n\n- First.\n", "utf-8")
    older = commit(copy)
    commit(copy)
    tasks = (sys.executable, "-m", "tasks")
    assert f"'Release 9.9.9' {older}\n" in run(*tasks, "release", "9.9.9", older)
    assert "9.9.9: identical" in run(*tasks, "verify")
    outcomes = copy / "seeds" / "dspt" / "dspt_outcomes.csv"
    outcomes.write_text(outcomes.read_text("utf-8").replace("Exceeded,3,", "Exceeded,2,"), "utf-8")
    file = copy / "releases" / "9.9.9.json"
    file.write_text(file.read_text("utf-8").replace(older, commit(copy)), "utf-8")
    said = run(*tasks, "verify", "9.9.9", status=1)
    assert "9.9.9: not the same:" in said and "\nagg_icb_scores: 210 rows" in said
