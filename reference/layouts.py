"""The table of official layouts: what identifies each file.

A file is recognised by its header, or by all of its rows, never by one cell.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reference import Refused, boundaries
from reference.lists import DISPENSARIES, PRACTICES
from reference.seeds import COMMISSIONERS, CSUS, TRUSTS
from reference.tables import FIELDS, Table, organisations

# What a file can be. Those of NOT_IMPORTED are known, and named in the summary with the reason.
ETR, ECT, ECCG, ECSU = "trusts (etr)", "care trusts (ect)", "commissioners (eccg)", "CSUs (ecsu)"
EPRACCUR, EDISPENSARY = "GP practices (epraccur)", "dispensaries (edispensary)"
SUCC, LOOKUP, PATIENT_COUNTS = "successions", "ONS lookup", "registered patients"
POSTCODES, ICB_AREAS, REGION_AREAS = "postcode directory", "ICB boundaries", "region boundaries"
SUB_ICB_AREAS = "sub-ICB location boundaries"
POINTS, DSPT, SHP_PART, OTHER = "coordinates", "DSPT export", "shapefile part", "other"
UNKNOWN = "unknown"
AREAS = {"icb": ICB_AREAS, "sub_icb": SUB_ICB_AREAS, "NHSER": REGION_AREAS}
OF_AN_EDITION = {LOOKUP, PATIENT_COUNTS, POSTCODES, ICB_AREAS, SUB_ICB_AREAS}
WITH_OWN_DATES = {SUCC, PATIENT_COUNTS}
NEED_CODES = {SUCC, POSTCODES, ICB_AREAS, SUB_ICB_AREAS}
NOT_IMPORTED = {
    REGION_AREAS: "region boundaries: nothing to store, the report dissolves them from the ICBs",
    POINTS: "coordinates: kept by hand in seeds/ods/ods_coordinates.csv",
    DSPT: "a DSPT export: the build reads those in data/dspt",
    SHP_PART: "read with its .shp",
    OTHER: "not data",
}


class Organisations(NamedTuple):
    """A 27-column file of ODS: the codes of its rows, and what else tells it.

    The name where the code is of the kind that all organisations have; the sub-type where dentists
    have codes of the same form. `words` names the seed with the words that a column can have.
    """

    table: str
    code: str
    name: str = "$^"
    sub_type: str = ".*"
    words: Mapping[str, str] = MappingProxyType({})


# Codes of five characters are given to every kind of organisation since April 2020.
NEW_CODE = r"[A-Z]\d[A-Z]\d[A-Z]"
ORGANISATIONS = {
    ETR: Organisations(TRUSTS, r"R[A-Z0-9]{2}", r"\bTRUST\b"),
    ECT: Organisations(TRUSTS, r"T[A-Z0-9]{2}", r"\bCARE TRUST\b"),
    ECCG: Organisations(COMMISSIONERS, r"\d\d[A-Z]", r"\bICB\b|\bCCG\b|\bCOMMISSIONING HUB\b"),
    ECSU: Organisations(CSUS, r"0[A-Z]{2}", r"\bCSU\b|SUPPORT UNIT"),
    EPRACCUR: Organisations(
        PRACTICES,
        r"[A-Z]\d{5}|[A-Z]{3}\d{3}",  # the latter of the Channel Islands
        sub_type="[BZ]",
        words={"status": "ods_statuses", "prescribing_setting": "ods_prescribing_settings"},
    ),
    EDISPENSARY: Organisations(
        DISPENSARIES,
        r"F[A-Z](\d{3}|[A-Z]\d\d)",
        words={"status": "ods_statuses", "dispenser_type": "ods_dispenser_types"},
    ),
}
HEADERS: dict[str, Callable[[set[str]], bool]] = {
    PATIENT_COUNTS: set(
        "EXTRACT_DATE ORG_TYPE ORG_CODE SEX AGE NUMBER_OF_PATIENTS".split()
    ).issubset,
    POSTCODES: lambda names: (
        {"LAT", "LONG"} < names and not names.isdisjoint({"PCDS", "PCD", "PCD7", "PCD8"})
    ),
    # after the directories, which have these codes among many
    LOOKUP: lambda names: any(re.fullmatch(r"(CCG|LOC|SICBL)\d\dCD", name) for name in names),
    POINTS: {"CODE", "LAT", "LONG"}.__eq__,
    DSPT: lambda names: (
        {"CODE", "ORGANISATION NAME"} < names or {"ODSCODE", "ORGANISATIONNAME"} < names
    ),
}

_DATA_SUFFIXES = {".csv", ".geojson", ".gpkg", ".shp", ".xlsx", ".xls"}
_SHAPEFILE_PARTS = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".xml"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YEAR, _MONTH, _DAY = r"(?P<year>20\d\d)", r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>[0-2]\d|3[01])"
_WORD = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
_DATES = (  # as in etr_2026-07-20, 20-07-2026, 20 July 2026, etr_2026-07, ICB_APR_2026
    rf"(?<!\d){_YEAR}(?P<sep>[-_. ]?){_MONTH}(?P=sep){_DAY}(?!\d)",
    rf"(?<!\d){_DAY}(?P<sep>[-_. ]){_MONTH}(?P=sep){_YEAR}(?!\d)",
    rf"(?:^|[ (])(?P<day>\d\d?)[ _-]{_WORD}[ _-]{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}[-_]{_MONTH}(?!\d)",
    rf"(?<![a-z]){_WORD}[_ -]*{_YEAR}(?!\d)",
)


def date_in_name(name: str) -> str | None:
    """The day (`2026-07-20`) or else the month (`2026-07`) that a file's name carries, in ISO.

    Refused: a day that there is not.
    """
    found = next(filter(None, (re.search(form, name.lower()) for form in _DATES)), None)
    if found is None:
        return None
    year, month, day = (found.groupdict().get(part) for part in ("year", "month", "day"))
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(str(month))
    try:
        date(int(str(year)), number, int(day or 1))
    except ValueError as error:
        raise Refused(f"{name}: its name has a day that does not exist; rename it") from error
    return f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")


def release_of(path: Path, kind: str, named: str | None, given: str | None, alone: bool) -> str:
    """The release of a file (ISO date): from its name, and from the date that was given, if any.

    What was given says the day of a month, and all where the name says nothing. A file of ONS is
    of an edition, whenever it was downloaded: among others its name goes first. One whose rows have
    their own dates needs none. Refused: the two disagree, or neither is there.
    """
    if not named and not given and kind not in WITH_OWN_DATES:
        raise Refused(
            f"{path.name}: its name has no month (as etr_2026-07.csv does); "
            "give its date (RELEASE=yyyy-mm-dd)"
        )
    if not named or not given or kind == SUCC or (kind in OF_AN_EDITION and not alone):
        return f"{named}-01"[:10] if named else given or ""
    if given.startswith(named):
        return given
    raise Refused(
        f"{path.name}: its name says {named}, but RELEASE={given}; leave RELEASE out, or rename it"
    )


def check_year(path: Path, year: str, release: str) -> None:
    """Refused: a release of another year than the two digits in the file's own column names."""
    if release[2:4] != year:
        raise Refused(
            f"{path.name}: its columns are of 20{year}, but the release is {release}; rename the "
            f"file by the month that ONS gives, such as lookup_20{year}-04{path.suffix} for April"
        )


