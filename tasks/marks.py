"""What a publication was made from, and whether that has changed since."""

import json
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from exports import find
from tasks import environment, publishing

# what dbt builds and tests from, and what the site is made from besides
BUILD = ("data/ods", "exports", "macros", "models", "seeds", "tests/*.sql", "tests/generic")
SITE = ("CHANGELOG.md", "data/boundaries", "docs", "pyproject.toml", "releases", "reports", "tasks")
SETTINGS = ("DSPT_ACCEPT", "DSPT_EXPORTS", "OPEN_CYBER_MEMORY")


class Marks:
    """Two marks: of everything that the build depends on, and that the site depends on.

    They are taken before anything is read, and kept when everything is published: a change in the
    meantime shows as another mark the next time.
    """

    def __init__(self, database: Path, site: Path) -> None:
        self.database, self.site = database, site
        self.file = environment.ROOT / "target" / "published.json"
        began = time.time_ns()
        known, others = find(environment.ROOT)
        exports = _fingerprints(known + others)
        self.are_known = all(publishing.is_settled(one, began) for _, one in exports)
        settings = [os.environ.get(name) for name in SETTINGS]
        context = [str(environment.ROOT), str(database), str(site), sys.version]
        self.build = environment.digest(exports, settings, context, environment.contents(*BUILD))
        commit = environment.commit()
        self.whole = environment.digest(self.build, commit, environment.contents(*SITE))
        self.last: dict[str, str] = {}
        with suppress(OSError, ValueError, LookupError, TypeError):  # missing or damaged
            last = json.loads(self.file.read_text("utf-8"))
            if last["outputs"] == self._outputs():
                self.last = last

    @property
    def is_built(self) -> bool:
        """Whether the published database was made from these exports, rules and seeds."""
        return self.last.get("build") == self.build

    @property
    def is_published(self) -> bool:
        """Whether the published site, too, is what would be made now."""
        return self.is_built and self.last.get("whole") == self.whole

    def forget(self) -> None:
        """Forgets the last publication, because another begins."""
        self.file.unlink(missing_ok=True)

    def keep(self) -> None:
        """Keeps the marks, with the time and the fingerprints of the published files."""
        if self.are_known:
            at = time.strftime("%d %B %Y, %H:%M")
            kept = {"build": self.build, "whole": self.whole, "outputs": self._outputs(), "at": at}
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text(json.dumps(kept), "utf-8")

    def _outputs(self) -> str:
        files = [self.database, *(Path(at, one) for at, _, of in os.walk(self.site) for one in of)]
        return environment.digest(_fingerprints(files))


def _fingerprints(files: Iterable[str | Path]) -> list[tuple[str, list[int]]]:
    return [(str(file), known) for file in sorted(files) if (known := publishing.fingerprint(file))]
