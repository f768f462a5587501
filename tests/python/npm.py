"""What the tests take from npm (`tests/npm`), and what to say where something is missing."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
PINNED = ROOT / "tests" / "npm"


def unavailable(what: str) -> NoReturn:
    """Skips, or fails where the environment promises that everything is there."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def node_modules(pinned: Path = PINNED, missing: Callable[[str], NoReturn] = unavailable) -> Path:
    """The folder with the packages, fetched once for each lock file, checked, kept in `target/`."""
    digest = hashlib.sha256((pinned / "package-lock.json").read_bytes()).hexdigest()
    folder = ROOT / "target" / f"npm-{digest[:12]}"
    if not folder.exists():
        # beside it first: tests in other processes see the folder only with all in it
        folder.parent.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix="npm-", dir=folder.parent) as scratch:
            new = Path(shutil.copytree(pinned, Path(scratch, "new")))
            command = [shutil.which("npm") or "npm", "ci", "--loglevel=error"]
            try:
                subprocess.run(command, cwd=new, check=True, capture_output=True, timeout=300)
            except (OSError, subprocess.SubprocessError) as error:
                said = getattr(error, "stderr", None) or b""
                if b"EINTEGRITY" in said:
                    pytest.fail(f"npm: a package is not what tests/npm pins\n{said.decode()}")
                missing("no packages from npm: apt-get install npm, then run online")
            with suppress(OSError):  # another process was faster
                new.rename(folder)
    return folder / "node_modules"