def recognise(path: Path) -> str:
    """What the file is, by its content; UNKNOWN if it looks like data, but no layout fits.

    Refused: it is damaged, or a list of ODS that is not imported.
    """
    with path.open("rb") as file:
        head = file.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip()
    suffix = path.suffix.lower()
    if not head:
        raise Refused(f"{path.name}: is empty; download it again")
    if suffix in _SHAPEFILE_PARTS and any(
        path.parent.glob(f"{path.name.split('.')[0]}.[sS][hH][pP]")
    ):
        return SHP_PART
    if head[:1] == b"<" and suffix not in (".xml", ".html", ".htm"):
        raise Refused(f"{path.name}: is a web page, not data; download it again")
    geojson = head.startswith(b"{") and b'"FeatureCollection"' in path.read_bytes()
    if geojson or suffix == ".shp" or head.startswith(b"SQLite format 3"):
        return _kind_of_areas(path)
    if b"\0" not in head and (kind := _kind_of_table(Table(path))):
        return kind
    return UNKNOWN if suffix in _DATA_SUFFIXES else OTHER


def known_kind(path: Path) -> str:
    """What the file is, by its content. Refused: no layout fits."""
    if (kind := recognise(path)) != UNKNOWN:
        return kind
    raise Refused(
        f"{path.name}: no layout that we know (ODS etr, ect, eccg, ecsu, epraccur, edispensary, "
        "succ; ONS lookup, boundaries, postcode directory; registered patients). Is it the file as "
        "downloaded, as CSV? If it does not belong here, move it out of the folder"
    )


