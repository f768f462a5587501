"""A world of invented organisations: lists, and seven exports from 20/21 to 25/26.

It has what the default data have not: boards that merge, a trust that moves to another board, one
that is renamed, one that nobody took over, one that began with a merger after the deadline, one in
no board, a board without trusts, two frameworks, and a whole export among those that are parts.
"""

import csv
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

from counted import Count
from oracle import Row

from tests.bench import ROOT, Bench
from tests.benchmarks.generate import HEADER

EARLY, MIDDLE, LATE = "2021-03-01", "2023-11-01", "2026-07-01"
SNAPSHOTS = {
    date(2021, 8, 2): "20/21", date(2022, 7, 15): "21/22", date(2023, 9, 1): "22/23",
    date(2024, 9, 2): "23/24", date(2025, 8, 1): "24/25", date(2025, 12, 1): "24/25",
    date(2026, 7, 2): "25/26",
}  # fmt: skip
EDITIONS = ["19/20", *dict.fromkeys(SNAPSHOTS.values()), "26/27"]
WHOLE = date(2025, 12, 1)
BOARDS = {"Q1A": "Y56", "Q1B": "Y56", "Q1C": "Y58", "Q1D": "Y58", "Q1E": "Y63"}
MERGED = {"Q1C": "N1E2W", "Q1D": "N1E2W"}
TRUSTS = [f"I{number:02}" for number in range(20)]
LOCATIONS = [f"90{letter}" for letter in "ABCDEFG"]
UNITS = ["0Z1", "0Z2"]
GONE, ALONE, NEW, MOVED, RENAMED, WELSH, HEIR, OLD, OLDER, *_, PLACELESS = TRUSTS
SUCCESSIONS = [
    (GONE, HEIR, "2023-03-31"), (OLD, NEW, "2025-07-15"), (OLDER, NEW, "2025-07-15"),
    ("90G", "90F", "2021-04-01"),
]  # fmt: skip
CLOSED = {
    GONE: "2023-03-31", ALONE: "2022-12-31", OLD: "2025-07-14", OLDER: "2025-07-14",
    "90G": "2021-03-31",
}  # fmt: skip
LABELS = [*["Standards Met"] * 5, "Standards Exceeded", "Approaching Standards"]


def trust(release: str, number: int, code: str) -> list[str]:
    """A trust as a release lists it."""
    board = [*BOARDS][number % 4]
    if release == LATE:
        board = MERGED.get(board, board)
    board = {MOVED: "Q1B" if release > EARLY else board, PLACELESS: "Q9Z"}.get(code, board)
    region = "W00" if code == WELSH else BOARDS.get(board, "Y58")
    name = f"{'New' if code == RENAMED and release > EARLY else 'Invented'} Trust {code}"
    closed = CLOSED.get(code, "") if release > EARLY else ""
    return [release, code, name, region, board, "XX1 1XX", "2025-07-15" * (code == NEW), closed]


def lists(folder: Path) -> None:
    """The seeds of this world: those of the project, but for organisations and their figures."""
    shutil.copytree(ROOT / "seeds", folder)
    placed = [(code, [*BOARDS][number % 5]) for number, code in enumerate(LOCATIONS)]
    kept = {"Q1A": "Y56", "Q1B": "Y56", "Q1E": "Y63", "N1E2W": "Y58"}
    rows: dict[str, list[list[str]]] = {
        "ods_trusts": [
            trust(release, number, code)
            for release in (EARLY, MIDDLE, LATE) for number, code in enumerate(TRUSTS)
            if code != NEW or release == LATE
        ],
        "ods_commissioners": [
            [MIDDLE, code, f"INVENTED LOCATION {code}", "C", "", board, "XX1 1XX", "2013-04-01",
             CLOSED.get(code, "")] for code, board in placed
        ],
        "ons_sub_icb_locations": [
            ["2021-04-01", code, f"E{code}", f"Invented location {code}", board]
            for code, board in placed
        ],
        "ons_icbs": [
            [release, code, f"E{code}", f"Invented Board {code}", region]
            for release in ("2021-04-01", "2023-04-01") for code, region in BOARDS.items()
        ],
        "ods_icbs": [
            ["2026-04-01", code, f"E{code}", f"NHS {code} Integrated Care Board", region]
            for code, region in kept.items()
        ],
        "ods_csus": [["2022-09-01", code, f"Invented unit {code}", ""] for code in UNITS],
        "ods_successions": [[old, new, "R", day, ""] for old, new, day in SUCCESSIONS],
        "ods_corrections": [
            ["add succession", old, new, "2026-04-01", "invented"] for old, new in MERGED.items()
        ],
        "ods_coordinates": [[code, "51.5", "-1.5", "invented"] for code in TRUSTS[:15]],
        "ons_registered_patients": [
            ["2020-04-01", code, f"{100_000 + 7 * number}", "2021-01-01", "invented"]
            for number, code in enumerate(LOCATIONS[:6])
        ],
        "published_figures": [
            ["Invented", "2025-08-01", "organisations", "Total", "", "Total", "24"],
            ["Invented", "2025-08-01", "composite_score", "", "Q1A", "", "3.0"],
            ["Of 2020", "2020-08-01", "organisations", "NHS Trust", "", "Total", "20"],
        ],
        "published_differences": [["Invented", "composite_score", "", "Q1A", "", "Made up."]],
        "published_list_counts": [], "dspt_exports": [],
    }  # fmt: skip
    for name, made in rows.items():
        [file] = folder.glob(f"*/{name}.csv")
        header = file.read_text("utf-8").splitlines()[0].split(",")
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header, *made])


