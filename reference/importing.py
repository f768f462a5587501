"""Official files in, seeds out: read and check everything, then write, then say what changed."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import publishing
from reference import Refused, boundaries, layouts, lists, postcodes, reading, seeds
from reference.seeds import COORDINATES, ICBS, ODS_ICBS, SUB_ICBS, SUCCESSIONS, Row
from reference.summary import Summary


def import_files(root: Path, source: Path, given: str | None = None) -> Summary:
    """Add the official files in `source` (a folder, or one file) to the project at `root`.

    `given` is the release (ISO date) of the files whose names carry no month. Returns what was read
    and what changed. Refused: any of the files cannot be used; then nothing was written.
    """
    if not (root / "seeds").is_dir():
        raise Refused(f"{root}: has no folder seeds; run this in the project's root folder")
    if not source.exists():
        raise Refused(f"{source}: no such file or folder")
    with publishing.change(root) as place:
        said, files = _read(root, source, given)
        seeds.write(place, files)
    return said


def _read(root: Path, source: Path, given: str | None) -> tuple[Summary, dict[Path, bytes]]:
    """What is to be said, and the files to be written."""
    held = seeds.read(root)
    new = {name: list(rows) for name, rows in held.items()}
    listed: dict[str, dict[str, list[Row]]] = {}  # the long lists, once one is imported
    said = Summary()
    written: dict[Path, bytes] = {}
    with _unpacked(source) as files:
        kinds = {path: layouts.recognise(path) for path in files}
        # Boundaries, postcodes and successions need the codes that the other tables bring; a list
        # the releases before it.
        for path in sorted(
            files, key=lambda path: (kinds[path] in layouts.NEED_CODES, files[path] or given or "")
        ):
            kind, release = kinds[path], files[path] or given
            dated = ""
            if reason := layouts.NOT_IMPORTED.get(kind):
                said.left_out.append(f"{path.name}: {reason}")
                continue
            if kind == layouts.SUCC:
                _add_successions(new, reading.successions(path), said)
            elif kind == layouts.POSTCODES:
                dated = layouts.known(release, path)
                _add_points(new, path, dated, said)
            elif kind in (layouts.ICB_AREAS, layouts.SUB_ICB_AREAS):
                dated = layouts.known(release, path)
                written |= _boundary_file(root, new, path, dated, said)
            else:
                for name, rows in reading.read_rows(path, kind, release).items():
                    dated = max((row[0] for row in rows), default="")
                    if name in lists.COLUMNS:
                        written |= _list_file(root, listed, name, rows, path.name, said)
                    else:
                        new[name] = seeds.add_release(name, new[name], rows, path.name)
            said.read.append(f"{path.name}: {kind} {dated}".rstrip())
    for name, rows in new.items():
        if len(rows) > len(held[name]):
            said.seed(name, held[name], rows)
        path = seeds.path_of(root, name)
        if len(rows) > len(held[name]) or not path.exists():  # an empty seed is one to dbt, too
            written[path] = seeds.encode(seeds.COLUMNS[name], rows)
    return said, written


@contextmanager
def _unpacked(source: Path) -> Iterator[dict[Path, str | None]]:
    """The files to read, and the release in the name of each, or of the zip that it was in."""
    with tempfile.TemporaryDirectory() as scratch:
        files: dict[Path, str | None] = {}
        for path in [source] if source.is_file() else _files(source):
            release = layouts.release_in_name(path.name)
            if path.suffix.lower() != ".zip":
                files[path] = release
                continue
            inside = Path(scratch, str(len(files)))
            try:
                zipfile.ZipFile(path).extractall(inside)
            except (zipfile.BadZipFile, OSError) as error:
                raise Refused(f"{path.name}: no whole zip file; download it again") from error
            files |= {p: layouts.release_in_name(p.name) or release for p in _files(inside)}
        yield files


def _files(folder: Path) -> list[Path]:
    """All files under a folder, but those that an operating system or a spreadsheet hides there."""
    hidden = (".", "~$", "__MACOSX")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    )


def _list_file(
    root: Path,
    listed: dict[str, dict[str, list[Row]]],
    name: str,
    rows: list[Row],
    source: str,
    said: Summary,
) -> dict[Path, bytes]:
    releases = listed.setdefault(name, lists.read(root, name))
    stored = lists.to_store(name, releases, rows, source)
    release = rows[0][0]
    if release in releases:
        return {}
    said.listed(name, rows, lists.known(releases, release), len(stored))
    releases[release] = stored
    return {lists.path_of(root, name, release): lists.encode(name, stored)}


def _add_successions(new: dict[str, list[Row]], rows: list[Row], said: Summary) -> None:
    """Add what is new of the successions that reach an organisation of ours, in however many steps.

    The official file has tens of thousands more, between practices, sites and pharmacies.
    """
    held = {
        (old, successor, on): row for row in new[SUCCESSIONS] for old, successor, _, on, _ in [row]
    }
    reached = {row[1] for name in seeds.ORGANISATIONS for row in new[name]}
    reached |= {code for key in held for code in key[:2]}
    rest, differing = rows, []
    while near := [row for row in rest if reached & set(row[:2])]:
        rest = [row for row in rest if not reached & set(row[:2])]
        reached |= {code for row in near for code in row[:2]}
        for row in near:
            if held.setdefault((row[0], row[1], row[3]), row) != row:
                differing.append(f"{row[0]} > {row[1]}")
    new[SUCCESSIONS] = list(held.values())
    if rest:
        said.left_out.append(
            f"{len(rest)} successions that reach no trust, commissioner, CSU or ICB"
        )
    if differing:
        said.left_out.append(f"another reason or mark for {seeds.shown(differing)}: ours stays")


def _add_points(new: dict[str, list[Row]], path: Path, release: str, said: Summary) -> None:
    wanted = postcodes.without_point(new)
    found = postcodes.points(path, wanted, release)
    new[COORDINATES] = new[COORDINATES] + found
    if missing := sorted(set(wanted) - {row[0] for row in found}):
        said.left_out.append(f"{path.name}: has no point for {seeds.shown(missing)}")


def _boundary_file(
    root: Path, new: dict[str, list[Row]], path: Path, release: str, said: Summary
) -> dict[Path, bytes]:
    geography, year = boundaries.describe(path)
    layouts.check_year(path, year, release)
    areas = sorted(new[ICBS] + new[ODS_ICBS] if geography == "icb" else new[SUB_ICBS])
    expected = {row[1] for row in areas if row[0] == release}
    content = boundaries.compact(path, geography, {row[2]: row[1] for row in areas}, expected)
    target = root / "data" / "boundaries" / f"{geography}_{release}.geojson"
    if not target.exists():
        said.changes.append(f"data/boundaries/{target.name}: new")
        return {target: content}
    if target.read_bytes() != content:
        raise Refused(
            f"{path.name}: data/boundaries/{target.name} is there with other content; "
            "to take the new one, delete it first"
        )
    return {}
