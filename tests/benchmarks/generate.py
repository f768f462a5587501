"""Whole exports of invented organisations, one a day, of which a few change from day to day."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

# as in September 2022, a year later: how many rows, and of what
SIZE = 64_201
STATUSES = {
    "22/23 Standards Met": 440, "Not Published": 53, "21/22 Standards Met": 44,
    "22/23 Standards Exceeded": 31, "20/21 Standards Met": 19, "22/23 Approaching Standards": 13,
    "19/20 Standards Met": 11, "20/21 Entry Level": 10, "23/24 Standards Met": 8,
}  # fmt: skip
DEADLINES = {
    "19/20": date(2020, 9, 30), "20/21": date(2021, 6, 30), "21/22": date(2022, 6, 30),
    "22/23": date(2023, 6, 30), "23/24": date(2024, 6, 30),
}  # fmt: skip
SECTORS = {
    "Social Care": 211, "Pharmacy": 127, "Dentist": 75, "General Practice (GP)": 69,
    "Other (including charities and NHS business partners)": 59, "Optician": 46, "Company": 33,
    "Local Authority": 9, "No Sector Identified": 4,
}  # fmt: skip
HEADER = (
    "Code", "Organisation Name", "Status", "Date Of Publication", "Primary Sector",
    "Commissioner (From ODS)",
)  # fmt: skip
FIRST = date(2023, 12, 1)  # beside no published figure
CHANGING = 0.01  # of the rows, from one day to the next


def exports(folder: Path, seed: int = 1) -> Iterator[Path]:
    """Writes one export after the other, without end."""
    chance = random.Random(seed)

    def status() -> list[str]:
        [text] = chance.choices(list(STATUSES), list(STATUSES.values()))
        if text != "Not Published":
            published = DEADLINES[text.split()[0]] + timedelta(days=chance.randint(-270, 30))
            return [text, f"{min(published, FIRST):%d/%m/%Y}"]
        return [text, ""]

    rows = []
    for number in range(SIZE):
        code = f"{'x' if number % 1000 == 7 else 'X'}{number:05}"
        [sector] = chance.choices(list(SECTORS), list(SECTORS.values()))
        board = f"NHS INVENTED ICB {number % 42}" if sector.startswith("General") else ""
        name = f"Invented{', The' if number % 40 == 0 else ''} House {number} ({code})"
        rows.append([code, name, *status(), sector, board])
    day = FIRST
    away: list[list[str]] = []
    while True:
        path = folder / f"DSPT search results {day:%d_%m_%Y} 12_00_00.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        yield path
        day += timedelta(days=1)
        for row in chance.sample(rows, int(SIZE * CHANGING)):
            row[2:4] = status()
        rows += away
        away = [rows.pop(chance.randrange(len(rows))) for _ in range(20)]
