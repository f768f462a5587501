"""`python -m exports` reads what is new and says what it read. The other commands are for programs.

`read` is its helper process; `carry OLD NEW` gives a new database what the last one keeps.
"""

import json
import sys
from pathlib import Path

import duckdb

import publishing
from exports import store

KEPT = "staging.stg_dspt__search_results"


def carry(old: Path, new: Path) -> None:
    """Begins a database with the rows that dbt keeps from build to build, if the old one has them.

    All else is built anew, so the new file has no gaps where tables were before.
    """
    try:
        with duckdb.connect(str(new)) as connection:
            connection.execute("attach '" + str(old).replace("'", "''") + "' as old (read_only)")
            connection.execute(f"create schema staging; create table {KEPT} as from old.{KEPT}")
    except duckdb.Error as error:
        new.unlink(missing_ok=True)
        print(
            f"Nothing is kept of {old}, so all exports are read again: {str(error).splitlines()[0]}"
        )


def main() -> None:
    """Reads the exports, as dbt does by itself when it opens DuckDB."""
    match sys.argv[1:]:
        case ["read"]:
            print(json.dumps(dict(map(store.read_one, json.load(sys.stdin)))))
        case ["carry", old, new]:
            carry(Path(old), Path(new))
        case _:
            try:
                exports = store.update()["exports"]
            except publishing.Stopped as error:
                sys.exit(str(error))
            for name, _, _, _, _, rows, fault in exports:
                print(f"{name or ''} {fault or f'has {rows:,} rows'}".strip())


if __name__ == "__main__":
    main()
