"""The store of what was read: one Parquet file for each content, one list for each place.

An export is read when its content is new, and looked into when its file is another than it was, by
all that the system tells of it. All of the store can be made again from the exports: what is lost
or damaged is, and its folder may be deleted at any time.
"""

import glob
import hashlib
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from exports import reader
from tasks import publishing

STORE = Path(".exports")  # in the root of the project, where dbt runs
LISTS = {
    "exports": {
        "source_file": "varchar",
        "rows_file": "varchar",
        "size_in_bytes": "bigint",
        "sha256": "varchar",
        "encoding": "varchar",
        "data_rows": "bigint",
        "fault": "varchar",
    },
    "findings": {"source_file": "varchar", "check_name": "varchar", "detail": "varchar"},
}
# what another form of this package, of DuckDB or of Python has read is read again
MADE_BY = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
MADE_BY += [duckdb.__version__.encode(), sys.version.encode()]
READER = hashlib.sha256(b"".join(MADE_BY)).hexdigest()[:8]
# hidden files, the locks of Excel, and what data/dspt says of itself
NO_DATA = (".", "~$", "README.md")
Entry = list[Any]  # the fingerprint of a file, its SHA-256, and the facts on it
Row = list[Any]


def place() -> str:
    """Where the exports are: DSPT_EXPORTS names a file, a folder or a glob."""
    return os.environ.get("DSPT_EXPORTS") or "data/dspt"


def update() -> dict[str, list[Row]]:
    """Reads the exports that are new, and lists all; gives the rows of the lists."""
    try:
        return _update()
    except (OSError, duckdb.IOException) as error:
        raise publishing.Stopped(f"The exports cannot be read into {STORE}: {error}") from error


def _update() -> dict[str, list[Row]]:
    STORE.mkdir(exist_ok=True)
    began = time.time_ns()
    name = hashlib.md5(place().encode()).hexdigest()  # as dbt's local_md5 has it
    memory = STORE / f"{name}.json"
    files, others = find(place())
    index = {
        path: [*entry, facts]
        for path, entry in remembered(memory).items()
        if path in files and publishing.fingerprint(path) == entry[0] and (facts := kept(entry[1]))
    }
    index |= read_all([path for path in files if path not in index])
    lists = listed(index, others)
    for which, rows in lists.items():
        write_list(STORE / f"{name}-{which}.parquet", LISTS[which], rows)
    settled = {
        path: [fingerprint, sha256]
        for path, (fingerprint, sha256, _) in index.items()
        if sha256 and publishing.is_settled(fingerprint, began)
    }
    write(memory, json.dumps(settled, sort_keys=True))
    return lists


def remembered(memory: Path) -> dict[str, Entry]:
    """What is known of the files that were read before; nothing if that is damaged."""
    with suppress(FileNotFoundError, ValueError):
        return dict(json.loads(memory.read_bytes()))
    return {}


def find(place: str) -> tuple[list[str], list[str]]:
    """The exports at a place, and the names of what else lies there."""
    path = os.path.expanduser(place)
    if os.path.isfile(path):
        return [path], []
    if os.path.isdir(path):  # to a glob a folder that may not be read is one without files
        found = [os.path.join(path, name) for name in os.listdir(path)]
    else:
        found = glob.glob(path)
    found = [file for file in sorted(found) if not os.path.basename(file).startswith(NO_DATA)]
    exports = [file for file in found if file.lower().endswith(".csv")]
    return exports, [os.path.basename(file) for file in found if file not in exports]


def kept(sha256: str) -> reader.Facts | None:
    """The facts on a content that has been read, if it has and its rows are as they were."""
    facts, rows = places_of(sha256)
    with suppress(FileNotFoundError, ValueError, TypeError):
        *known, of_rows = json.loads(facts.read_bytes())
        if of_rows is None or of_rows == hash_of(rows):
            return reader.Facts(*known)
    return None