def is_postcode_directory(path: Path) -> bool:
    """Whether the file is a postcode directory, by its header alone."""
    return path.suffix.lower() == ".csv" and HEADERS[POSTCODES](set(Table(path).header))


def _kind_of_areas(path: Path) -> str:
    geography, _ = boundaries.describe(path)
    if geography not in AREAS:
        raise Refused(
            f"{path.name}: boundaries of {geography}; only those of ICBs and of sub-ICB locations "
            "are used"
        )
    return AREAS[geography]


def _kind_of_table(table: Table) -> str | None:
    names = set(table.header)
    if len(table.header) == 27 or FIELDS["organisation_code"][1] in names:
        return _kind_of_organisations(table)
    if len(table.header) == 5 and any(is_succession(cells) for _, cells in table.lines[:2]):
        return SUCC
    return next((kind for kind, is_of in HEADERS.items() if is_of(names)), None)


def is_succession(cells: list[str]) -> bool:
    """Whether a row can be one of succ: its fourth cell is a day."""
    return len(cells) == 5 and bool(re.fullmatch(r"\d{8}", cells[3]))


def _kind_of_organisations(table: Table) -> str:
    """Which of the ODS files it is: every row must show the same."""
    kinds: dict[str, str] = {}  # kind: the first code that told it
    telling = ("organisation_code", "organisation_name", "sub_type")
    for number, row in organisations(table, telling):
        code, name, sub_type = (cell.upper() for cell in row.values())
        kind = next(
            (
                kind
                for kind, of in ORGANISATIONS.items()
                if (re.fullmatch(of.code, code) and re.fullmatch(of.sub_type, sub_type))
                or (re.fullmatch(NEW_CODE, code) and re.search(of.name, name))
            ),
            None,
        )
        if not kind and number == 1 and not re.fullmatch("[A-Z0-9]+", code):
            raise Refused(
                f"{table.path.name}: has a header row, but not the one of ODS ({code!r} in place "
                "of 'Organisation Code'); download it without headers"
            )
        if not kind:
            raise table.refused(
                number,
                f", {code} {name}, is neither trusts, commissioners, CSUs, GP practices nor "
                "dispensaries: a file that is not imported, move it out of the folder (only etr, "
                "ect, eccg, ecsu, epraccur and edispensary are)",
            )
        kinds.setdefault(kind, code)
    if not kinds:
        raise Refused(f"{table.path.name}: has a header row and no other; download it again")
    if len(kinds) > 1:
        mixed = "; ".join(f"{code} is in {kind}" for kind, code in kinds.items())
        raise Refused(
            f"{table.path.name}: mixes several official files ({mixed}); import each as it is"
        )
    return next(iter(kinds))
