"""What lets people and programs find the pages, cite them and follow what changes."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup, escape

from reports.formats import day, environment, for_xml
from reports.marts import Result
from reports.settings import ROOT, SETTINGS, STATUS, TITLE
from tasks.environment import commit

NOT_FOUND = "404.html"  # servers show it at any address, so its own links start at the site's root


def version() -> dict[str, str]:
    """The project's version, and the commit that made the pages, where git knows it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"number": project["version"], "commit": commit()}


def root_of(path: str) -> str:
    """The way from a page back to the site's root."""
    if path == NOT_FOUND:
        return urlsplit(SETTINGS["address"] or "/").path.rstrip("/") + "/"
    return "../" * path.count("/")


def absolute(path: str) -> str:
    """The whole address of a page; none where the site's own is not set."""
    short = re.sub(r"^index\.html$", "", path)
    return urljoin(SETTINGS["address"].rstrip("/") + "/", short) if SETTINGS["address"] else ""


def dataset(snapshots: Result, files: Iterable[dict[str, Any]]) -> Markup:
    """The data as schema.org has it, for the search engines of data sets."""
    days = [row["snapshot_date"] for row in snapshots]
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": TITLE,
        "description": STATUS,
        "license": SETTINGS["licences"][0]["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": SETTINGS["title"]},
        "temporalCoverage": f"{min(days)}/{max(days)}",
        "spatialCoverage": "England",
        "dateModified": max(days),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file["path"],
                "encodingFormat": file["format"],
                "contentUrl": absolute(f"data/{file['path']}") or f"data/{file['path']}",
            }
            for file in files
        ],
    }
    if SETTINGS["address"]:
        described["url"] = absolute("data.html")
    text = json.dumps(described, default=str, ensure_ascii=False).replace("<", "\\u003c")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))


def feed_and_site_map(
    pages: Iterable[str], snapshots: Result, releases: Result, changes: Result
) -> dict[str, str]:
    """The feed of what changed, the rules for robots and, with an address, the map of the site."""
    templates = environment()
    names = {
        "site": SETTINGS,
        "pages": sorted(path for path in pages if path.endswith(".html") and path != NOT_FOUND),
        "absolute": absolute,
        "identity": lambda title: uuid5(NAMESPACE_URL, f"open-cyber/{title}"),
        "entries": sorted(
            _entries(snapshots, releases, changes),
            key=lambda entry: (entry["updated"], entry["title"]),
            reverse=True,
        ),
    }
    files = ["feed.xml", "robots.txt", *(["sitemap.xml"] if SETTINGS["address"] else [])]
    # names may have characters that XML does not allow
    return {name: for_xml(templates.get_template(name).render(names)) for name in files}


def _entries(snapshots: Result, releases: Result, changes: Result) -> Iterator[dict[str, Any]]:
    """What the feed has: each snapshot, and each release with its reasons."""
    for row in snapshots:
        figures = f"Figures from an export with {row['organisations']:,} organisations."
        yield {
            "title": f"{row['reporting_edition']}: export of {day(row['snapshot_date'])}",
            "updated": row["snapshot_at"],
            "path": f"snapshot/{row['snapshot_date']}.html",
            "content": f"<p>{figures}</p>",
        }
    for row in releases:
        reasons = dict.fromkeys(one["reason"] for one in changes.where(version=row["version"]))
        yield {
            "title": f"Release {row['version']}",
            "updated": datetime.combine(row["released_on"], time()),
            "path": f"releases.html#v{row['version']}",
            "content": f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in reasons)}</ul>",
        }
