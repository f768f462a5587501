"""Reads the exports when dbt opens DuckDB, so that a bare `dbt build` needs no step before it."""

from contextlib import suppress
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

import publishing
from exports import store


class Plugin(BasePlugin):
    """The plugin that profiles.yml names."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Reads what is new at the place of the exports, after what a killed run has left."""
        try:
            with suppress(publishing.Busy):
                publishing.settle(Path.cwd())
            store.update()
        except publishing.Stopped as error:
            raise DbtRuntimeError(str(error)) from error
