"""What an import did, in words for the reviewer of the diff."""

from collections import Counter
from dataclasses import dataclass, field

from reference import lists
from reference.seeds import COLUMNS, COORDINATES, SUCCESSIONS, Row, is_care_trust, shown, words


@dataclass
class Summary:
    """Lines on the files read, what was left out of them and why, and what changed in the seeds."""

    read: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = {
            "Read": self.read or ["nothing"],
            "Left out": self.left_out,
            "Changed": self.changes or ["nothing: all of this was there already"],
        }
        return "\n".join("\n  ".join([title, *lines]) for title, lines in parts.items() if lines)

    def add_seed(self, name: str, held: list[Row], now: list[Row]) -> None:
        """List what `now` has and `held` had not: each release compared with the previous one."""
        added = sorted(set(now) - set(held))
        if name == SUCCESSIONS:
            pairs = [f"{row[0]} > {row[1]} ({row[3]})" for row in added]
            self.changes.append(f"{name}.csv: {len(added)} new successions: {shown(pairs)}")
        elif name == COORDINATES:
            codes = [row[0] for row in added]
            self.changes.append(f"{name}.csv: {len(added)} new points: {shown(codes)}")
        else:
            # care trusts come in a file of their own: that another has none says nothing
            for release, of_care in sorted({(row[0], is_care_trust(name, row)) for row in added}):
                rows = [row for row in now if is_care_trust(name, row) == of_care]
                older = max((row[0] for row in rows if row[0] < release), default=None)
                before, after = (
                    {row[1]: row for row in rows if row[0] == date} for date in (older, release)
                )
                against = f"against {older}" if older else "our first release"
                release_line = f"{name}.csv: release {release}, {len(after):,} rows, {against}"
                self.changes.append(release_line)
                self._compare(COLUMNS[name], before, after)

    def add_list(self, name: str, rows: list[Row], before: dict[str, Row], stored: int) -> None:
        """List what is new in a release of a long list."""
        columns, after = lists.COLUMNS[name], {row[1]: row for row in rows}
        meaning = words("ods_statuses")
        statuses = Counter(meaning[row[columns.index("status")]] for row in rows).most_common()
        self.changes.append(
            f"data/ods/{name}_{rows[0][0]}.parquet: {len(rows):,} rows, {stored:,} new or changed; "
            + ", ".join(f"{count:,} {status}" for status, count in statuses)
        )
        self._compare(columns, {code: row for code, row in before.items() if code in after}, after)

    def _compare(self, columns: Row, before: dict[str, Row], after: dict[str, Row]) -> None:
        for what, items in (_differences(columns, before, after) if before else {}).items():
            if items:
                self.changes.append(f"  {what} {len(items):,}: {shown(items)}")


def _differences(
    columns: Row, before: dict[str, Row], after: dict[str, Row]
) -> dict[str, list[str]]:
    """What happened between two releases: kind of change, and to which organisations."""
    new = sorted(after.keys() - before.keys())
    both = sorted(after.keys() & before.keys())
    gone = sorted(before.keys() - after.keys())
    title = next((column for column in columns if column.endswith("_name")), None)
    area = "icb_code" if "icb_code" in columns[2:] else "region_code"

    def changed(column: str) -> list[str]:
        at = columns.index(column)
        return [
            f"{code} {before[code][at] or 'none'} > {after[code][at] or 'none'}"
            for code in both
            if before[code][at] != after[code][at]
        ]

    def named(codes: list[str], rows: dict[str, Row]) -> list[str]:
        return [f"{code} {rows[code][columns.index(title)]}" if title else code for code in codes]

    found: dict[str, list[str]] = {}
    if "closed_on" in columns:
        closing = columns.index("closed_on")
        since = max(row[0] for row in before.values())
        closed = {code: row[closing] for code, row in after.items() if row[closing]}
        just = [c for c in both if c in closed and not before[c][closing]]
        just += [c for c in new if closed.get(c, "") >= since]
        found["opened"] = named([c for c in new if c not in closed], after)
        found["closed"] = named(sorted(just), after)
        found["listed now, though closed before"] = [
            c for c in new if "" < closed.get(c, "") < since
        ]
        found["listed no more"] = named(gone, before)
    else:
        found["came"], found["went"] = named(new, after), named(gone, before)
    if title:
        found["renamed"] = changed(title)
    if area in columns:
        found["moved ICB" if area == "icb_code" else "moved region"] = changed(area)
    return found
