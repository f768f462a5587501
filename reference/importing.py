"""Official files in, seeds out: read and check everything, then write, then list the changes."""

from collections.abc import Collection
from itertools import chain
from pathlib import Path

from reference import (
    Refused,
    boundaries,
    doubts,
    layouts,
    lists,
    postcodes,
    reading,
    seeds,
    unpacking,
)
from reference.seeds import COORDINATES, ICBS, ODS_ICBS, SUB_ICBS, SUCCESSIONS, Row
from reference.summary import Summary
from tasks import publishing


def import_files(
    root: Path, source: Path, given: str | None = None, accepted: Collection[str] = ()
) -> Summary:
    """Add the official files in `source` (a folder, or one file) to the project at `root`.

    `given` is the release (ISO date) of the files whose names carry no date; `accepted` names the
    files that may contradict earlier releases. Returns what was read and what changed.
    Refused: any of the files cannot be used; then nothing was written.
    """
    if not source.exists():
        raise Refused(f"{source}: no such file or folder")
    with publishing.change(root) as new_form:
        running = _Import(root, accepted)
        with unpacking.files(source, given, running.summary.left_out) as files:
            if missing := set(accepted) - {file.path.name for file in files}:
                raise Refused(f"ACCEPT={', '.join(sorted(missing))}: no such file in {source}")
            for path, kind, release in files:
                dated = running.add(path, kind, release)
                itself = " (its own date)" if given and dated not in ("", given) else ""
                running.summary.read.append(f"{path.name}: {kind} {dated}".rstrip() + itself)
        seeds.write(new_form, running.written())
    return running.summary


class _Import:
    """The tables as they will be, file by file; nothing is written yet."""

    def __init__(self, root: Path, accepted: Collection[str]) -> None:
        self.root = root
        self.accepted = accepted
        self.summary = Summary()
        self.held = seeds.read(root)
        self.new = {name: list(rows) for name, rows in self.held.items()}
        self.listed: dict[str, dict[str, list[Row]]] = {}  # the long lists, once one is imported
        self.files: dict[Path, bytes] = {}  # to be written beside the seeds

    def add(self, path: Path, kind: str, release: str) -> str:
        """Add one file; returns its release, if it has one."""
        if kind == layouts.SUCC:
            self._add_successions(reading.successions(path))
            return ""
        if kind == layouts.POSTCODES:
            self._add_points(path, release)
        elif kind in (layouts.ICB_AREAS, layouts.SUB_ICB_AREAS):
            self._add_boundaries(path, release)
        else:
            for name, rows in reading.read_rows(path, kind, release).items():
                if not rows:  # CSUs that are all closed
                    continue
                release = rows[0][0]
                (self._add_list if name in lists.COLUMNS else self._add_table)(name, rows, path)
        return release

    def written(self) -> dict[Path, bytes]:
        """The files that change; lists the changes of the seeds."""
        for name, rows in self.new.items():
            if len(rows) > len(self.held[name]):
                self.summary.add_seed(name, self.held[name], rows)
            path = seeds.path_of(self.root, name)
            # an empty seed is one to dbt, too
            if len(rows) > len(self.held[name]) or not path.exists():
                self.files[path] = seeds.encode(seeds.COLUMNS[name], rows)
        return self.files

    def _add_table(self, name: str, rows: list[Row], path: Path) -> None:
        held = self.new[name]
        self.new[name] = seeds.add_release(name, held, rows, path.name)
        if self.new[name] is not held:
            self._doubt(name, held, rows, path)

    def _add_list(self, name: str, rows: list[Row], path: Path) -> None:
        releases = self.listed.setdefault(name, lists.read(self.root, name))
        stored = lists.to_store(name, releases, rows, path.name)
        if (release := rows[0][0]) in releases:
            return
        before = list(chain(*releases.values()))
        self._doubt(name, before, rows, path)
        self.summary.add_list(name, rows, seeds.known(before, release), len(stored))
        releases[release] = stored
        self.files[lists.path_of(self.root, name, release)] = lists.encode(name, stored)

    def _doubt(self, name: str, held: list[Row], rows: list[Row], path: Path) -> None:
        accepted = path.name in self.accepted
        if doubted := doubts.check(name, held, rows, path.name, accepted):
            self.summary.changes.append(f"accepted, {doubted}")

    def _add_successions(self, rows: list[Row]) -> None:
        """Add what is new of the successions that reach one of ours, in however many steps.

        The official file has tens of thousands more, between practices, sites and pharmacies.
        """
        held = {(row[0], row[1], row[3]): row for row in self.new[SUCCESSIONS]}
        reached = {row[1] for name in seeds.ORGANISATIONS for row in self.new[name]}
        reached |= {code for key in held for code in key[:2]}
        rest, differing = rows, []
        while near := [row for row in rest if reached & set(row[:2])]:
            rest = [row for row in rest if not reached & set(row[:2])]
            reached |= {code for row in near for code in row[:2]}
            for row in near:
                if held.setdefault((row[0], row[1], row[3]), row) != row:
                    differing.append(f"{row[0]} > {row[1]}")
        self.new[SUCCESSIONS] = list(held.values())
        if rest:
            self.summary.left_out.append(
                f"{len(rest)} successions that reach no trust, commissioner, CSU or ICB"
            )
        if differing:
            self.summary.left_out.append(
                f"another reason or mark for {seeds.shown(differing)}: we keep ours"
            )

    def _add_points(self, path: Path, release: str) -> None:
        wanted = postcodes.without_point(self.new)
        found = postcodes.points(path, wanted, release)
        self.new[COORDINATES] = self.new[COORDINATES] + found
        if missing := sorted(set(wanted) - {row[0] for row in found}):
            self.summary.left_out.append(f"{path.name}: has no point for {seeds.shown(missing)}")

    def _add_boundaries(self, path: Path, release: str) -> None:
        geography, year = boundaries.describe(path)
        layouts.check_year(path, year, release)
        icbs = self.new[ICBS] + self.new[ODS_ICBS]
        areas = sorted(icbs if geography == "icb" else self.new[SUB_ICBS])
        expected = {row[1] for row in areas if row[0] == release}
        content = boundaries.compact(path, geography, {row[2]: row[1] for row in areas}, expected)
        target = self.root / "data" / "boundaries" / f"{geography}_{release}.geojson"
        if not target.exists():
            self.summary.changes.append(f"data/boundaries/{target.name}: new")
            self.files[target] = content
        elif target.read_bytes() != content:
            raise Refused(
                f"{path.name}: data/boundaries/{target.name} already exists with other content; "
                "to take the new one, delete it first"
            )
