"""GP practices and dispensaries: too many rows for seeds, so a Parquet file for each release.

Both lists keep organisations that have closed, so one without a row in a release is unchanged: a
release after the first stores only the rows that differ from the newest before it.
"""

import tempfile
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import duckdb

from reference import Refused, seeds
from reference.seeds import Row, shown

PRACTICES, DISPENSARIES = "gp_practices", "dispensaries"
_FACTS = ("release_date", "organisation_code", "organisation_name", "region_code", "icb_code")
_REST = ("postcode", "opened_on", "closed_on", "status")
COLUMNS: dict[str, Row] = {
    PRACTICES: (*_FACTS, "sub_icb_location_code", *_REST, "prescribing_setting"),
    DISPENSARIES: (*_FACTS, *_REST, "dispenser_type"),
}

Releases = Mapping[str, list[Row]]  # the rows that are stored of each, by its date


def path_of(root: Path, name: str, release: str) -> Path:
    """The file of one release of a list, in the project at `root`."""
    return root / "data" / "ods" / f"{name}_{release}.parquet"


def read(root: Path, name: str) -> dict[str, list[Row]]:
    """What is stored of each release of a list. Refused: a file with other columns than ours."""
    text = ", ".join(f"coalesce({column}::varchar, '')" for column in COLUMNS[name])
    releases = {}
    for path in sorted(path_of(root, name, "*").parent.glob(f"{name}_*.parquet")):
        try:
            query = f"select {text} from read_parquet(?)"
            rows = duckdb.execute(query, [str(path)]).fetchall()
        except duckdb.Error as error:
            raise Refused(
                f"{path.relative_to(root)}: is not as this import writes it "
                f"({str(error).splitlines()[0]}); restore the file with git"
            ) from error
        releases[path.stem.removeprefix(f"{name}_")] = rows
    return releases


def to_store(name: str, releases: Releases, rows: Iterable[Row], source: str) -> list[Row]:
    """The rows of a new release that differ from what is known of the organisation before it.

    Refused: there is a later release, whose rows are differences already, or the release is on hand
    with other content.
    """
    rows = sorted(rows)
    release = rows[0][0]
    before = seeds.known(chain(*releases.values()), release)
    stored = [row for row in rows if row[1] not in before or row[1:] != before[row[1]][1:]]
    if release not in releases and (later := [each for each in releases if each > release]):
        files = ", ".join(f"data/ods/{name}_{each}.parquet" for each in sorted(later))
        raise Refused(
            f"{source}: is of {release}, but a later release exists, which stores only what "
            "changed. If this file is newer, give the day it was made (RELEASE=yyyy-mm-dd); if "
            f"not, delete {files} and import all of them together"
        )
    if differing := sorted({row[1] for row in {*releases.get(release, stored)} ^ {*stored}}):
        raise Refused(
            f"{source}: data/ods/{name}_{release}.parquet already exists with other content for "
            f"{shown(differing)}; {seeds.NEVER_REWRITTEN}, delete that file"
        )
    return stored


def encode(name: str, rows: list[Row]) -> bytes:
    """The bytes of a release's file: the same for the same rows, dates as dates, blanks as null."""
    types = {
        column: "date" if column.endswith(("_date", "_on")) else "varchar"
        for column in COLUMNS[name]
    }
    with (
        tempfile.TemporaryDirectory() as scratch,
        duckdb.connect(config={"threads": 1}) as connection,
    ):
        plain, parquet = Path(scratch, "rows.csv"), Path(scratch, "rows.parquet")
        plain.write_bytes(seeds.encode(COLUMNS[name], rows))
        connection.execute(
            "copy (from read_csv($plain, columns = $types, auto_detect = false, header = true, "
            """quote = '"', escape = '"')) to $parquet (format parquet, compression zstd)""",
            {"plain": str(plain), "types": types, "parquet": str(parquet)},
        )
        return parquet.read_bytes()
