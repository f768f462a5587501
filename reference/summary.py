"""What an import did, in words for whoever reviews the diff."""

from dataclasses import dataclass, field

from reference.seeds import COLUMNS, COORDINATES, SUCCESSIONS, Row, shown


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

    def seed(self, name: str, held: list[Row], now: list[Row]) -> None:
        """Say what `now` has that `held` had not: each release against the one before it."""
        added = sorted(set(now) - set(held))
        if name == SUCCESSIONS:
            pairs = [f"{row[0]} > {row[1]} ({row[3]})" for row in added]
            self.changes.append(f"{name}.csv: {len(added)} new successions: {shown(pairs)}")
        elif name == COORDINATES:
            codes = [row[0] for row in added]
            self.changes.append(f"{name}.csv: {len(added)} new points: {shown(codes)}")
        else:
            for release in sorted({row[0] for row in added}):
                self._release(name, release, now)

    def _release(self, name: str, release: str, rows: list[Row]) -> None:
        older = max((row[0] for row in rows if row[0] < release), default=None)
        before, after = (
            {row[1]: dict(zip(COLUMNS[name], row, strict=True)) for row in rows if row[0] == date}
            for date in (older, release)
        )
        against = f"against {older}" if older else "the first on hand"
        self.changes.append(f"{name}.csv: release {release}, {len(after)} rows, {against}")
        for what, items in (_differences(name, before, after) if older else {}).items():
            if items:
                self.changes.append(f"  {what} {len(items)}: {shown(items)}")


def _differences(
    name: str, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> dict[str, list[str]]:
    """What happened between two releases: kind of change, and to which organisations."""
    new = sorted(after.keys() - before.keys())
    both = sorted(after.keys() & before.keys())
    gone = sorted(before.keys() - after.keys())
    title = next((column for column in COLUMNS[name] if column.endswith("_name")), None)
    place = "icb_code" if "icb_code" in COLUMNS[name][2:] else "region_code"

    def changed(column: str) -> list[str]:
        return [
            f"{code} {before[code][column] or 'none'} > {after[code][column] or 'none'}"
            for code in both
            if before[code].get(column) != after[code].get(column)
        ]

    def named(codes: list[str], rows: dict[str, dict[str, str]]) -> list[str]:
        return [f"{code} {rows[code][title]}" if title else code for code in codes]

    found: dict[str, list[str]] = {}
    if "closed_on" in COLUMNS[name]:
        since = max(row["release_date"] for row in before.values())
        closed = {code: after[code]["closed_on"] for code in after if after[code]["closed_on"]}
        just = [c for c in sorted(closed) if c in both and not before[c]["closed_on"]]
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
    if place in COLUMNS[name]:
        found["moved ICB" if place == "icb_code" else "moved region"] = changed(place)
    return found