def exports(folder: Path) -> list[Path]:
    """Seven exports, of which one is whole."""
    chance, files = random.Random(7), []
    folder.mkdir()
    boards = [*BOARDS, "N1E2W"]
    whole = [row.organisation_code for row in practices_and_pharmacies()]
    whole += [f"V{number:05}" for number in range(11_000)]
    for day, edition in SNAPSHOTS.items():
        rows = []
        for code in [*TRUSTS, *LOCATIONS, *boards, *UNITS, *whole * (day == WHOLE)]:
            [shift] = chance.choices((0, -1, 1, None), (16, 2, 1, 2))
            status, published = "Not Published", ""
            is_silent = code == "90G" or (code == NEW and day < date(2026, 1, 1))  # so it inherits
            if shift is not None and not is_silent:
                of = EDITIONS[EDITIONS.index(edition) + shift]
                due = date(2000 + int(of[-2:]), 6, 30) - timedelta(days=chance.randint(-30, 60))
                status = f"{of} {chance.choice(LABELS)}"
                published = f"{min(due, day):%d/%m/%Y}" if chance.random() < 0.95 else ""
            sector = "Integrated Care Board (ICB)" if code in boards else "Social Care"
            if chance.random() < 0.95:
                rows.append([code, f"Invented {code}", status, published, sector, ""])
        files.append(folder / f"DSPT search results {day:%d_%m_%Y} 09_30_00.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
    return files


def practices_and_pharmacies() -> list[Row]:
    """Twenty of each; some have closed, one is Welsh, one is no practice, some are dormant."""
    return [
        Row(
            release_date=date(2024, 1, 1), organisation_code=f"Z9{n:03}",
            organisation_name=f"INVENTED PLACE {n}", postcode="XX1 1XX",
            sector="Community pharmacy" if n % 2 else "GP practice",
            prescribing_setting="25" if n == 8 else "4", region_code="W00" if n == 6 else "Y56",
            sub_icb_location_code=None if n % 2 else LOCATIONS[n % 7],
            icb_code="Q9Z" if n == 13 else [*BOARDS][n % 5], opened_on=date(1990, 1, 1),
            closed_on=date(2024, 5, 1) if n in (10, 11) else None, status="A" if n % 5 else "D",
        )
        for n in range(40)
    ]  # fmt: skip


def world(folder: Path) -> tuple[Count, Path]:
    """The same world counted apart, and as a database."""
    lists(folder / "seeds")
    files, listed = exports(folder / "exports"), practices_and_pharmacies()
    bench = Bench()
    bench.seed(folder)
    bench.accept(*(file.name for file in files))
    bench.read(folder / "exports")
    tables = {"GP practice": "stg_ods__gp_practices", "Community pharmacy": "stg_ods__dispensaries"}
    for sector, table in tables.items():
        columns = bench.columns(f"from {bench.relations[table]}")
        rows = [row | {"dispenser_type": "1"} for row in listed if row.sector == sector]
        bench.fill(table, [{column: row[column] for column in columns} for row in rows])
    bench.run()
    return Count(folder / "seeds", files, listed), bench.keep(folder / "open_cyber.duckdb")
