"""The record of a release: what it was made from, its tables by hash, what changed and why.

`make` writes it from a built database, with the tables that stay and all that follows from the
records: the seeds of the pages, CITATION.cff and .zenodo.json. `check` compares a database with it.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from itertools import starmap
from pathlib import Path

import duckdb
import yaml

from reports import formats
from reports.catalogue import copy, published_marts, select
from reports.downloads import Download, write_licence, write_package
from reports.settings import SETTINGS
from tasks import changelog, digest, environment
from tasks.diff import Difference
from tasks.figures import Change, changes
from tasks.publishing import Stopped
from tasks.release import RELEASES, Record, records

INPUTS = ("data/dspt", "data/ods", "seeds")
EXPORT = "source_file|reporting_edition|completeness"
# every row of every export, and every expected organisation: more than all others
NOT_KEPT = {"fct_assessments", "fct_sector_standing"}
SOFTWARE = "select name, version from marts.dim_provenance where kind = 'software' order by all"


def make(version: str, commit: str, database: Path, before: Path | None, folder: Path) -> None:
    """Writes the record of a release into a folder laid out as the project, and what follows.

    The database was made from the commit; `before` is that of the release before.
    """
    section = changelog.section(environment.ROOT / "CHANGELOG.md", version)
    manifest = database.parent / "target" / "manifest.json"
    changed = changes(Difference(before, database, manifest)) if before else []
    with duckdb.connect(str(database), read_only=True) as connection:
        record: Record = {
            "version": version,
            "date": str(section.released_on),
            "commit": commit,
            "accepted": os.environ.get("DSPT_ACCEPT", ""),
            "software": dict(connection.execute(SOFTWARE).fetchall()),
            "inputs": _inputs(connection, commit),
            "marts": digest.marts(connection),
            "changes": with_reasons(changed, section, version),
        }
        _keep_tables(connection, folder / "releases" / version)
    texts = derived([*records(), record])
    for path, text in {f"releases/{version}.json": as_json(record), **texts}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="\n")


def with_reasons(
    changed: Iterable[Change], section: changelog.Section, version: str
) -> list[Record]:
    """Every line of the changelog with the figures that it gives the reason of.

    A figure that no line gives the reason of stops the release, named.
    """
    figures: dict[changelog.Line, list[Record]] = {line: [] for line in section.lines}
    without = []
    for change in changed:
        line = section.reason(change.edition, change.code, change.figure)
        if line:
            figures[line].append(change._asdict())
        else:
            whose = ", ".join(filter(None, (change.edition, change.code, change.detail)))
            begin = f"- {change.edition}: " if change.edition else "- "
            without.append(
                f"  {change.figure} of {whose}: {_shown(change.figure, change.before)} →"
                f" {_shown(change.figure, change.after)}. Write `{begin}... {change.code} ...`, or,"
                f" for everyone, `{begin}... *{change.figure}* of all ...`."
            )
    if without:
        raise Stopped(
            f"CHANGELOG.md, section {version}, has no reason for {len(without):,} of the published"
            " figures that changed:\n" + "\n".join(without)
        )
    return [{"reason": line.plain, "figures": found} for line, found in figures.items()]


def _inputs(connection: duckdb.DuckDBPyConnection, commit: str) -> list[Record]:
    """Each file that the marts of a commit are made from, as git has it, by its hash.

    An export has its edition, and what it is if the release knew.
    """
    cursor = connection.execute(f"select columns('{EXPORT}') from marts.dim_snapshots")
    columns = [column for column, *_ in cursor.description]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    exports = {row.pop("source_file"): row for row in rows}
    return [
        {"path": file, "sha256": hashlib.sha256(_git("show", f"{commit}:{file}")).hexdigest()}
        | exports.get(Path(file).name, {})
        for file in _git("ls-tree", "-r", "-z", "--name-only", commit, *INPUTS).decode().split("\0")
        if file.endswith((".csv", ".parquet"))
    ]


def _git(*words: str) -> bytes:
    return subprocess.run(
        ["git", *words], cwd=environment.ROOT, check=True, stdout=subprocess.PIPE
    ).stdout


def _keep_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the tables that stay, as Parquet, and their descriptor."""
    folder.mkdir(parents=True)
    files = []
    for mart in published_marts(connection):
        if mart.name not in NOT_KEPT:
            path = f"{mart.name}.parquet"
            query = select(mart.relation(), mart.columns, "Parquet")
            copy(connection, query, folder / path, "Parquet")
            size = (folder / path).stat().st_size
            files.append(Download(mart.name, path, "Parquet", size, mart.description))
    files.append(write_licence(folder))
    write_package(connection, folder, files, [], [], folder.name)


