"""`python -m exports` reads what is new and lists what it read.

The other commands are for programs. `read` is its helper process; `write-anew BUILT TARGET` copies
a database for publication.
"""

import json
import sys
from pathlib import Path

from exports import database, store
from tasks import publishing


def main() -> None:
    """Reads the exports, as dbt does by itself when it opens DuckDB."""
    publishing.show_any_name()
    match sys.argv[1:]:
        case ["read"]:
            print(json.dumps(dict(map(store.read_one, json.load(sys.stdin)))))
        case ["write-anew", built, target]:
            database.write_anew(Path(built), Path(target))
        case _:
            try:
                exports = store.update()["exports"]
            except publishing.Stopped as error:
                sys.exit(str(error))
            for name, _, _, _, _, rows, fault in exports:
                print(f"{name or ''} {fault or f'has {rows:,} rows'}".strip())


if __name__ == "__main__":
    main()
