"""The database of a report: begun with what the last one keeps, and written anew at the end."""

import hashlib
import struct
from functools import reduce
from operator import xor
from pathlib import Path

import duckdb

KEPT = "staging.stg_dspt__search_results"
BEFORE = "before.duckdb"  # the last database, where it lies beside one that is begun
HEADER = 4096  # bytes: a file has three, each with the checksum of its rest before it
IDENTIFIER = slice(124, 140)  # of a file, in the first

# what makes all of the database `built` anew, in an order of its own: that of DuckDB's `copy from
# database` is the order in which all was made
STATEMENTS = """
    with commented as (
        select 'table' as kind, format('"{}"."{}"', schema_name, table_name) as name, comment
        from duckdb_tables() where database_name = 'built'
        union all
        select 'view', format('"{}"."{}"', schema_name, view_name), comment
        from duckdb_views() where database_name = 'built'
        union all
        select 'column', format('"{}"."{}"."{}"', schema_name, table_name, column_name), comment
        from duckdb_columns() where database_name = 'built'
    ),

    made as (
        select 1 as step, schema_name as name, format('create schema "{}"', name) as statement
        from duckdb_schemas() where database_name = 'built' and schema_name <> 'main'
        union all
        select 2, format('"{}"."{}"', schema_name, table_name) as name,
            sql || format('insert into {0} from built.{0} order by all', name)
        from duckdb_tables() where database_name = 'built'
        union all
        select 3, view_name, sql
        from duckdb_views() where database_name = 'built' and not internal
        union all
        select 4, name, format('comment on {} {} is ', kind, name) || quoted
        from commented, lateral (select '''' || replace(comment, '''', '''''') || '''' as quoted)
        where comment is not null
    )

    select statement from made order by step, name
"""


def keep_rows(old: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Begins a database with the rows that dbt keeps from build to build, if the old one has them.

    Everything else is built again.
    """
    try:
        connection.execute("attach ? as old (read_only)", [str(old)])
        connection.execute("create schema if not exists staging")
        connection.execute(f"create table if not exists {KEPT} as from old.{KEPT}")
        connection.execute("detach old")
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        print(f"Nothing can be kept from the last database, so all exports are read again: {why}")


def write_anew(built: Path, target: Path) -> None:
    """Copies a database: the same rows are the same bytes, in whatever order they came to be there.

    But for what was in the memory: DuckDB writes none of it where DUCKDB_JE_MALLOC_CONF is
    zero:true when the process starts, and where its allocator is jemalloc, as on Linux.
    """
    # many small tables: each takes a block at least, and the database is a download
    with duckdb.connect(
        str(target), config={"threads": 1, "default_block_size": 16384}
    ) as connection:
        # which leaves a byte as it was in memory
        connection.execute("set disabled_compression_methods = 'bitpacking'")
        connection.execute("attach ? as built (read_only)", [str(built)])
        waiting = [statement for (statement,) in connection.execute(STATEMENTS).fetchall()]
        while waiting:
            later = []
            for statement in waiting:
                try:
                    connection.execute(statement)
                except duckdb.CatalogException:  # a view of a view that is not made yet
                    later.append(statement)
            if later == waiting:
                connection.execute(later[0])  # fails again, and says why
            waiting = later
    identify(target)


def identify(database: Path) -> None:
    """Replaces the random identifier of a DuckDB file by one made from its content."""
    with database.open("r+b") as file:
        headers = bytearray(file.read(3 * HEADER))
        content = hashlib.file_digest(file, "md5").digest()
        random = headers[IDENTIFIER]
        for start in range(0, len(headers), HEADER):
            header = headers[start : start + HEADER]
            if header[IDENTIFIER] == random:  # DuckDB leaves it in another, too
                header[IDENTIFIER] = content
            struct.pack_into("<Q", header, 0, checksum(header[8:]))
            headers[start : start + HEADER] = header
        file.seek(0)
        file.write(headers)


def checksum(block: bytearray) -> int:
    """DuckDB's checksum of a block; it refuses to open a file with a wrong one."""
    numbers = struct.unpack(f"<{len(block) // 8}Q", block)
    return reduce(xor, (number * 0xBF58476D1CE4E5B9 % 2**64 for number in numbers), 5381)