def places_of(sha256: str) -> tuple[Path, Path]:
    """Where the facts on a content are, and its rows."""
    return STORE / f"{sha256}-{READER}.json", STORE / f"{sha256}-{READER}.parquet"


def hash_of(path: Path | str) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_all(paths: list[str]) -> dict[str, Entry]:
    """Reads files, several of them in two processes; gives the entries of the index."""
    if len(paths) < 2:
        return dict(map(read_one, paths))
    # a process of its own, with nothing but this package: dbt's would bring dbt along
    with subprocess.Popen(
        [sys.executable, "-m", "exports", "read"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what it meets is met here again, and said once
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    ) as helper:
        assert helper.stdin and helper.stdout
        helper.stdin.write(json.dumps(paths[1::2]))
        helper.stdin.close()
        entries = dict(map(read_one, paths[::2]))
        answer = helper.stdout.read()
    if helper.returncode == 0:
        read = json.loads(answer).items()
        entries |= {path: entry for path, entry in read if entry[1] and kept(entry[1])}
    return entries | dict(read_one(path) for path in paths if path not in entries)


def read_one(path: str) -> tuple[str, Entry]:
    """Reads a file unless its content is known; gives its entry of the index."""
    before = publishing.fingerprint(path)
    try:
        content = reader.examine(Path(path))
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        if before is None and os.path.islink(path):
            fault = "is a link that leads nowhere; put the file there, or take the link away"
        return path, [before, None, reader.Facts(None, 0, fault, [])]
    facts = kept(content.sha256)
    if not facts:
        of_facts, of_rows = places_of(content.sha256)
        facts = reader.read(Path(path), content, of_rows)
        if hash_of(path) != content.sha256:
            fault = "has changed while it was read; wait until it is whole, and run this again"
            return path, [before, None, reader.Facts(None, 0, fault, [])]
        write(of_facts, json.dumps([*facts, None if facts.fault else hash_of(of_rows)]))
    return path, [before, content.sha256, facts]


def listed(index: dict[str, Entry], others: list[str]) -> dict[str, list[Row]]:
    """The rows of the lists: every export with its facts, and what was found in them."""
    exports: list[Row] = []
    findings: list[Row] = []
    workbooks = [name for name in others if name.lower().endswith((".xlsx", ".xls"))]
    for name in others:
        check = "workbook" if name in workbooks else "other file"
        findings.append([readable(name), check, reader.FINDINGS[check]])
    for path, (fingerprint, sha256, known) in sorted(index.items()):
        name, facts = readable(os.path.basename(path)), reader.Facts(*known)
        rows_file = None if facts.fault else places_of(sha256)[1].as_posix()
        size = fingerprint and fingerprint[0]
        exports.append(
            [name, rows_file, size, sha256, facts.encoding, facts.data_rows, facts.fault]
        )
        findings += [[name, *finding] for finding in facts.findings]
    if not exports:
        beside = f" but {readable(workbooks[0])}, a workbook" if workbooks else ""
        fault = (
            f"No DSPT export in {place()}{beside}: put the portal's CSV there, or name a file, "
            "folder or glob in DSPT_EXPORTS"
        )
        exports.append([None, None, None, None, None, None, fault])
    return {"exports": exports, "findings": findings}


def readable(name: str) -> str:
    """The name of a file as text; of bytes that are none, their numbers."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def write_list(target: Path, columns: dict[str, str], rows: list[Row]) -> None:
    """Writes a list as Parquet, in one step."""
    new = target.with_suffix(f".{os.getpid()}")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"create table list ({', '.join(map(' '.join, columns.items()))})",
        )
        if rows:
            connection.execute(
                f"insert into list select {', '.join('unnest(?)' for _ in columns)}",
                list(map(list, zip(*rows, strict=True))),
            )
        connection.execute("copy list to ? (format parquet)", [str(new)])
    new.replace(target)


def write(target: Path, text: str) -> None:
    """Writes a small file, in one step."""
    new = target.with_suffix(f".{os.getpid()}")
    new.write_text(text, "utf-8")
    new.replace(target)
