"""The published figures in which two releases differ: whose, of which edition, from what to what.

They are what the other figures follow from, so that a change of any rule is seen in one of them.
A figure that both releases have for the same snapshot, and that differs, is a correction; a new
export or table is one change.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from reports.formats import day
from tasks.diff import Difference, Row


class Change(NamedTuple):
    """A figure as it was and as it is."""

    figure: str
    edition: str
    snapshot_date: str | None
    code: str  # whose figure it is: what a line of the changelog names
    detail: str  # what else tells it from others: an outcome, a sector
    name: str | None
    before: str | float | None
    after: str | float | None
    concerns: str = ""  # whose page says that it was corrected: an organisation's or an ICB's
    is_correction: bool = False


class Figures(NamedTuple):
    """The figures of a mart: the column that says whose they are, and columns with their names."""

    code: str
    columns: dict[str, str]
    concerns: str = ""
    snapshot: str = "snapshot_date"
    same: str = ""  # where this column differs too, other things are compared
    rows: bool = True  # whether a row that came or went is a change


VALUES: dict[str, type] = {"DOUBLE": float, "BIGINT": int, "INTEGER": int}  # as JSON has them
FIGURES = {
    "fct_compliance": Figures(
        "organisation_code",
        {
            "outcome": "outcome",
            "inherited_from": "outcome inherited from",
            "published_on": "date of publication",
            "days_after_deadline": "days after the deadline",
            "icb_code": "ICB",
        },
        concerns="organisation",
    ),
    "fct_outcome_changes": Figures(
        "organisation_code",
        {"kind": "change of outcome"},
        concerns="organisation",
        snapshot="to_snapshot_date",
        same="from_snapshot_date",
        rows=False,
    ),
    "agg_outcomes_by_type": Figures(
        "organisation_type",
        {"organisations": "organisations by outcome", "share": "share by outcome"},
    ),
    "agg_icb_scores": Figures(
        "icb_code",
        {
            "composite_score": "composite score",
            "commissioner_score": "commissioner score",
            "trust_score": "trust score",
            "rank_in_england": "rank in England",
            "rank_in_region": "rank in the region",
            "rank_one_step_better": "rank one step better",
            "rank_one_step_worse": "rank one step worse",
        },
        concerns="ICB",
    ),
    "agg_region_scores": Figures("region_code", {"composite_score": "score of the region"}),
    "agg_sector_standing": Figures(
        "code", {"organisations": "organisations by standing", "share": "share by standing"}
    ),
    "fct_assessments": Figures(  # that rows came or went, the number of rows of the export says
        "organisation_code",
        {
            "organisation_name": "name in the export",
            "sector": "sector",
            "outcome": "outcome in the export",
            "published_on": "date in the export",
        },
        concerns="organisation",
        rows=False,
    ),
}


def changes(difference: Difference) -> list[Change]:
    """All figures that differ, in the order of the marts."""
    return [*_tables(difference), *_exports(difference), *_published(difference)]


def _tables(difference: Difference) -> Iterator[Change]:
    """Tables that came or went, columns that went, and rows that no key matches."""
    for table, node in difference.marts().items():
        name = table.split(".")[1]
        before, after = (difference.count(side, table) for side in ("base", "head"))
        if before is None or after is None or not difference.can_match(table, node):
            yield Change("rows of the table", "", None, name, "", None, before, after)
            continue
        was, now = (difference.columns[side][table] for side in ("base", "head"))
        for column in (one for one in was if one not in now):
            yield Change("column", "", None, column, name, None, "listed", "not listed")


def _exports(difference: Difference) -> Iterator[Change]:
    """Exports that came, went or have another number of rows."""
    was, now = (_rows_of_snapshots(difference, side) for side in ("base", "head"))
    for snapshot, edition in _editions(difference).items():
        before, after = was.get(snapshot), now.get(snapshot)
        if before != after:
            taken = day(date.fromisoformat(snapshot))
            yield Change("rows of the export", edition, snapshot, taken, "", None, before, after)


def _published(difference: Difference) -> Iterator[Change]:
    """Figures that differ, of the snapshots that a mart has in both releases."""
    editions = _editions(difference)
    for table, node in difference.marts().items():
        name = table.split(".")[1]
        if name not in FIGURES or not difference.can_match(table, node):
            continue
        figures = FIGURES[name]
        sides = [
            _rows_of_snapshots(difference, side, name, figures.snapshot)
            for side in ("base", "head")
        ]
        for row in difference.rows(table, node):
            key = dict(zip(difference.key(node, ()), row.key, strict=True))
            snapshot, code = str(key.pop(figures.snapshot)), str(key.pop(figures.code))
            if all(snapshot in side for side in sides):
                of = editions[snapshot], snapshot, code, ", ".join(filter(None, key.values()))
                kinds = difference.columns["head"][table]
                for figure, before, after in _figures(row, figures, kinds):
                    yield Change(figure, *of, row.name, before, after, figures.concerns, True)


def _rows_of_snapshots(
    difference: Difference, side: str, mart: str = "dim_snapshots", column: str = "snapshot_date"
) -> dict[str, int]:
    """The rows of a mart for each snapshot; of `dim_snapshots`, those of the exports."""
    count = "sum(organisations)" if mart == "dim_snapshots" else "count(*)"
    rows = difference.connection.execute(
        f"select cast({column} as string), cast({count} as bigint)"
        f" from {side}.marts.{mart} group by all order by all"
    )
    return dict(rows.fetchall())


def _editions(difference: Difference) -> dict[str, str]:
    """The edition of each snapshot."""
    each = "select cast(snapshot_date as string), reporting_edition from {}.marts.dim_snapshots"
    both = f"{each.format('base')} union {each.format('head')} order by all"
    return dict(difference.connection.execute(both).fetchall())


def _figures(row: Row, figures: Figures, kinds: dict[str, str]) -> Iterator[tuple[str, Any, Any]]:
    """The figures of a row that count, by name; of one that came or went, that it did."""
    if row.what != "changed":
        if figures.rows:
            listed = ("not listed", "listed") if row.what == "new" else ("listed", "not listed")
            yield next(iter(figures.columns.values())), *listed
    elif figures.same not in (column for column, *_ in row.figures):
        for column, before, after in row.figures:
            if column in figures.columns:
                value = VALUES.get(kinds[column], str)
                was, now = (None if text is None else value(text) for text in (before, after))
                yield figures.columns[column], was, now
