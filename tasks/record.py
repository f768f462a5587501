"""The record of a release: what it was made from, its tables by hash, what changed and why.

`make` writes it from a built database, with the tables that are kept and everything that follows
from the records: the seeds of the pages, CITATION.cff and .zenodo.json. `check` compares a database
with it.
"""

import csv
import glob
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
from reports.settings import SETTINGS, STATUS, TITLE
from tasks import changelog, digest, environment
from tasks.diff import Difference
from tasks.figures import Change, changes
from tasks.publishing import Stopped
from tasks.release import RELEASES, Record, git, records

INPUTS = ("data/dspt", "data/ods", "seeds")
# an older release has other columns
EXPORTS = """
    select source_file, struct_pack(*columns('reporting_edition|completeness'))
    from marts.dim_snapshots
"""
# every row of every export, and every expected organisation: more than all others
NOT_KEPT = {"fct_assessments", "fct_sector_standing"}
SOFTWARE = "select name, version from marts.dim_provenance where kind = 'software' order by all"


def make(
    version: str, commit: str, folder: Path, database: Path, before: Path | None = None
) -> None:
    """Writes the record of a release, and what follows, into a folder laid out as the project.

    The database was made from the commit; `before` is that of the previous release.
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
    """Every line of the changelog with the figures that it is the reason for.

    A figure without a reason stops the release, and the message names it.
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
            f"CHANGELOG.md, section {version}, has no reason for {len(without):,} of the figures"
            " that changed:\n" + "\n".join(without)
        )
    return [{"reason": line.plain, "figures": found} for line, found in figures.items()]


def _inputs(connection: duckdb.DuckDBPyConnection, commit: str) -> list[Record]:
    """Each file that the marts of a commit are made from, as in git, with its hash.

    An export has its edition, and its completeness if the release knew it.
    """
    exports = dict(connection.execute(EXPORTS).fetchall())
    files = git("ls-tree", "-r", "-z", "--name-only", commit, *INPUTS).split("\0")

    def sha256(file: str) -> str:
        show = ["git", "show", f"{commit}:{file}"]
        return hashlib.sha256(subprocess.check_output(show, cwd=environment.ROOT)).hexdigest()

    return [
        {"path": file, "sha256": sha256(file), **exports.get(Path(file).name, {})}
        for file in files
        if file.endswith((".csv", ".parquet"))
    ]


def _keep_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the tables that are kept, as Parquet, and their descriptor."""
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
    """A record, with one line for each input, table and figure."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    flat = re.sub(r"\{[^{}]*\}", lambda found: re.sub(r"\n\s*", " ", found[0]), text)
    return flat + "\n"


def derived(all_records: list[Record]) -> dict[str, str]:
    """The files that follow from the records, by path: nobody writes them by hand."""
    newest = all_records[-1]
    shared = {
        "title": TITLE,
        "keywords": SETTINGS["keywords"],
        "license": SETTINGS["licences"][0]["name"],
    }
    authors = [{"name": SETTINGS["authors"]}]
    address = {"repository-code": SETTINGS["repository"], "url": SETTINGS["address"]}
    citation = {
        "cff-version": "1.2.0",
        "message": "Cite the release whose figures you use, with the date of its data.",
        "type": "dataset",
        **shared,
        "version": newest["version"],
        "date-released": newest["date"],
        "abstract": STATUS,
        "authors": authors,
        **{key: value for key, value in address.items() if value},
    }
    zenodo = {
        "upload_type": "dataset",
        **shared,
        "publication_date": newest["date"],
        "description": STATUS,
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
    """A row for each figure with its reason; one for a reason without a figure."""
    reasons = record["changes"]
    figures = [(one["reason"], figure) for one in reasons for figure in one["figures"] or [{}]]
    for order, (reason, figure) in enumerate(figures, 1):
        about = {"version": record["version"], "change_order": order, "reason": reason}
        is_correction = str(figure.get("is_correction", False)).lower()
        yield about | figure | _in_words(figure) | {"is_correction": is_correction}


def _in_words(figure: Record) -> Record:
    """A figure before and after as a reader sees it, or exact if both would look the same."""
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
    """The tables in which a database differs from a release."""
    with duckdb.connect(str(database), read_only=True) as connection:
        was, now = record["marts"], digest.marts(connection)
    return [
        f"{name}: {_rows(was.get(name))} in the release, {_rows(now.get(name))} now"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]


def damaged(record: Record) -> list[str]:
    """The kept tables of a release that have changed since."""
    folder = glob.escape(str(RELEASES / record["version"]))
    changed = []
    with duckdb.connect() as connection:
        for name in sorted(record["marts"].keys() - NOT_KEPT):
            connection.read_parquet(f"{folder}/{name}.parquet").create_view(name)
            if digest.of_table(connection, name, name) != record["marts"][name]:
                changed.append(f"{name}.parquet in releases/{record['version']}")
    return changed


def _rows(mart: Record | None) -> str:
    return f"{mart['rows']:,} rows ({mart['sha256'][:12]})" if mart else "not there"


def main() -> None:
    """Makes a record, or checks one and ends with 1 if something differs.

    `make VERSION COMMIT FOLDER DATABASE [BEFORE]` or `check VERSION DATABASE`, as `tasks.release`
    runs it in the project's environment.
    """
    what, version, *more = sys.argv[1:]
    if what == "make":
        commit, *paths = more
        try:
            return make(version, commit, *map(Path, paths))
        except Stopped as error:
            sys.exit(str(error))
    [database] = more
    [record] = [one for one in records() if one["version"] == version]
    different = check(Path(database), record) + damaged(record)
    verdict = "\n".join(["not the same:", *different]) if different else "identical"
    print(f"{version}: {verdict} ({len(record['marts'])} tables)")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
