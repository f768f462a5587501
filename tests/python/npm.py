"""What the tests take from npm (`tests/npm`), and what to say where something is missing."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
PINNED = ROOT / "tests" / "npm"
MISSING: set[str] = set()


def unavailable(what: str) -> NoReturn:
    """Skips, or fails where the environment promises that everything is there."""
    MISSING.add(what)
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def node_modules(pinned: Path = PINNED, missing: Callable[[str], NoReturn] = unavailable) -> Path:
    """The folder with the packages, fetched once for each lock file, checked, kept in `target/`."""
    digest = hashlib.sha256((pinned / "package-lock.json").read_bytes()).hexdigest()
    folder = ROOT / "target" / f"npm-{digest[:12]}"
    if not (folder / "node_modules" / ".package-lock.json").exists():  # written last
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(pinned, folder, ignore=shutil.ignore_patterns("node_modules"))
        command = [shutil.which("npm") or "npm", "ci", "--loglevel=error"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or b""
            if b"EINTEGRITY" in said:
                pytest.fail(f"npm: a package is not what tests/npm pins\n{said.decode()}")
            missing("no packages from npm: apt-get install npm, then run online")
    return folder / "node_modules"
