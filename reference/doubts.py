"""Where a release contradicts earlier ones: this stops an import unless someone accepted it."""

from collections.abc import Iterable

from reference import Refused, lists
from reference.seeds import COLUMNS, CSUS, ICBS, REGIONS, SUB_ICBS, Row, known, shown

# Real releases close up to one trust in 23 in the years between them, and reopen or blank none.
MOST_CLOSED, OF_FEW = 0.1, 10
# Without dates, one that a release does not list is closed: 12 of 42 ICBs went in 2026.
UNDATED, MOST_GONE = (CSUS, SUB_ICBS, ICBS, REGIONS), 0.5
# Among thousands of practices and pharmacies some do open again, and the newer service states no
# setting for some hundred units that screen.
MOST_OF_LONG_LISTS = 0.02
# Wales, the islands and the forces have codes of their own in the classic files, and none in the
# newer service's.
NO_PLACE = ("", "W00", "Y99", "Q99")
PLACE = ("region_code", "icb_code", "sub_icb_location_code")
# A role, or a setting, may end with the organisation.
ENDS = ("sub_type", "prescribing_setting")


def check(name: str, held: Iterable[Row], rows: list[Row], source: str, accepted: bool) -> str:
    """The doubts about a new release of a table, as text; nothing if all is well.

    Refused: there is a doubt, and the file is not accepted.
    """
    columns = {**COLUMNS, **lists.COLUMNS}[name]
    if not (doubts := _doubts(name, columns, list(held), rows)):
        return ""
    words = f"{source}: against earlier releases {'; '.join(doubts)}"
    if not accepted:
        raise Refused(
            f"{words}. Is it the complete list of ODS or ONS? If it is right, give "
            f'ACCEPT="{source}" (several with ;)'
        )
    return words


def _doubts(name: str, columns: Row, held: list[Row], rows: list[Row]) -> list[str]:
    release = rows[0][0]
    before = known(held, release)
    if name in UNDATED:
        last = max((row[0] for row in before.values()), default="")
        listed = {code for code, row in before.items() if row[0] == last}
        gone = sorted(listed - {row[1] for row in rows})
        return _too_many(gone, MOST_GONE * len(listed), "no longer listed")
    if "closed_on" not in columns:
        return []
    closing = columns.index("closed_on")
    both = [(before[row[1]], row) for row in rows if row[1] in before]
    once_open = [new for old, new in both if not old[closing]]
    closed = [new[1] for new in once_open if new[closing]]
    once_closed = [(max(old[closing], release), new) for old, new in both if old[closing]]
    reopened = [new[1] for last, new in once_closed if not "" < new[closing] <= last]
    few = MOST_OF_LONG_LISTS * len(both) if name in lists.COLUMNS else 0
    doubts = _too_many(closed, max(OF_FEW, MOST_CLOSED * len(once_open)), "closed")
    doubts += _too_many(reopened, few, "open again")
    region = columns.index("region_code")
    for position, column in enumerate(columns):
        ends = [new[1] for _, new in both if column in ENDS and new[closing]]
        nowhere = [old[1] for old, _ in both if column in PLACE and old[region] in NO_PLACE]
        blank = {new[1] for old, new in both if old[position] not in NO_PLACE and not new[position]}
        if column != "closed_on":
            doubts += _too_many(sorted(blank - {*ends, *nowhere}), few, f"without {column}")
    return doubts


def _too_many(codes: list[str], most: float, what: str) -> list[str]:
    return [f"{len(codes):,} {what} ({shown(codes)})"] if len(codes) > most else []
