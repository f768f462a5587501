"""`python -m bench.notebook DATABASE`: the rules on exports in pandas, as a notebook has them.

What the models are measured beside and compared with: every row of every export in memory, read
again each time. R1, R2, R4 for every organisation, and the figures by sector; not the scope and
the successions, which are of ODS.
"""

import os
import sys
from pathlib import Path

import duckdb
import pandas as pd

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "dspt"
COLUMNS = ["organisation_code", "organisation_name", "status", "published_on", "exported", "icb"]
STATUS = r"^(?:(?:20)?(\d\d)[/-](\d\d) +)?(.+?)[.]?$"
BY_SECTOR = ["snapshot_date", "sector", "edition", "outcome"]
FIGURES = ["agg_outcomes_by_sector", "agg_standing_by_sector"]
STANDINGS = ["up to date", "one edition behind", "older", "never published"]


def read(exports: Path) -> pd.DataFrame:
    """Every row of every export, with what its status means (R1)."""
    frames = []
    for path in sorted(exports.glob("*.csv")):
        rows = pd.read_csv(path, header=0, names=COLUMNS, dtype=str, keep_default_na=False)
        rows["snapshot_date"] = pd.to_datetime(path.name.split()[3], format="%d_%m_%Y")
        frames.append(rows)
    rows = pd.concat(frames, ignore_index=True)
    labels = pd.read_csv(SEEDS / "dspt_status_labels.csv", index_col="label")["outcome"]
    sectors = pd.read_csv(SEEDS / "dspt_sectors.csv", index_col="sector_as_exported")["sector"]
    parts = rows["status"].str.extract(STATUS)
    rows["organisation_code"] = rows["organisation_code"].str.upper()
    rows["outcome"] = parts[2].str.lower().map(labels)
    rows["edition"] = (parts[0] + "/" + parts[1]).where(rows["outcome"] != "Not Published")
    rows["published_on"] = pd.to_datetime(rows["published_on"], format="%d/%m/%Y")
    exported = rows["exported"].replace("", "No Sector Identified")
    rows["sector"] = exported.map(sectors).fillna(exported)
    return rows


def with_editions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the deadline of their edition, and the edition that is reported (R2)."""
    editions = pd.read_csv(SEEDS / "dspt_editions.csv", parse_dates=["deadline_on"])
    editions = editions[["edition", "deadline_on"]].sort_values("deadline_on", ignore_index=True)
    editions["number"] = editions.index
    days = rows[["snapshot_date"]].drop_duplicates().sort_values("snapshot_date")
    reported = pd.merge_asof(
        days, editions.add_prefix("reported_"), left_on="snapshot_date",
        right_on="reported_deadline_on",
    )  # fmt: skip
    return rows.merge(reported, on="snapshot_date").merge(editions, on="edition", how="left")


def own_outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """R4 for every snapshot: the newest of each edition that was seen until then, best first."""
    found = []
    for day, [reported] in rows.groupby("snapshot_date")["reported_number"].unique().items():
        seen = rows[(rows["snapshot_date"] <= day) & (rows["number"] >= reported)]
        newest = seen.sort_values("snapshot_date", kind="stable")
        newest = newest.drop_duplicates(["organisation_code", "edition"], keep="last")
        best = newest.sort_values("number").drop_duplicates("organisation_code")
        basis = (best["number"] == reported).map({True: "own", False: "later edition"})
        found.append(best.assign(snapshot_date=day, outcome_basis=basis))
    columns = ["snapshot_date", "organisation_code", "outcome", "outcome_basis", "published_on"]
    return pd.concat(found)[columns]


def by_sector(rows: pd.DataFrame) -> pd.DataFrame:
    """agg_outcomes_by_sector."""
    late = rows["published_on"] > rows["deadline_on"]
    groups = rows.assign(late=late).groupby(BY_SECTOR, dropna=False)["late"]
    counted = groups.agg(organisations="size", published_late="sum").reset_index()
    wholes = counted.groupby(["snapshot_date", "sector"])["organisations"].transform("sum")
    counted.insert(5, "share", counted["organisations"] / wholes)
    return counted


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """agg_standing_by_sector, without the columns that only order and repeat."""
    behind = (rows["reported_number"] - rows["number"]).clip(0, 2)
    standings = behind.map(dict(enumerate(STANDINGS))).fillna(STANDINGS[3])
    rows = rows[["snapshot_date", "sector"]].assign(standing=standings)
    counted = pd.concat([rows, rows.assign(sector="Total")]).value_counts()
    table = counted.unstack(fill_value=0).reindex(columns=STANDINGS, fill_value=0)
    shares = table.div(table.sum(axis=1), axis=0)
    both = {"organisations": table.stack(), "share": shares.stack()}
    return pd.DataFrame(both).rename_axis(["snapshot_date", "sector", "standing"]).reset_index()


def compared(
    connection: duckdb.DuckDBPyConnection, table: str, where: str = "true"
) -> tuple[int, int]:
    """Rows of our table that the one attached as `notebook` has too; rows that only one has."""
    theirs = f"notebook.{table.partition('.')[2]}"
    columns = [name for name, *_ in connection.execute(f"describe {theirs}").fetchall()]
    selects = [
        f"(select {', '.join(columns)} from {rows} where {where})" for rows in (table, theirs)
    ]

    def count(query: str) -> int:
        [(rows,)] = connection.execute(f"select count(*) from ({query})").fetchall()
        return int(rows)

    only_ours, only_theirs = (count(" except all ".join(pair)) for pair in (selects, selects[::-1]))
    return count(selects[0]) - only_ours, only_ours + only_theirs


def main() -> None:
    """Computes all from the exports, and writes three tables into a new database."""
    rows = with_editions(read(Path(os.environ["DSPT_EXPORTS"])))
    figures = dict(zip(FIGURES, (by_sector(rows), standing(rows)), strict=True))
    with duckdb.connect(sys.argv[1]) as connection:
        for name, frame in {"int_outcomes_own": own_outcomes(rows), **figures}.items():
            connection.register("frame", frame)
            connection.execute(f"create table {name} as from frame")


if __name__ == "__main__":
    main()
