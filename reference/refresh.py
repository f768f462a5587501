"""Downloads today's files from the official services, and imports them into the seeds."""

import csv
import hashlib
import io
import json
import re
import tempfile
import tomllib
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from reference import Refused, layouts, seeds
from reference.client import CSV_TYPES, Client
from reference.importing import import_files
from reference.summary import Summary
from reference.tables import Table
from tasks import publishing

Source = dict[str, Any]  # an entry of sources.toml


def refresh(
    root: Path,
    release: str | None = None,
    client: Client | None = None,
    accepted: Collection[str] = (),
) -> Summary:
    """Download every source into data/downloads/<today>, import it all, and keep the DSPT export.

    A file that today's manifest has, and that is still as it was, is not fetched again. `release`
    is the date of the ODS files; the first of this month where it is None. `accepted` is as in
    `import_files`. Refused: any file is not to be had, or not what it should be; the seeds and
    data/dspt are then as they were.
    """
    today = date.today()
    folder = root / "data" / "downloads" / today.isoformat()
    manifest = _Manifest(folder / "manifest.json")
    client = client or Client()
    sources = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))["source"]
    missing = []
    for number, source in enumerate(sources, start=1):
        if not manifest.has(source):
            try:
                manifest.add(source, *_download(client, source))
            except Refused as error:
                if not source.get("optional"):
                    raise
                missing.append(f"{source['file']}: {error}")
                continue
        entry = manifest.entries[source["file"]]
        print(f"[{number}/{len(sources)}] {entry['file']}: {entry['bytes']:,} bytes", flush=True)
    summary = import_files(root, folder, release or today.replace(day=1).isoformat(), accepted)
    summary.left_out += missing
    for source in sources:
        if source["kind"] == layouts.DSPT:
            _keep_export(root, folder / manifest.entries[source["file"]]["file"], summary)
    return summary


def _download(client: Client, source: Source) -> tuple[str, bytes]:
    """File name and content, checked to be whole and of the layout that it should have."""
    name = source["file"]
    if not source.get("pages"):
        content, named = client.get(source["url"], CSV_TYPES)
        if source["kind"] == layouts.DSPT:
            name = _export_name(named)
    else:
        whole = client.pages(source["url"])
        content = json.dumps(whole).encode() if "geojson" in source["url"] else _table(whole)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, name)
        path.write_bytes(content)
        if name.endswith(".csv") and len({len(cells) for _, cells in Table(path).lines}) > 1:
            raise Refused(f"{source['url']}: ends, or breaks, in the middle of a row")
        if (kind := layouts.known_kind(path)) != source["kind"]:
            raise Refused(f"{source['url']}: returned {kind}, not {source['kind']}")
    return name, content


def _export_name(named: str) -> str:
    """The portal's name for its export; never a path, whatever the server says."""
    name = r"DSPT search results \d\d_\d\d_\d{4} \d\d_\d\d_\d\d\.csv"
    found = re.search(name, named)
    return found[0] if found else f"DSPT search results {datetime.now():%d_%m_%Y %H_%M_%S}.csv"


def _table(whole: dict[str, Any]) -> bytes:
    """The rows of a feature service without shapes, as the CSV that ONS offers for download."""
    rows = [feature["attributes"] for feature in whole["features"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0] if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _keep_export(root: Path, export: Path, summary: Summary) -> None:
    """Copy the export to data/dspt, unless that day has one: the build uses one a day."""
    target = root / "data" / "dspt" / export.name
    day = export.name[:30]  # "DSPT search results DD_MM_YYYY"
    if not (held := [path.name for path in target.parent.glob(f"{day} *.csv")]):
        with publishing.change(root) as new_form:
            seeds.write(new_form, {target: export.read_bytes()})
        summary.changes.append(f"data/dspt/{target.name}: new")
    elif target.name not in held:
        summary.left_out.append(
            f"{target.name}: data/dspt already has {held[0]}, and only one a day is used"
        )


class _Manifest:
    """Where each file of a day came from and its hash, so that a rerun can continue."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, dict[str, Any]] = {}
        if path.exists():
            self.entries = json.loads(path.read_text("utf-8"))

    def has(self, source: Source) -> bool:
        """Whether the file is there, complete and from the same address."""
        entry = self.entries.get(source["file"], {"url": ""})
        if entry["url"] != source["url"]:
            return False
        path = self.path.with_name(entry["file"])
        return path.exists() and publishing.hash_of(path) == entry["sha256"]

    def add(self, source: Source, name: str, content: bytes) -> None:
        self.entries[source["file"]] = {
            "file": name,
            "url": source["url"],
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "licence": source["licence"],
        }
        text = json.dumps(self.entries, indent=2, ensure_ascii=False) + "\n"
        with publishing.change(self.path.parent) as new_form:
            seeds.write(new_form, {self.path.with_name(name): content, self.path: text.encode()})
