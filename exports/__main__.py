"""`python -m exports` reads what is new and says what it read; `read` is its helper process."""

import json
import sys

from exports import store


def main() -> None:
    """Reads the exports, as dbt does by itself when it opens DuckDB."""
    if sys.argv[1:] == ["read"]:
        print(json.dumps(dict(map(store.read_one, json.load(sys.stdin)))))
        return
    for name, _, _, _, _, rows, fault in store.update()["exports"]:
        print(f"{name or ''} {fault or f'has {rows:,} rows'}".strip())


if __name__ == "__main__":
    main()
