"""Reads the exports when dbt opens DuckDB, so that a bare `dbt build` needs no step before it."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from exports import database, store
from tasks import publishing

CAUSES = {  # signs of why a database cannot be opened, and what to do
    " lock ": "Close it in the other program.",
    "another process": "Close it in the other program.",  # so Windows says it
    os.strerror(errno.ENOSPC): "Free disk space.",
}


class Plugin(BasePlugin):
    """The plugin that profiles.yml names."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Says in words why a database cannot be opened: dbt itself has a traceback for it."""
        publishing.show_any_name()
        # not in the profile, for which dbt would parse all anew
        creds.path = os.environ.get("OPEN_CYBER_NEW") or creds.path
        file = Path(creds.path).absolute()
        if "?" in str(file):
            raise DbtRuntimeError(f"DuckDB cannot write in a folder with ? in its name: {file}")
        try:
            duckdb.connect(creds.path, config=config).close()
        except duckdb.Error as error:
            why = str(error).splitlines()[0]
            todo = "If it is damaged, or of another version, delete it: dbt builds it anew."
            for sign, words in CAUSES.items():
                todo = words if sign in why else todo
            raise DbtRuntimeError(f"{file} cannot be opened. {todo} ({why})") from error

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Reads what is new at the place of the exports, after what a killed run has left."""
        try:
            with suppress(publishing.Busy):
                publishing.settle(Path.cwd())
            store.update()
        except publishing.Stopped as error:
            raise DbtRuntimeError(str(error)) from error
        assert self.creds
        before = Path(self.creds.path).with_name(database.BEFORE)
        if before.exists():
            database.keep_rows(before, conn)
