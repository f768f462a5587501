"""The releases that there are: their tables, which stay, and their records for programs."""

import json
import shutil
from pathlib import Path

from reports.marts import Result, result
from tasks.release import RELEASES, records


def write_releases(site: Path) -> Result:
    """Copies the tables of all releases into a site, with all records in one file; lists them."""
    kept, known = [], records()
    for version in (record["version"] for record in known):
        folder = shutil.copytree(RELEASES / version, site / "releases" / version)
        for file in json.loads((folder / "datapackage.json").read_bytes())["resources"]:
            names = {"version": version, "path": file["path"], "size_in_bytes": file["bytes"]}
            kept.append(names | {"description": file["description"]})
    text = json.dumps(known, ensure_ascii=False, indent=1)
    (site / "releases.json").write_text(text + "\n", "utf-8", newline="\n")
    return result("kept", kept)
