"""A project to import official files into."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import official
import pytest

from reference import Refused
from reference.importing import import_files


class Project:
    """A project that has no reference data yet, and a folder of downloads."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.downloads = folder / "from"
        (self.root / "seeds").mkdir(parents=True)

    def imports(
        self,
        files: Mapping[str, official.Content],
        given: str | None = None,
        accepted: Collection[str] = (),
    ) -> str:
        """Imports these files, and no others; returns the summary."""
        official.write(self.downloads, files)
        return str(import_files(self.root, self.downloads, given, accepted))

    def refuses(self, words: str, *given: Any, **how: Any) -> None:
        """Checks that such an import stops with these words and changes nothing."""
        before = self.files()
        with pytest.raises(Refused, match=words):
            self.imports(*given, **how)
        assert self.files() == before

    def keep(self, name: str, text: str) -> None:
        """Lets a seed be there, with this text, before anything is imported."""
        path = self.root / "seeds" / f"{name}.csv"
        path.parent.mkdir()
        path.write_text(text)

    def seed(self, name: str) -> list[str]:
        """The lines of a seed, without its header."""
        return (self.root / "seeds" / f"{name}.csv").read_text("utf-8").splitlines()[1:]

    def files(self, part: str = "") -> dict[str, bytes]:
        """Every file in a folder of the project, by its path from there."""
        return official.files_of(self.root / part)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that has no reference data yet."""
    return Project(tmp_path)
