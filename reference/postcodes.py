"""Points from a postcode directory (ONSPD, NSPL): which organisations get one, and where it is."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from reference import Refused
from reference.seeds import COLUMNS, COMMISSIONERS, COORDINATES, CSUS, TRUSTS, Row

_COLUMNS = ("pcds", "pcd", "pcd7", "pcd8")  # of the old and the new format, best first
_NO_POINT = 99  # degrees north: the directory's way to say that it has no grid reference


def without_point(seeds: Mapping[str, list[Row]]) -> dict[str, str]:
    """Postcode (newest release) by code, for each organisation without a point."""
    postcodes = {}
    for name in (TRUSTS, COMMISSIONERS, CSUS):
        at = COLUMNS[name].index("postcode")
        for row in sorted(seeds[name]):
            postcodes[row[1]] = "".join(row[at].split()).upper()
    for row in seeds[COORDINATES]:
        postcodes.pop(row[0], None)
    return {code: postcode for code, postcode in postcodes.items() if postcode}


def points(path: Path, wanted: Mapping[str, str], release: str) -> list[Row]:
    """Seed rows (code, latitude, longitude, source) of the organisations whose postcode is listed.

    Terminated postcodes count: closed trusts have them. Refused: the directory is not readable.
    """
    try:
        directory = duckdb.read_csv(str(path), header=True, all_varchar=True)
        columns = {name.strip().lower(): name for name in directory.columns}
        postcode = next(columns[name] for name in _COLUMNS if name in columns)
        query = f"""
            select
                upper(replace("{postcode}", ' ', '')) as postcode,
                trim("{columns["lat"]}") as latitude,
                trim("{columns["long"]}") as longitude
            from directory
            where
                upper(replace("{postcode}", ' ', '')) in (select unnest($postcodes))
                and abs(nullif(trim("{columns["lat"]}"), '')::double) < {_NO_POINT}
        """
        found = duckdb.execute(query, {"postcodes": sorted(set(wanted.values()))}).fetchall()
    except duckdb.Error as error:
        raise Refused(f"{path.name}: cannot be read: {str(error).splitlines()[0]}") from error
    point_of = {postcode: point for postcode, *point in found}
    source = f"{'NSPL' if 'NSPL' in path.name.upper() else 'ONSPD'} {release[:7]}"
    return [(code, *point_of[pc], source) for code, pc in wanted.items() if pc in point_of]
