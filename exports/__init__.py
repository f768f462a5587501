"""Reads the DSPT exports before dbt does: each is checked once and kept as Parquet, by content."""

import glob
import os
from pathlib import Path

# hidden files, the locks of Excel, and what data/dspt says of itself
NO_DATA = (".", "~$", "README.md")


def location() -> str:
    """Where the exports are: DSPT_EXPORTS names a file, a folder or a glob."""
    return os.environ.get("DSPT_EXPORTS") or "data/dspt"


def find(root: str | Path = "") -> tuple[list[str], list[str]]:
    """The exports at that location, and the other files there; a relative one is in `root`."""
    named = os.path.expanduser(location())
    path = os.path.join(root, named)
    if os.path.isfile(path):
        return [path], []
    if os.path.isdir(path):  # to a glob a folder that may not be read is one without files
        found = [os.path.join(path, name) for name in os.listdir(path)]
    else:
        found = [os.path.join(root, name) for name in glob.glob(named, root_dir=root or None)]
    found = [file for file in sorted(found) if not os.path.basename(file).startswith(NO_DATA)]
    exports = [file for file in found if file.lower().endswith(".csv")]
    return exports, [file for file in found if file not in exports]
