"""The files that an import reads: those of a folder, and the useful ones of each zip."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from reference import Refused, layouts
from reference.seeds import shown


class File(NamedTuple):
    """A file, what it is, and the release in its name, in that of its zip, or as given."""

    path: Path
    kind: str
    release: str


@contextmanager
def files(source: Path, given: str | None, left_out: list[str]) -> Iterator[list[File]]:
    """The files to import from a folder (or one file), in an order in which each has what it needs.

    Boundaries, postcodes and successions need the codes that other tables bring; a list the
    releases before it. Adds what is left out to `left_out`, with the reason. Refused: a file is not
    one that we know, or its release is not clear.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found: list[File] = []
        for number, path in enumerate([source] if source.is_file() else _inside(source)):
            packed = path.suffix.lower() == ".zip"
            needed = _unpack(path, Path(scratch, str(number)), left_out) if packed else [path]
            for each in needed:
                kind = layouts.known_kind(each)
                if reason := layouts.NOT_IMPORTED.get(kind):
                    left_out.append(f"{each.name}: {reason}")
                    continue
                named = layouts.date_in_name(each.name) or layouts.date_in_name(path.name)
                release = layouts.release_of(each, kind, named, given, alone=source.is_file())
                found.append(File(each, kind, release))
        yield sorted(found, key=lambda file: (file.kind in layouts.NEED_CODES, file.release))


def _unpack(path: Path, folder: Path, left_out: list[str]) -> list[Path]:
    """What a zip has for us; the rest is left out, and said.

    That of a postcode directory has each region once more, a level deeper, and documents that look
    like lookups.
    """
    try:
        zipfile.ZipFile(path).extractall(folder)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise Refused(f"{path.name}: not a complete zip file; download it again") from error
    inside = _inside(folder)
    directories = [each for each in inside if layouts.is_postcode_directory(each)]
    level = min((len(each.parts) for each in directories), default=0)
    needed = [each for each in directories if len(each.parts) == level]
    if not directories:
        needed = [one for one in inside if layouts.recognise(one) != layouts.UNKNOWN] or inside
    if rest := [each.name for each in inside if each not in needed]:
        left_out.append(f"{path.name}: left out {shown(rest)}")
    return needed


def _inside(folder: Path) -> list[Path]:
    """All files under a folder, but those that an operating system or a spreadsheet hides there.

    Refused: a link that leads to no file, for what it stands for would be missed in silence.
    """
    hidden = (".", "~$", "__MACOSX")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    ]
    if lost := [path.name for path in found if path.is_symlink() and not path.is_file()]:
        raise Refused(f"{lost[0]}: is a link to a missing file; put the file itself there")
    return [path for path in found if path.is_file()]
