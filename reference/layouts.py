"""Official files, told apart by what is in them, and read into the rows of our seeds."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from reference import Refused, boundaries
from reference.seeds import (
    COMMISSIONERS,
    CSUS,
    ICBS,
    PATIENTS,
    REGIONS,
    SUB_ICBS,
    TRUSTS,
    Row,
)

# What a file can be. Those of NOT_IMPORTED are known, and named in the summary with the reason.
ETR, ECT, ECCG, ECSU = "trusts (etr)", "care trusts (ect)", "commissioners (eccg)", "CSUs (ecsu)"
SUCC, LOOKUP, PATIENT_COUNTS = "successions", "ONS lookup", "registered patients"
POSTCODES, ICB_AREAS, REGION_AREAS = "postcode directory", "ICB boundaries", "region boundaries"
POINTS, DSPT, SHP_PART, OTHER = "coordinates", "DSPT export", "shapefile part", "other"
NEED_CODES = {SUCC, POSTCODES, ICB_AREAS}
NOT_IMPORTED = {
    REGION_AREAS: "region boundaries: nothing to store, the report dissolves them from the ICBs",
    POINTS: "coordinates: kept by hand in seeds/ods/ods_coordinates.csv",
    DSPT: "a DSPT export: the build reads those in data/dspt",
    SHP_PART: "read with its .shp",
    OTHER: "not data",
}

_DATA_SUFFIXES = {".csv", ".geojson", ".gpkg", ".shp", ".xlsx", ".xls"}
_SHAPEFILE_PARTS = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".xml"}
_POSTCODES = {"PCDS", "PCD", "PCD7", "PCD8"}
_GEOGRAPHIES = {"sub": "CCG|LOC|SICBL", "icb": "STP|ICB", "region": "NHSER"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def release_in_name(name: str) -> str | None:
    """The first of the month that a file's name carries (`etr_2026-07`, `ICB_APR_2026`), in ISO."""
    if found := re.search(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?!\d)", name):
        return f"{found[1]}-{found[2]}-01"
    month = rf"(?<![a-z])({'|'.join(_MONTHS)})[a-z]*[_ -]*(20\d\d)(?!\d)"
    if found := re.search(month, name.lower()):
        return f"{found[2]}-{_MONTHS.index(found[1]) + 1:02}-01"
    return None


def recognise(path: Path) -> str:
    """What the file is, by its content. Refused: it looks like data, but is none that we know."""
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
        return _recognise_areas(path)
    if b"\0" not in head and (kind := _recognise_table(path)):
        return kind
    if suffix in _DATA_SUFFIXES:
        raise Refused(
            f"{path.name}: no layout that we know (ODS etr, ect, eccg, ecsu, succ; ONS lookup, "
            "boundaries, postcode directory; registered patients). Is it the file as downloaded, "
            "as CSV? If it does not belong here, move it out of the folder"
        )
    return OTHER


def _recognise_areas(path: Path) -> str:
    geography, _ = boundaries.describe(path)
    if geography not in ("ICB", "NHSER"):
        raise Refused(f"{path.name}: boundaries of {geography}; only those of ICBs are used")
    return ICB_AREAS if geography == "ICB" else REGION_AREAS


def _recognise_table(path: Path) -> str | None:
    first = _header(path)
    header = set(first)
    if len(first) == 27:
        return _recognise_organisations(path)
    if len(first) == 5 and re.fullmatch(r"\d{8}", first[3]):
        return SUCC
    if any(re.fullmatch(r"(CCG|LOC|SICBL)\d\dCD", name) for name in header):
        return LOOKUP
    if {"ORG_TYPE", "ORG_CODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"} <= header:
        return PATIENT_COUNTS
    if {"LAT", "LONG"} < header and header & _POSTCODES:
        return POSTCODES
    if {"CODE", "LAT", "LONG"} == header:
        return POINTS
    if {"CODE", "ORGANISATION NAME"} < header or {"ODSCODE", "ORGANISATIONNAME"} < header:
        return DSPT
    return None


