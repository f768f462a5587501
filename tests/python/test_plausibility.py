"""An export that can be read and cannot be right stops the build, unless its name is accepted.

Each is the newest of the default exports, as if it had been taken some weeks later. The bounds of
every doubt are in `models/rules/plausibility/_plausibility__unit_tests.yml`.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tasks import environment
from tests.bench import EXPORTS, Bench

NEXT = "DSPT search results 20_12_2023 10_00_00.csv"
NEWEST = EXPORTS[-1]
ROWS = pd.read_csv(NEWEST, dtype=str, keep_default_na=False)


def changed(column: str, change: Callable[[str], str]) -> bytes:
    """The export with other values in a column."""
    return ROWS.assign(**{column: ROWS[column].map(change)}).to_csv(index=False).encode()


STOPPED = {  # one of each kind of doubt
    "codes that nobody knows": (
        changed("Code", lambda code: f"X{code}"),
        "has no row for 257 of the 257 organisations in scope",
    ),
    "names that belong to other codes": (
        changed("Organisation Name", lambda name: name[::-1]),
        "has a name that does not belong to the code for 256 of the 257 codes in scope",
    ),
    "no dates": (
        changed("Date Of Publication", lambda _: ""),
        "has no date of publication for 258 of its 258 outcomes",
    ),
    "Met as Not Met": (
        changed("Status", lambda status: status.replace("Standards Met", "Standards Not Met")),
        "has 15 of 210 organisations of type NHS Trust with Standards Met or Exceeded,"
        " after 153 of 210",
    ),
    "Met as Exceeded": (
        changed("Status", lambda status: status.replace("Standards Met", "Standards Exceeded")),
        "has another outcome for 172 of the 256 organisations in scope than on 2023-11-16",
    ),
    "the same bytes under a later day": (
        NEWEST.read_bytes(), "has the same bytes as the export of 2023-11-16",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("export", "words"), STOPPED.values(), ids=STOPPED.keys())
def test_what_cannot_be_right_stops_the_build_unless_accepted(
    bench: Bench, tmp_path: Path, export: bytes, words: str
) -> None:
    """Accepted, it is a finding, and so is all else that speaks against the export."""
    (environment.link(EXPORTS, tmp_path / "exports") / NEXT).write_bytes(export)
    with pytest.raises(duckdb.Error) as stopped, bench.undone():
        bench.read(tmp_path / "exports")
        bench.accept("other.csv")
        bench.run("fct_compliance")
    assert str(stopped.value).startswith(f"Invalid Input Error: The build stops. {NEXT} has ")
    assert f'DSPT_ACCEPT="{NEXT}"' in str(stopped.value)
    with bench.undone():
        bench.read(tmp_path / "exports")
        bench.accept("other.csv", NEXT)
        bench.run("dq_findings")
        found = bench.rows(
            "select detail from marts.dq_findings where \"check\" = 'accepted against doubts'"
        )
    assert any(detail.startswith(f"{NEXT} {words}") for (detail,) in found), found


def test_an_export_older_than_all_editions_stops_the_build(bench: Bench, tmp_path: Path) -> None:
    """It reports none, so it would be in no figure."""
    older = environment.link(EXPORTS, tmp_path / "exports") / NEXT.replace("12_2023", "03_2019")
    older.write_bytes(NEWEST.read_bytes())
    with pytest.raises(duckdb.Error) as stopped, bench.undone():
        bench.read(tmp_path / "exports")
        bench.run("int_snapshots_reported")
    assert f"{older.name} is older than the first deadline in seeds/" in str(stopped.value)