def as_json(record: Record) -> str:
    """A record with a line for each input, table and figure."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    flat = re.sub(r"\{[^{}]*\}", lambda found: re.sub(r"\n\s*", " ", found[0]), text)
    return flat + "\n"


def derived(all_records: list[Record]) -> dict[str, str]:
    """The files that follow from the records, by path: nobody writes them by hand."""
    newest = all_records[-1]
    shared = {
        "title": f"{SETTINGS['title']}: {SETTINGS['subtitle']}",
        "keywords": SETTINGS["keywords"],
        "license": SETTINGS["licences"][0]["name"],
    }
    abstract = f"{SETTINGS['disclaimer']} {SETTINGS['status']}"
    authors = [{"name": SETTINGS["authors"]}]
    address = {"repository-code": SETTINGS["repository"], "url": SETTINGS["address"]}
    citation = {
        "cff-version": "1.2.0",
        "message": "Cite the release whose figures you use, with the date of its data.",
        "type": "dataset",
        **shared,
        "version": newest["version"],
        "date-released": newest["date"],
        "abstract": abstract,
        "authors": authors,
        **{key: value for key, value in address.items() if value},
    }
    zenodo = {
        "upload_type": "dataset",
        **shared,
        "publication_date": newest["date"],
        "description": abstract,
        "creators": authors,
        "access_right": "open",
    }
    project = (environment.ROOT / "pyproject.toml").read_text("utf-8")
    return {
        "seeds/releases/releases.csv": _csv(
            ["version", "release_order", "released_on", "commit_id", "editions"],
            starmap(_release, enumerate(all_records, 1)),
        ),
        "seeds/releases/release_changes.csv": _csv(
            ["version", "change_order", "reason", *Change._fields],
            (row for record in all_records for row in _changes(record)),
        ),
        "CITATION.cff": yaml.safe_dump(citation, sort_keys=False, allow_unicode=True, width=100),
        ".zenodo.json": json.dumps(zenodo, ensure_ascii=False, indent=1) + "\n",
        "pyproject.toml": re.sub(
            r'^version = ".*"$', f'version = "{newest["version"]}"', project, flags=re.M
        ),
    }  # fmt: skip


def _csv(columns: list[str], rows: Iterable[Record]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _release(order: int, record: Record) -> Record:
    editions = sorted(
        {one["reporting_edition"] for one in record["inputs"] if "reporting_edition" in one}
    )
    return {
        "version": record["version"],
        "release_order": order,
        "released_on": record["date"],
        "commit_id": record["commit"],
        "editions": formats.listed(editions),
    }


def _changes(record: Record) -> Iterable[Record]:
    """A row for each figure with its reason; one for a reason that is of no figure."""
    order = 0
    for change in record["changes"]:
        for figure in change["figures"] or [{}]:
            order += 1
            about = {
                "version": record["version"],
                "change_order": order,
                "reason": change["reason"],
            }
            is_correction = str(figure.get("is_correction", False)).lower()
            yield about | figure | _in_words(figure) | {"is_correction": is_correction}


def _in_words(figure: Record) -> Record:
    """What a figure was and is as a reader sees it, exact where that would be the same."""
    sides = {side: figure[side] for side in ("before", "after") if figure}
    words = {side: _shown(figure["figure"], value) for side, value in sides.items()}
    return words if len({*words.values()}) > 1 else sides


def _shown(figure: str, value: str | float | None) -> str:
    """A figure as a reader sees it; the exact one is in the record."""
    if value is None:
        return "not known" if "date" in figure else "none"
    if isinstance(value, str):
        is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        return formats.day(date.fromisoformat(value)) if is_date else value
    if isinstance(value, int):
        return formats.number(value)
    return formats.percent(value) if figure.startswith("share") else formats.score(value)


def check(database: Path, record: Record) -> list[str]:
    """In which tables a database is not as a release was."""
    with duckdb.connect(str(database), read_only=True) as connection:
        was, now = record["marts"], digest.marts(connection)
    return [
        f"{name}: {_rows(was.get(name))} in the release, {_rows(now.get(name))} now"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]


def damaged(record: Record) -> list[str]:
    """Which tables that stay of a release are not as it was."""
    kept = {
        name: f"read_parquet('{RELEASES.as_posix()}/{record['version']}/{name}.parquet')"
        for name in sorted(record["marts"].keys() - NOT_KEPT)
    }
    with duckdb.connect() as connection:
        return [
            f"{name}.parquet in releases/{record['version']}"
            for name, file in kept.items()
            if digest.digest(connection, name, file) != record["marts"][name]
        ]


def _rows(mart: Record | None) -> str:
    return f"{mart['rows']:,} rows ({mart['sha256'][:12]})" if mart else "not there"


def main() -> int:
    """Makes a record, or checks one; 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m tasks.record", description=__doc__)
    parser.add_argument("what", choices=["make", "check"])
    parser.add_argument("version")
    parser.add_argument("database", type=Path, help="of the release, with dbt's target beside it")
    parser.add_argument("before", type=Path, nargs="?", help="that of the release before")
    parser.add_argument("--commit", help="what the database was made from")
    parser.add_argument("--into", type=Path, help="the folder to write to")
    options = parser.parse_args()
    if options.what == "make":
        try:
            make(options.version, options.commit, options.database, options.before, options.into)
        except Stopped as error:
            sys.exit(str(error))
        return 0
    [record] = [one for one in records() if one["version"] == options.version]
    different = check(options.database, record) + damaged(record)
    said = "\n".join(["not the same:", *different]) if different else "identical"
    print(f"{options.version}: {said} ({len(record['marts'])} tables)")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
