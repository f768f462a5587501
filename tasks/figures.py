"""The figures that differ between two releases: what about, which edition, old and new.

All other figures follow from them, so a change of any rule shows in one of them. A figure that both
releases have for the same snapshot, with different values, is a correction. A new export or table
is one change.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from reports.formats import day
from tasks.diff import Difference, Row


class Change(NamedTuple):
    """A figure before and after."""

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
    """The figures of a mart: the column with the code, and the columns with their names."""

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

SNAPSHOTS = """
    select
        snapshot_date, coalesce(now.reporting_edition, was.reporting_edition),
        was.organisations, now.organisations
    from base.marts.dim_snapshots as was
    full join head.marts.dim_snapshots as now using (snapshot_date)
    order by all
"""
# the snapshots that a mart has on both sides
SHARED = """
    select cast({0} as string) from base.{1} intersect select cast({0} as string) from head.{1}
"""


def changes(difference: Difference) -> list[Change]:
    """All figures that differ, in the order of the marts."""
    return [*_tables(difference), *_exports(difference), *_published(difference)]


def _tables(difference: Difference) -> Iterator[Change]:
    """Tables that were added or removed, columns that were removed, and rows without a match."""
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
    """Exports that were added, were removed or have another number of rows."""
    for snapshot, edition, before, after in difference.connection.execute(SNAPSHOTS).fetchall():
        if before != after:
            of = edition, str(snapshot), day(snapshot)
            yield Change("rows of the export", *of, "", None, before, after)


def _published(difference: Difference) -> Iterator[Change]:
    """Figures that differ, for the snapshots that a mart has in both releases."""
    snapshots = difference.connection.execute(SNAPSHOTS).fetchall()
    editions = {str(snapshot): edition for snapshot, edition, *_ in snapshots}
    for table, node in difference.marts().items():
        name = table.split(".")[1]
        if name not in FIGURES or not difference.can_match(table, node):
            continue
        figures = FIGURES[name]
        shared = SHARED.format(figures.snapshot, table)
        both = {snapshot for (snapshot,) in difference.connection.execute(shared).fetchall()}
        for row in difference.rows(table, node):
            key = dict(zip(difference.key(node, ()), row.key, strict=True))
            snapshot, code = str(key.pop(figures.snapshot)), str(key.pop(figures.code))
            if snapshot in both:
                of = editions[snapshot], snapshot, code, ", ".join(filter(None, key.values()))
                kinds = difference.columns["head"][table]
                for figure, before, after in _figures(row, figures, kinds):
                    yield Change(figure, *of, row.name, before, after, figures.concerns, True)


def _figures(row: Row, figures: Figures, kinds: dict[str, str]) -> Iterator[tuple[str, Any, Any]]:
    """The figures of a row that count, by name; for an added or removed row, just that."""
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