def _recognise_organisations(path: Path) -> str:
    """Which of the four 27-column files: each row that tells must tell the same."""
    kinds: dict[str, str] = {}  # kind: the first code that told it
    for _, line in _lines(path):
        if kind := _kind_of(line[0], line[1].upper(), line[13] if len(line) > 13 else ""):
            kinds.setdefault(kind, line[0])
    if not kinds:
        raise Refused(
            f"{path.name}: 27 columns, but neither trusts, commissioners nor CSUs; "
            "only etr, ect, eccg and ecsu are imported"
        )
    if len(kinds) > 1:
        mixed = "; ".join(f"{code} is in {kind}" for kind, code in kinds.items())
        raise Refused(f"{path.name}: mixes several official files ({mixed}); import each as it is")
    return next(iter(kinds))


def _kind_of(code: str, name: str, sub_type: str) -> str | None:
    """By code and sub-type. The five-character codes are of every kind: there, by name."""
    if re.fullmatch(r"0[A-Z]{2}", code):
        return ECSU
    if sub_type in ("C", "H") or re.fullmatch(r"\d\d[A-Z]", code):
        return ECCG
    if sub_type == "T" or re.fullmatch(r"T[A-Z0-9]{2}", code):
        return ECT
    if re.fullmatch(r"R[A-Z0-9]{2}", code):
        return ETR
    if re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]", code):
        for kind, word in (
            (ECCG, r"\b(ICB|CCG)\b"),
            (ECSU, r"\bCSU\b|SUPPORT UNIT"),
            (ETR, "TRUST"),
        ):
            if re.search(word, name):
                return kind
    return None


def read_rows(path: Path, kind: str, release: str | None) -> dict[str, list[Row]]:
    """The rows that one release of a table gives to each seed.

    `release` is the date from the file's name, or the one given; the extract date in a file of
    registered patients goes before it. Refused: no release, or a value that cannot be used.
    """
    if kind == PATIENT_COUNTS:
        return {PATIENTS: _patients(path, release)}
    if kind == LOOKUP:
        return _lookup(path, known(release, path))
    return _organisations(path, kind, known(release, path))


def known(release: str | None, path: Path) -> str:
    """The release. Refused: there is none."""
    if release is None:
        raise Refused(
            f"{path.name}: its name carries no month (as etr_2026-07.csv does); "
            "give the date that it is of (RELEASE=yyyy-mm-dd)"
        )
    return release


def _organisations(path: Path, kind: str, release: str) -> dict[str, list[Row]]:
    rows: dict[str, Row] = {}
    for number, line in _lines(path):
        if len(line) != 27 or not line[0]:
            raise Refused(f"{path.name}: row {number} has {len(line)} columns, or no code; want 27")
        code, name, region, icb, postcode = *line[:4], line[9]
        if code in rows:
            raise Refused(f"{path.name}: row {number} lists {code} a second time")
        opened, closed = (_iso(line[at], path, number) for at in (10, 11))
        if kind == ECSU and closed:
            continue  # our CSUs have no dates: one that a release does not list is closed
        place = (region, icb, postcode, opened, closed)
        facts = {ECCG: (line[13], *place), ECSU: (postcode,)}.get(kind, place)
        rows[code] = (release, code, name, *facts)
    seed = {ECCG: COMMISSIONERS, ECSU: CSUS}.get(kind, TRUSTS)
    return {seed: list(rows.values())}


def successions(path: Path) -> list[Row]:
    """The rows of a succession file, in our columns. Refused: a row that is not one."""
    rows: list[Row] = []
    for number, line in _lines(path):
        if len(line) != 5 or not line[0] or not line[1] or not line[3]:
            raise Refused(
                f"{path.name}: row {number} is not old code, new code, reason, date, mark"
            )
        old, new, reason, effective, indicator = line
        rows.append((old, new, reason, _iso(effective, path, number), indicator))
    return rows


