"""A project to import into, and a folder of downloads to import."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has no reference data yet."""
    root = tmp_path / "project"
    (root / "seeds").mkdir(parents=True)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of downloads."""
    path = tmp_path / "from"
    path.mkdir()
    return path


@pytest.fixture
def seed(project: Path) -> Callable[[str], list[str]]:
    """The lines of a seed, without its header."""

    def lines(name: str) -> list[str]:
        return (project / "seeds" / f"{name}.csv").read_text("utf-8").splitlines()[1:]

    return lines
