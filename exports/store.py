"""The store of what was read: one Parquet file for each content, one list for each location.

An export is read if its content is new, and looked into if its file has changed, according to
everything that the system says about it. The whole store can be made again from the exports:
anything lost or damaged is, and its folder may be deleted at any time.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from exports import find, location, reader
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
Entry = list[Any]  # the fingerprint of a file, its SHA-256, and the facts on it
Row = list[Any]


def update() -> dict[str, list[Row]]:
    """Reads the exports that are new, and lists all; returns the rows of the lists."""
    try:
        return _update()
    except (OSError, duckdb.IOException) as error:
        raise publishing.Stopped(f"The exports cannot be read into {STORE}: {error}") from error


def _update() -> dict[str, list[Row]]:
    STORE.mkdir(exist_ok=True)
    began = time.time_ns()
    name = hashlib.md5(location().encode()).hexdigest()  # as dbt's local_md5 has it
    memory = STORE / f"{name}.json"
    files, others = find()
    known: dict[str, Entry] = {}
    with suppress(FileNotFoundError, ValueError):  # not there, or damaged
        known = dict(json.loads(memory.read_bytes()))
    index = {
        path: [*entry, facts]
        for path, entry in known.items()
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


def kept(sha256: str) -> reader.Facts | None:
    """The facts about a content that was read before, if its rows are unchanged."""
    facts, rows = paths_of(sha256)
    with suppress(FileNotFoundError, ValueError, TypeError):
        *known, of_rows = json.loads(facts.read_bytes())
        if of_rows is None or of_rows == publishing.hash_of(rows):
            return reader.Facts(*known)
    return None


def paths_of(sha256: str) -> tuple[Path, Path]:
    """Where the facts about a content and its rows are."""
    return STORE / f"{sha256}-{READER}.json", STORE / f"{sha256}-{READER}.parquet"


def read_all(paths: list[str]) -> dict[str, Entry]:
    """Reads files, several of them in two processes; returns the entries of the index."""
    if len(paths) < 2:
        return dict(map(read_one, paths))
    with ThreadPoolExecutor(1) as pool:
        # a process of its own, with nothing but this package: dbt's would bring dbt along
        helper = pool.submit(
            subprocess.run,
            [sys.executable, "-m", "exports", "read"],
            input=json.dumps(paths[1::2]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it meets is met here again, and reported once
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        )
        entries = dict(map(read_one, paths[::2]))
        answer = helper.result()
    if answer.returncode == 0:
        read = json.loads(answer.stdout).items()
        entries |= {path: entry for path, entry in read if entry[1] and kept(entry[1])}
    return entries | dict(read_one(path) for path in paths if path not in entries)


def read_one(path: str) -> tuple[str, Entry]:
    """Reads a file unless its content is known; returns its entry of the index."""
    before = publishing.fingerprint(path)
    try:
        content = reader.examine(Path(path))
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        if before is None and os.path.islink(path):
            fault = "is a link that leads nowhere; put the file there, or remove the link"
        return path, [before, None, reader.Facts(None, 0, fault, [])]
    facts = kept(content.sha256)
    if not facts:
        of_facts, of_rows = paths_of(content.sha256)
        facts = reader.read(Path(path), content, of_rows)
        if publishing.hash_of(path) != content.sha256:
            fault = "changed while it was being read; wait until it is complete, and run this again"
            return path, [before, None, reader.Facts(None, 0, fault, [])]
        of_rows_read = None if facts.fault else publishing.hash_of(of_rows)
        write(of_facts, json.dumps([*facts, of_rows_read]))
    return path, [before, content.sha256, facts]


def listed(index: dict[str, Entry], others: list[str]) -> dict[str, list[Row]]:
    """The rows of the lists: every export with its facts, and the findings in them."""
    exports: list[Row] = []
    findings: list[Row] = []
    workbooks = [path for path in others if path.lower().endswith((".xlsx", ".xls"))]
    for path in others:
        check = "workbook" if path in workbooks else "other file"
        findings.append([name_of(path), check, reader.FINDINGS[check]])
    for path, (fingerprint, sha256, known) in sorted(index.items()):
        name, facts = name_of(path), reader.Facts(*known)
        rows_file = None if facts.fault else paths_of(sha256)[1].as_posix()
        size = fingerprint and fingerprint[0]
        exports.append(
            [name, rows_file, size, sha256, facts.encoding, facts.data_rows, facts.fault]
        )
        findings += [[name, *finding] for finding in facts.findings]
    if not exports:
        beside = f" but {name_of(workbooks[0])}, a workbook" if workbooks else ""
        fault = (
            f"No DSPT export in {location()}{beside}: put the portal's CSV there, or name a file, "
            "folder or glob in DSPT_EXPORTS"
        )
        exports.append([None, None, None, None, None, None, fault])
    return {"exports": exports, "findings": findings}


def name_of(path: str) -> str:
    """The name of a file as text, with numbers for bytes that are not text."""
    return os.fsencode(os.path.basename(path)).decode("utf-8", "backslashreplace")


def write_list(target: Path, columns: dict[str, str], rows: list[Row]) -> None:
    """Writes a list as Parquet, in one step."""
    new = target.with_suffix(f".{os.getpid()}")
    fields = ", ".join(map(" ".join, columns.items()))
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"copy (select unnest($rows::struct({fields})[], recursive := true))"
            " to $parquet (format parquet)",
            {"rows": named, "parquet": str(new)},
        )
    new.replace(target)


def write(target: Path, text: str) -> None:
    """Writes a small file, in one step."""
    new = target.with_suffix(f".{os.getpid()}")
    new.write_text(text, "utf-8")
    new.replace(target)
