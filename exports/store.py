"""The store of what was read: one Parquet file for each content, one list for each place.

An export is read when its name, size or time of change is new, and its content too. All of the
store can be made again from the exports, so its folder may be deleted at any time.
"""

import glob
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

import publishing
from exports import plain, reader

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
# what another reader has read is read again
READERS = [Path(__file__).with_name(name).read_bytes() for name in ("plain.py", "reader.py")]
READER = hashlib.sha256(b"".join(READERS)).hexdigest()[:8]
Entry = list[Any]  # size, time of change, SHA-256, and why a file cannot be read
Row = list[Any]


def place() -> str:
    """Where the exports are: DSPT_EXPORTS names a file, a folder or a glob."""
    return os.environ.get("DSPT_EXPORTS") or "data/dspt"


def update() -> dict[str, list[Row]]:
    """Reads the exports that are new, and lists all; gives the rows of the lists."""
    try:
        return _update()
    except OSError as error:
        raise publishing.Stopped(f"The exports cannot be read into {STORE}: {error}") from error


def _update() -> dict[str, list[Row]]:
    STORE.mkdir(exist_ok=True)
    name = hashlib.md5(place().encode()).hexdigest()  # as dbt's local_md5 has it
    memory = STORE / f"{name}.json"
    known = json.loads(memory.read_text("utf-8")) if memory.exists() else {"index": {}}
    files, workbooks = find(place())
    index = {
        path: entry
        for path, entry in known["index"].items()
        if path in files and fingerprint(path) == entry[:2] and kept(entry[2])
    }
    index |= read_all([path for path in files if path not in index])
    lists = listed(index, workbooks)
    targets = {which: STORE / f"{name}-{which}.parquet" for which in LISTS}
    if lists != known.get("lists") or not all(target.exists() for target in targets.values()):
        for which, rows in lists.items():
            write_list(targets[which], LISTS[which], rows)
    new = {"index": index, "lists": lists}
    if new != known:
        write(memory, json.dumps(new))
    return lists


def find(place: str) -> tuple[list[str], list[str]]:
    """The exports at a place, and the names of workbooks that lie beside them."""
    path = os.path.expanduser(place)
    if os.path.isfile(path):
        return [path], []
    if os.path.isdir(path):  # to a glob a folder that may not be read is one without files
        found = [os.path.join(path, name) for name in os.listdir(path) if not name.startswith(".")]
    else:
        found = glob.glob(path)
    beside = sorted(file for file in found if os.path.isfile(file))
    return (
        [file for file in beside if file.lower().endswith(".csv")],
        [os.path.basename(file) for file in beside if file.lower().endswith((".xlsx", ".xls"))],
    )


def fingerprint(path: str) -> Entry:
    """What tells without reading that a file has changed."""
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]


def kept(sha256: str | None) -> reader.Facts | None:
    """The facts on a content that has been read, if it has."""
    facts, rows = (STORE / f"{sha256}-{READER}{suffix}" for suffix in (".json", ".parquet"))
    if not facts.exists():
        return None
    known = reader.Facts(*json.loads(facts.read_text("utf-8")))
    return known if known.fault or rows.exists() else None


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
        entries |= json.loads(answer)
    return entries | dict(read_one(path) for path in paths if path not in entries)


def read_one(path: str) -> tuple[str, Entry]:
    """Reads a file unless its content is known; gives its entry of the index."""
    before = fingerprint(path)
    try:
        content = reader.examine(Path(path))
    except OSError as error:
        return path, [*before, None, f"cannot be read: {error.strerror}"]
    if not kept(content.sha256):
        name = f"{content.sha256}-{READER}"
        given = Path(path), content, STORE / f"{name}.parquet"
        facts = plain.read(*given) or reader.read(*given)
        write(STORE / f"{name}.json", json.dumps(facts))
    return path, [*before, content.sha256, None]


def listed(index: dict[str, Entry], workbooks: list[str]) -> dict[str, list[Row]]:
    """The rows of the lists: every export with its facts, and what was found in them."""
    exports: list[Row] = []
    findings: list[Row] = [
        [workbook, "workbook", reader.FINDINGS["workbook"]] for workbook in workbooks
    ]
    for path, (size, _, sha256, unreadable) in sorted(index.items()):
        name = os.path.basename(path)
        facts = (sha256 and kept(sha256)) or reader.Facts(None, 0, unreadable, [])
        rows_file = None if facts.fault else (STORE / f"{sha256}-{READER}.parquet").as_posix()
        exports.append(
            [name, rows_file, size, sha256, facts.encoding, facts.data_rows, facts.fault]
        )
        findings += [[name, *finding] for finding in facts.findings]
    if not exports:
        beside = f" but {workbooks[0]}, a workbook" if workbooks else ""
        fault = (
            f"No DSPT export in {place()}{beside}: put the portal's CSV there, or name a file, "
            "folder or glob in DSPT_EXPORTS"
        )
        exports.append([None, None, None, None, None, None, fault])
    return {"exports": exports, "findings": findings}


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
