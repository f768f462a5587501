"""The rows that each official file adds to our seeds; an unknown value is refused, by name."""

import re
from pathlib import Path

from reference import Refused, layouts
from reference.lists import COLUMNS as LISTS
from reference.seeds import COLUMNS, ICBS, PATIENTS, REGIONS, SUB_ICBS, Row, words
from reference.tables import Table, organisations

# The share of rows without it, over which a list is none of ODS's: opening dates are always there,
# places but for Wales, the islands and what closed long ago.
MOST_BLANK = {"opened_on": 0.1, "region_code": 0.5, "icb_code": 0.5}
GEOGRAPHIES = {SUB_ICBS: "CCG|LOC|SICBL", ICBS: "STP|ICB", REGIONS: "NHSER"}
LOCATIONS = {"CCG", "SUB_ICB_LOCATION", "SUB_ICB_LOCATION_CODE"}  # 2021, 2022, since


def read_rows(path: Path, kind: str, release: str) -> dict[str, list[Row]]:
    """The rows that one release of a table gives to each seed or list.

    A file of registered patients has a date of its own. Refused: a value that cannot be used.
    """
    table = Table(path)
    if kind == layouts.PATIENT_COUNTS:
        return {PATIENTS: _patients(table)}
    if kind == layouts.LOOKUP:
        return _lookup(table, release)
    return {layouts.ORGANISATIONS[kind].table: _rows_of_organisations(table, kind, release)}


def _rows_of_organisations(table: Table, kind: str, release: str) -> list[Row]:
    official = layouts.ORGANISATIONS[kind]
    columns = {**COLUMNS, **LISTS}[official.table]
    sought = {column: words(name) for column, name in official.words.items()}
    rows: dict[str, Row] = {}
    for number, row in organisations(table, (*columns[1:], "opened_on", "closed_on")):
        code = row["organisation_code"]
        if code in rows:
            raise table.refused(number, f" lists {code} a second time")
        for end in ("opened_on", "closed_on"):
            row[end] = row[end] and table.day(number, row[end])
        if kind == layouts.ECSU and row["closed_on"]:
            continue  # our CSUs have no dates: one that a release does not list is closed
        for column, known_words in sought.items():
            # the newer service states no setting for some, such as screening units
            stated = row[column] or column != "prescribing_setting"
            if stated and not known_words.keys() >= set(row[column].split("|")):
                raise table.refused(
                    number,
                    f": the {column} {row[column]!r} of {code} is not one that "
                    f"seeds/ods/{official.words[column]}.csv knows; if it is right, say "
                    "there what it means",
                )
        rows[code] = (release, *(row[column] for column in columns[1:]))
    for column, most in MOST_BLANK.items():
        blank = sum(not row[columns.index(column)] for row in rows.values() if column in columns)
        if blank > most * len(rows):
            raise Refused(
                f"{table.path.name}: {blank:,} of its {len(rows):,} rows have no {column}, which "
                "the list of ODS always states; download it again"
            )
    return list(rows.values())


def successions(path: Path) -> list[Row]:
    """The rows of a succession file, in our columns. Refused: a row that is not one."""
    table = Table(path)
    rows: list[Row] = []
    for number, cells in table.lines:
        if len(cells) != 5 or not cells[0] or not cells[1] or not cells[3]:
            raise table.refused(number, " is not old code, new code, reason, date, mark")
        if number == 1 and not layouts.is_succession(cells):
            raise Refused(f"{path.name}: has a header row; download it without headers")
        old, new, reason, effective, indicator = cells
        rows.append((old, new, reason, table.day(number, effective), indicator))
    return rows


def _lookup(table: Table, release: str) -> dict[str, list[Row]]:
    """The sub-ICB locations, ICBs and regions of a lookup at any level, each of them once."""
    path, header = table.path, table.header
    columns: dict[str, list[str]] = {}  # geography: the columns of its ODS code, ONS code and name
    for seed, prefixes in GEOGRAPHIES.items():
        wanted = [rf"({prefixes})(\d\d){end}" for end in ("CDH", "CD", "NM")]
        columns[seed] = [name for w in wanted for name in header if re.fullmatch(w, name)]
        if len(columns[seed]) != 3:
            raise Refused(
                f"{path.name}: needs one code (CD), ODS code (CDH) and name (NM) column of "
                f"{prefixes.replace('|', ' or ')}; has {', '.join(header)}. Take the ONS lookup "
                "that goes up to NHS England regions (NHSER)"
            )
        layouts.check_year(path, re.sub(r"\D", "", columns[seed][0]), release)
    found: dict[str, dict[str, Row]] = {seed: {} for seed in GEOGRAPHIES}
    for number, fact in table.facts():
        sub, icb, region = (tuple(fact[name] for name in columns[seed]) for seed in GEOGRAPHIES)
        rows = {SUB_ICBS: (*sub, icb[0]), ICBS: (*icb, region[0]), REGIONS: region}
        for seed, row in rows.items():
            if not all(row) or found[seed].setdefault(row[0], row) != row:
                raise table.refused(number, f" has a blank, or a second answer, for {row}")
    return {seed: [(release, *row) for row in rows.values()] for seed, rows in found.items()}


def _patients(table: Table) -> list[Row]:
    """All registered patients of each sub-ICB location (CCG before July 2022)."""
    rows: dict[str, Row] = {}
    for number, fact in table.facts():
        if fact["SEX"] != "ALL" or fact["AGE"] != "ALL":
            continue
        if fact["ORG_TYPE"].upper().replace(" ", "_") not in LOCATIONS:
            continue
        code, patients = fact["ORG_CODE"], fact["NUMBER_OF_PATIENTS"]
        if not patients.isdigit() or code in rows:
            raise table.refused(number, f", {code}: {patients!r} is not a count, or a second one")
        counted = table.day(number, fact["EXTRACT_DATE"])
        source = f"NHS England: Patients Registered at a GP Practice, {counted[:7]}"
        rows[code] = (counted, code, patients, counted, source)
    if not rows:
        raise Refused(
            f"{table.path.name}: no row of {' or '.join(sorted(LOCATIONS))} with SEX and AGE of ALL"
        )
    return list(rows.values())
