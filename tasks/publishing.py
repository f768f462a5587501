"""Files and folders that change together: after a kill, or on a full disk, all of them or none.

    with change(folder) as new_form:
        new_form(folder / "a.csv").write_bytes(content)
        new_form(folder / "site").mkdir()

Each new form is made beside the old one, and takes its place by a rename. The folder's record,
`.publishing`, says what is changing: whoever comes after a kill settles it. Nothing but Python.
"""

import errno
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def is_being_written(path: Path) -> bool:
        """Whether a DuckDB session has the file open: Windows says so when it is replaced."""
        return False
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def is_being_written(path: Path) -> bool:
        """Whether a DuckDB session has the file open for writing: it would log to the new one."""
        with path.open("rb") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                return True
        return False


SETTLED = 2_000_000_000  # nanoseconds: no file system tells times more coarsely
DECIDED = b"decided"  # the record's last line, once every new form is there


class Stopped(Exception):
    """Says in one line why a change cannot be made, and what to do."""


class Busy(Stopped):
    """Another run is changing files in the same folder."""


def show_any_name() -> None:
    """Prints names that the console cannot show, with numbers for their characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def scratch(folder: Path) -> Path:
    """A new folder for temporary files of a change; it is deleted when the change is settled."""
    parent = folder / ".building"
    parent.mkdir(exist_ok=True)
    # of a name of its own: what a killed run has started may go on for a while
    return Path(tempfile.mkdtemp(dir=parent))


@contextmanager
def change(folder: Path) -> Iterator[Callable[[Path], Path]]:
    """Gives `new_form`, which takes what will change and returns where to make its new form.

    At the end, all new forms take their places; after an error, none. Only one run in a folder.
    """
    with _record(folder) as record:
        _settle(folder, record)

        def new_form(target: Path) -> Path:
            target = target.resolve()
            inside = target.is_relative_to(folder.resolve())
            known = target.relative_to(folder.resolve()) if inside else target
            record.write(json.dumps(str(known)).encode() + b"\n")
            new, _ = _beside(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove(new)
            if target.is_dir():
                _try_to_replace(target)
            return new

        try:
            yield new_form
            record.write(DECIDED + b"\n")
            os.fsync(record.fileno())
        finally:
            _settle(folder, record)


def link(file: Path, name: Path) -> None:
    """Gives a file another name: a hard link if the disk can, otherwise a copy."""
    name.unlink(missing_ok=True)  # else a copy would be written into what had that name
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copy2(file, name)


def hash_of(path: str | Path) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(path: str | Path) -> list[int] | None:
    """Shows without reading whether a file has changed; nothing if there is no file.

    Unlike the other time, the time of change cannot be set.
    """
    with suppress(OSError):
        stat = os.stat(path)
        return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev]
    return None


def is_settled(fingerprint: list[int], now: int) -> bool:
    """Whether a fingerprint can be relied on: two changes at the same time look the same.

    Windows does not tell the time of change.
    """
    return os.name != "nt" and now - max(fingerprint[1:3]) > SETTLED


def settle(folder: Path) -> None:
    """Ends what a killed run began: completes it if all of the new is there, else undoes it."""
    if (folder / ".publishing").exists():
        with _record(folder) as record:
            _settle(folder, record)


@contextmanager
def _record(folder: Path) -> Iterator[BinaryIO]:
    """The folder's record, locked for as long as this process lives."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".publishing"
    with path.open("a+b", buffering=0) as record:
        try:
            record.seek(0)
            _lock(record)
            is_there = os.fstat(record.fileno()).st_ino == path.stat().st_ino
        except (BlockingIOError, PermissionError, FileNotFoundError):
            is_there = False
        if not is_there:  # or another run has just ended, and took the record with it
            raise Busy(f"Another run is at work in {folder}: wait until it has ended, or end it.")
        try:
            yield record
        finally:
            if not os.fstat(record.fileno()).st_size:
                with suppress(PermissionError):  # Windows keeps it: an empty one says nothing
                    path.unlink()


def _settle(folder: Path, record: BinaryIO) -> None:
    record.seek(0)
    *lines, _ = record.read().split(b"\n")  # a line that was cut off has had no effect
    decided = DECIDED in lines
    try:
        targets = [folder / json.loads(line) for line in lines if line != DECIDED]
    except (ValueError, TypeError) as error:
        raise Stopped(f"{folder / '.publishing'} is damaged: delete it.") from error
    try:
        for target in targets:
            new, old = _beside(target)
            if decided and new.exists():
                if target.is_dir():
                    _remove(old)
                    target.rename(old)
                # DuckDB's log of the old file would make the new one unreadable
                Path(f"{target}.wal").unlink(missing_ok=True)
                new.replace(target)
            _remove(new)
        for target in targets:
            _remove(_beside(target)[1])
    except OSError as error:
        raise Stopped(
            f"{error.filename}: {error.strerror}. Close the program that uses it, or make it "
            "writable: the next run continues."
        ) from error
    _remove(folder / ".building")
    record.truncate(0)


def _beside(target: Path) -> tuple[Path, Path]:
    """Where the new form is made, on the same disk, and where an old folder waits to be deleted."""
    return target.with_name(f".{target.name}.new"), target.with_name(f".{target.name}.old")


def _try_to_replace(target: Path) -> None:
    """Finds out early what would fail late: an empty folder never replaces one that holds files."""
    new, _ = _beside(target)
    new.mkdir()
    try:
        new.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise Stopped(
                f"{target} cannot be replaced ({error.strerror}). If it is a mount point, mount the"
                " folder above it."
            ) from error
    finally:
        _remove(new)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        try:
            shutil.rmtree(path)
        except OSError as error:
            if not os.path.isabs(error.filename or ""):  # the bare name of a file somewhere in it
                error.filename = str(path)
            raise
    else:
        path.unlink(missing_ok=True)
