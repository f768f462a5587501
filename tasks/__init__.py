"""The project's commands: `python -m tasks report`, `python -m tasks test` and the rest.

Needs nothing but Python 3.11 or newer: it makes the environment in `.venv`, and runs all else
there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - what follows an older one may not even read
    sys.exit(
        f"This needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}: name "
        "another, as in `make report PYTHON=python3.12` or `python3.12 -m tasks report`."
    )
