"""The rules in pandas, which the models are measured beside, give the rows of the models."""

import os
import subprocess
import sys

import duckdb
from copied import ROOT

from bench import notebook

FIGURE = notebook.FIGURES[0]
# int_outcomes_own asks for no others
ASKED_FOR = """organisation_code in (
    select organisation_code from rules.int_organisation_periods
    union select successor_code from rules.int_successions_corrected
    union select predecessor_code from rules.int_successions_corrected
)"""


def test_the_notebook_has_the_rows_of_the_models(database, tmp_path) -> None:
    theirs = tmp_path / "notebook.duckdb"
    exports = os.environ.get("DSPT_EXPORTS") or "data/dspt"
    subprocess.run(
        [sys.executable, "-m", "bench.notebook", theirs],
        cwd=ROOT,
        env=os.environ | {"DSPT_EXPORTS": exports},
        check=True,
    )
    tables = {"rules.int_outcomes_own": ASKED_FOR}
    tables |= {f"marts.{name}": "true" for name in notebook.FIGURES}
    with duckdb.connect(str(theirs)) as connection:
        connection.execute(f"attach '{database}' as ours (read_only)")
        connection.execute("use ours")
        for table, where in tables.items():
            equal, different = notebook.compared(connection, table, where)
            assert equal > 30 and different == 0, table
        spoilt = f"update notebook.{FIGURE} set organisations = 9 where organisations = 2"
        [(spoilt_rows,)] = connection.execute(spoilt).fetchall()
        _, different = notebook.compared(connection, f"marts.{FIGURE}")
        assert different == 2 * spoilt_rows > 0