def _lookup(path: Path, release: str) -> dict[str, list[Row]]:
    """The sub-ICB locations, ICBs and regions of a lookup at any level, each of them once."""
    header = _header(path)
    at: dict[str, list[str]] = {}  # geography: the columns of its ODS code, ONS code and name
    for key, prefixes in _GEOGRAPHIES.items():
        wanted = [rf"({prefixes})(\d\d){end}" for end in ("CDH", "CD", "NM")]
        at[key] = [name for w in wanted for name in header if re.fullmatch(w, name)]
        if len(at[key]) != 3:
            raise Refused(
                f"{path.name}: wants one code (CD), ODS code (CDH) and name (NM) column of "
                f"{prefixes.replace('|', ' or ')}; has {', '.join(header)}. Take the ONS lookup "
                "that goes up to NHS England regions (NHSER)"
            )
        check_year(path, re.sub(r"\D", "", at[key][0]), release)
    found: dict[str, dict[str, Row]] = {SUB_ICBS: {}, ICBS: {}, REGIONS: {}}
    for number, fact in _facts(path):
        sub, icb, region = (tuple(fact[name] for name in at[key]) for key in _GEOGRAPHIES)
        rows = {SUB_ICBS: (*sub, icb[0]), ICBS: (*icb, region[0]), REGIONS: region}
        for seed, row in rows.items():
            if not all(row) or found[seed].setdefault(row[0], row) != row:
                raise Refused(
                    f"{path.name}: row {number} has a blank, or a second answer, for {row}"
                )
    return {seed: [(release, *row) for row in rows.values()] for seed, rows in found.items()}


def check_year(path: Path, year: str, release: str) -> None:
    """Refused: a release of another year than the two digits in the file's own column names."""
    if release[2:4] != year:
        raise Refused(
            f"{path.name}: its columns are of 20{year}, but the release is {release}; "
            "name the file, or give RELEASE, by the month that ONS says it is of"
        )


def _patients(path: Path, release: str | None) -> list[Row]:
    """All registered patients of each sub-ICB location (CCG before July 2022)."""
    rows: dict[str, Row] = {}
    for number, fact in _facts(path):
        if fact["SEX"] != "ALL" or fact["AGE"] != "ALL":
            continue
        if fact["ORG_TYPE"].upper().replace(" ", "_") not in ("CCG", "SUB_ICB_LOCATION"):
            continue
        code, patients = fact["ORG_CODE"], fact["NUMBER_OF_PATIENTS"]
        if not patients.isdigit() or code in rows:
            raise Refused(
                f"{path.name}: row {number}, {code}: {patients!r} is no count, or a second"
            )
        counted = _extract_date(fact) or known(release, path)
        source = f"NHS England: Patients Registered at a GP Practice, {counted[:7]}"
        rows[code] = (counted, code, patients, counted, source)
    if not rows:
        raise Refused(f"{path.name}: no row of a CCG or SUB_ICB_LOCATION with SEX and AGE of ALL")
    return list(rows.values())


def _extract_date(fact: dict[str, str]) -> str | None:
    try:
        return datetime.strptime(fact["EXTRACT_DATE"], "%d%b%Y").date().isoformat()
    except (KeyError, ValueError):
        return None


def is_even(path: Path) -> bool:
    """Whether every row of a table has the same number of columns, as in any whole file."""
    return len({len(line) for _, line in _lines(path)}) == 1


def _header(path: Path) -> list[str]:
    """The trimmed cells of the first line, in capitals. The file may be a gigabyte, or no table."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return [cell.strip().upper() for cell in next(csv.reader([file.readline(2**16)]), [])]


def _facts(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number, and cell by column name, of each line under the header."""
    header = _header(path)
    for number, line in list(_lines(path))[1:]:
        if len(line) != len(header):
            raise Refused(f"{path.name}: row {number} has {len(line)} columns, not {len(header)}")
        yield number, dict(zip(header, line, strict=True))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and trimmed cells of each line that is not blank.

    UTF-8, else the Windows code page that older files are in.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        for number, line in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if any(cells := [cell.strip() for cell in line]):
                yield number, cells
    except csv.Error as error:
        raise Refused(f"{path.name}: is no CSV file ({error}); download it again") from error


def _iso(value: str, path: Path, number: int) -> str:
    if not value:
        return ""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise Refused(f"{path.name}: row {number}: {value!r} is no date (yyyymmdd)") from error
