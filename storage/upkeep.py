"""What a database needs now and then, outside any transaction: truncating the WAL, compacting."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine.interfaces import DBAPICursor

from storage.connections import BUSY_SECONDS
from storage.engine import Database
from storage.models import Base

# Truncating the WAL holds up all writers while it waits for readers: rather try again later.
_TRUNCATE_SECONDS = 2


def truncate_wal(db: Database) -> bool:
    """Move all of SQLite's WAL into the database and empty it; False if a reader was in the way.

    PostgreSQL keeps its own log, which no client can shorten: True.
    """
    if not db.is_sqlite:
        return True
    with _bare(db) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={_TRUNCATE_SECONDS * 1000}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [(blocked, _, _)] = cursor.fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    return not blocked


def compact(db: Database) -> None:
    """Write the database anew, so that pages keep no order of arrival and no remains.

    SQLite: VACUUM lays each table and index out by its keys, which are random. It builds the new
    file in memory (`temp_store`), and writers wait meanwhile.
    PostgreSQL: VACUUM frees what deleted rows held; it does not sort them.
    """
    if db.is_sqlite:
        with _bare(db) as cursor:
            cursor.execute("VACUUM")
        return
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {tables}"))


@contextmanager
def _bare(db: Database) -> Iterator[DBAPICursor]:
    """Lend a connection of the pool with no transaction begun."""
    lent = db.engine.raw_connection()
    try:
        cursor = lent.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        yield cursor
    finally:
        lent.close()
