"""The seeds that official files feed: their columns, and how a release is added to them."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reference import Refused

Row = tuple[str, ...]  # one line of a seed, in the order of its columns

TRUSTS, COMMISSIONERS, CSUS = "ods/ods_trusts", "ods/ods_commissioners", "ods/ods_csus"
SUB_ICBS, ICBS, REGIONS = "ons/ons_sub_icb_locations", "ons/ons_icbs", "ons/ons_regions"
PATIENTS = "ons/ons_registered_patients"
SUCCESSIONS, COORDINATES = "ods/ods_successions", "ods/ods_coordinates"
ODS_ICBS = "ods/ods_icbs"  # kept by hand: read here, never added to
ORGANISATIONS = (TRUSTS, COMMISSIONERS, CSUS, SUB_ICBS, ICBS, ODS_ICBS)  # code in the second column

_ORGANISATION = ("release_date", "organisation_code", "organisation_name")
_PLACE = ("region_code", "icb_code", "postcode", "opened_on", "closed_on")
_ICB = ("release_date", "icb_code", "icb_ons_code", "icb_name", "region_code")
COLUMNS: dict[str, Row] = {
    TRUSTS: (*_ORGANISATION, *_PLACE),
    COMMISSIONERS: (*_ORGANISATION, "sub_type", *_PLACE),
    CSUS: (*_ORGANISATION, "postcode"),
    SUB_ICBS: (
        "release_date",
        "sub_icb_location_code",
        "sub_icb_location_ons_code",
        "sub_icb_location_name",
        "icb_code",
    ),
    ICBS: _ICB,
    REGIONS: ("release_date", "region_code", "region_ons_code", "region_name"),
    PATIENTS: (
        "geography_from",
        "sub_icb_location_code",
        "registered_patients",
        "counted_on",
        "source",
    ),
    SUCCESSIONS: ("predecessor_code", "successor_code", "reason", "effective_on", "indicator"),
    COORDINATES: ("organisation_code", "latitude", "longitude", "source"),
    ODS_ICBS: _ICB,
}


NEVER_REWRITTEN = (
    "a release is never rewritten: if this is a newer file, give the day it was made "
    "(RELEASE=yyyy-mm-dd); if ours was wrong"
)


def path_of(root: Path, name: str) -> Path:
    """The file of a seed, in the project at `root`."""
    return root / "seeds" / f"{name}.csv"


def read(root: Path) -> dict[str, list[Row]]:
    """Every seed's rows; one that is not there yet is empty. Refused: other columns than ours."""
    seeds = {}
    for name, columns in COLUMNS.items():
        path = path_of(root, name)
        lines: list[Row] = [columns]
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                lines = [tuple(line) for line in csv.reader(file)]
        if not lines or lines[0] != columns or any(len(line) != len(columns) for line in lines):
            raise Refused(
                f"{path.relative_to(root)}: its columns are not {', '.join(columns)}; "
                "restore the file with git"
            )
        seeds[name] = lines[1:]
    return seeds


def encode(columns: Row, rows: Iterable[Row]) -> bytes:
    """The bytes of a CSV file, sorted so that a git diff shows just what changed."""
    first = columns.index("effective_on") if "effective_on" in columns else 0
    text = io.StringIO()
    ordered = sorted(rows, key=lambda row: (row[first], *row))
    csv.writer(text, lineterminator="\n").writerows([columns, *ordered])
    return text.getvalue().encode()


def words(name: str) -> dict[str, str]:
    """What each word that ODS writes means: the first two columns of a seed of decisions."""
    path = path_of(Path(__file__).parents[1], f"ods/{name}")
    with path.open(encoding="utf-8", newline="") as file:
        return {word: meaning for word, meaning, *_ in list(csv.reader(file))[1:]}


def add_release(name: str, held: list[Row], new: list[Row], source: str) -> list[Row]:
    """`held` with the rows of one release added; the very same release changes nothing.

    Care trusts come in a file of their own (`ect`), so they count as a release apart from the other
    trusts. Refused: the release is on hand with other content.
    """
    part = {(row[0], is_care_trust(name, row)) for row in new}
    there = {row for row in held if (row[0], is_care_trust(name, row)) in part}
    if there and there != set(new):
        differing = sorted({row[1] for row in there ^ set(new)})
        raise Refused(
            f"{source}: {name}.csv already has the release {new[0][0]}, with other content for "
            f"{shown(differing)}; {NEVER_REWRITTEN}, delete its rows"
        )
    return held if there else held + new


def is_care_trust(name: str, row: Row) -> bool:
    """Whether the row comes in a file of its own, `ect`."""
    return name == TRUSTS and row[1].startswith("T")


def known(rows: Iterable[Row], before: str) -> dict[str, Row]:
    """The newest row of each organisation in the releases before a date."""
    return {row[1]: row for row in sorted(rows) if row[0] < before}


def shown(items: list[str]) -> str:
    """Eight of the items in one line, the rest as a count."""
    rest = f" and {len(items) - 8} more" if len(items) > 8 else ""
    return ", ".join(items[:8]) + rest


def write(new_form: Callable[[Path], Path], files: Mapping[Path, bytes]) -> None:
    """Write the new form of files that change together, down to the disk."""
    for path, content in files.items():
        with new_form(path).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
