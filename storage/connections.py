"""How SQLite and PostgreSQL are opened: pragmas, transactions, pool. Forks are in `forks`.

**SQLite.** Each transaction is begun by us: a read is a plain BEGIN on a connection that refuses
to write, a write is BEGIN IMMEDIATE, so that two writers queue at the start and never meet in
the middle. The pool keeps a few connections open, because opening one (pragmas, schema) costs
more than a query, and because SQLite folds up the whole WAL whenever the last one closes. It is
bounded far below the 128 threads of a worker: only one transaction writes at a time anyway, and
each connection costs a file handle and a page cache. A thread waits for its turn instead.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from storage.errors import DatabaseBusy, DiskFull
from storage.forks import ForkGuard

# A writer waits for those before it, and at worst for the night's VACUUM of a large database.
BUSY_SECONDS = 30
POOL_KEPT = 8  # connections a process keeps open
POOL_MOST = 24  # connections a process opens at most

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a delivery that was acknowledged survives a power cut
    "secure_delete=ON",
    "foreign_keys=ON",
    "temp_store=MEMORY",  # no temporary file ever holds rows
    "trusted_schema=OFF",
    "cell_size_check=ON",
)

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}

WRITING = "vasistas_writing"  # the execution option that marks a transaction as a write

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, "53100"}  # 53100: disk_full
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "53300", "55P03"}  # connections; lock


def parse_url(url: str) -> URL:
    """Return the URL with the driver that this house uses. Raises ValueError for another kind."""
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError("the database URL is neither of sqlite nor of postgresql")
    return parsed.set(drivername=driver)


def sqlite_path(url: str) -> Path | None:
    """Return the path of an SQLite database, None for PostgreSQL."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("an SQLite URL must name a file")
    return Path(parsed.database)


def make_engine(url: str) -> Engine:
    """Return an engine whose connections, transactions and errors are this house's."""
    engine = create_engine(
        parse_url(url),
        poolclass=QueuePool,
        pool_size=POOL_KEPT,
        max_overflow=POOL_MOST - POOL_KEPT,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=sqlite_path(url) is None,
        hide_parameters=True,  # else every error message would show rows
        connect_args={"timeout": BUSY_SECONDS} if sqlite_path(url) else {},
    )
    if sqlite_path(url):
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _name_cause)
    ForkGuard(engine)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _name_cause(context: ExceptionContext) -> None:
    """Raise our own error for what a caller treats differently; others go on as they are."""
    code = _code(context.original_exception)
    if code in _FULL:
        raise DiskFull from context.original_exception
    if code in _BUSY:
        raise DatabaseBusy from context.original_exception


def _code(error: BaseException) -> int | str | None:
    if not isinstance(error, sqlite3.Error):
        return getattr(error, "sqlstate", None)  # psycopg's errors carry one
    extended: int | None = getattr(error, "sqlite_errorcode", None)
    if extended is None or extended in _FULL:
        return extended
    return extended & 0xFF  # the primary code is the low byte
