"""The folder of the site: pages, styles and scripts, the releases, and dbt's documentation."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reports.marts import ReportError, Result, result
from reports.settings import HERE, ROOT
from tasks import publishing

RELEASES = ROOT / "releases"
MARKER = ".open-cyber-site"
# dbt's documentation is one file with all that it needs: this lets it ask for nothing else
DOCS_HEAD = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "img-src data:; font-src data:; "
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'\">"
    '<link rel="icon" href="data:,">'
)
TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"
DBT_FACTS = re.escape('{"metadata": {"dbt_schema_version"')  # the manifest, and the catalogue
PRIVATE = re.compile(
    "root_path|(compiled|build)_path|compiled_code|extra_ctes|invocation_id"
    "|(generated|created|invocation_started|run_started)_at"
)


def _without_private(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of dbt without where and when it ran, and without the SQL of one set of exports."""
    return {key: "" if PRIVATE.fullmatch(key) else value for key, value in facts.items()}


def _ordered(facts: Any) -> Any:
    if not isinstance(facts, dict):
        return facts
    return {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in sorted(facts.items())
    }


def add_docs(source: Path, site: Path) -> None:
    """Copy dbt's static documentation, so that it asks no other machine for anything."""
    page = source / "static_index.html"
    if not page.is_file():
        raise ReportError(f"{page} is not there: run `dbt docs generate --static` first.")
    text = page.read_text(encoding="utf-8").replace(TRACKER, "data:,")
    for start in [found.start() for found in reversed([*re.finditer(DBT_FACTS, text)])]:
        facts, end = json.JSONDecoder(object_hook=_without_private).raw_decode(text, start)
        # in which order dbt met them is chance
        ordered = {key: _ordered(value) for key, value in facts.items()}
        text = text[:start] + json.dumps(ordered, separators=(",", ":")) + text[end:]
    # a browser asks for what these name: nothing, or a placeholder before it is filled
    text = re.sub(r'<link rel="(canonical|shortcut icon)"[^>]*>', "", text)
    text = text.replace(' xlink:href="{{', ' ng-attr-xlink:href="{{')
    (site / "docs").mkdir()
    (site / "docs" / "index.html").write_text(
        text.replace("<head>", f"<head>{DOCS_HEAD}", 1), encoding="utf-8"
    )


@contextmanager
def new_folder(site: Path) -> Iterator[Path]:
    """A new folder that takes the site's place when all is well; else the old one stays."""
    if site.exists() and not (site / MARKER).exists() and any(site.iterdir()):
        raise ReportError(f"{site} holds something that is not a site: name an empty folder.")
    with publishing.change(site.parent) as new_form:
        folder = new_form(site)
        folder.mkdir()
        (folder / MARKER).touch()
        yield folder


def write_texts(texts: dict[str, str], folder: Path) -> None:
    """Write the pages, and beside them the styles and scripts."""
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    shutil.copytree(HERE / "assets", folder / "assets")


def write_releases(releases: Result, site: Path) -> Result:
    """Copies the tables of releases into a site, with all records in one file; lists them."""
    kept, records = [], []
    for version in (release["version"] for release in releases):
        records.append(json.loads((RELEASES / f"{version}.json").read_bytes()))
        folder = shutil.copytree(RELEASES / version, site / "releases" / version)
        for file in json.loads((folder / "datapackage.json").read_bytes())["resources"]:
            names = {"version": version, "path": file["path"], "size_in_bytes": file["bytes"]}
            kept.append(names | {"description": file["description"]})
    text = json.dumps(records, ensure_ascii=False, indent=1)
    (site / "releases.json").write_text(text + "\n", "utf-8", newline="\n")
    return result("kept", kept)
