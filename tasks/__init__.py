"""The project's commands: `python -m tasks report`, `python -m tasks test` and the rest.

Needs only Python 3.11 or newer: it makes the environment in `.venv`, and runs everything else
there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one cannot read the rest
    sys.exit(
        f"This needs Python 3.11 or newer, but {sys.executable} is {sys.version.split()[0]}: name "
        "another, as in `make report PYTHON=python3.12` or `python3.12 -m tasks report`."
    )
