"""A copy of the database for a backup: one moment of it, in an SQLite file of its own.

The rows are read in one transaction of one unchanging view, whatever the database is, and go table
by table, in the order of their keys, into a new file. What must not outlive the present machine
is not read at all: nobody need trust that it was deleted again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.orm import Session

from storage import deletions, log_in_waits
from storage.connections import WRITING, make_engine
from storage.engine import Database
from storage.errors import AlreadyThere
from storage.models import Base, Envelope, HistoryHead, Reviewer
from storage.schema import upgrade

# Sessions are a browser's affair with this machine; waits after failed log-ins hold times, and
# begin anew; old heads would keep alive the keys that re-wrapping put an end to.
LEFT_OUT = frozenset({"sessions", "log_in_waits", "old_heads"})

_AT_ONCE = 500  # rows: with heads of 64 KiB, the largest there can be, they make 32 MiB


def copied_tables() -> list[Table]:
    """Give the tables that a backup has, each behind those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def take_snapshot(db: Database, file: Path) -> None:
    """Copy what a backup may have of the database into `file`, which must not be there yet.

    What waits to be deleted is not in the copy any more.
    """
    url = f"sqlite:///{file}"
    upgrade(url)
    with _writing(url) as engine:
        with db.read() as source:
            for table in copied_tables():
                with engine.begin() as target:
                    _copy(table, source.connection(), target)
        own = Database(engine)
        with own.write() as s:
            for each in deletions.queued(s):
                deletions.carry_out(s, each.kind, each.target)
            _begin_waits(s)
        _fold(engine)


def drop_deliveries(file: Path, ids: Iterable[str]) -> None:
    """Take deliveries out of a snapshot: they were deleted while it was being written away."""
    with _writing(f"sqlite:///{file}") as engine:
        with Database(engine).write() as s:
            deletions.delete_deliveries(s, ids)
        _fold(engine)


@contextmanager
def opened_snapshot(file: Path) -> Iterator[Database]:
    """Open a snapshot as a database."""
    with _writing(f"sqlite:///{file}") as engine:
        yield Database(engine)
        _fold(engine)


def load_snapshot(file: Path, url: str) -> None:
    """Copy a snapshot of the present schema into a database that is empty, or not there yet.

    One that has this very snapshot already is left as it is: somebody was cut off just then.
    Raises AlreadyThere, and changes nothing, where anything else is in it.
    """
    upgrade(url)
    with _writing(f"sqlite:///{file}") as source, _writing(url) as target:
        with source.connect() as rows, target.begin() as into:
            if any(_count(into, table) for table in copied_tables()):
                if _end(rows) is None or _end(rows) != _end(into):
                    raise AlreadyThere("That database is not empty.")
            else:
                for table in copied_tables():
                    _copy(table, rows, into)
        with Database(target).write() as s:
            _begin_waits(s)


def all_bodies(db: Database) -> Iterator[tuple[str, str, int, bytes]]:
    """Yield delivery, blob, size and SHA-256 of each body, in the random order of the blobs."""
    columns = (Envelope.delivery, Envelope.body_blob, Envelope.body_size, Envelope.body_sha256)
    with db.read() as s:
        rows = s.execute(select(*columns).order_by(Envelope.body_blob), execution_options=_PARTS)
        for row in rows:
            yield row.delivery, row.body_blob, row.body_size, row.body_sha256


_PARTS = {"yield_per": _AT_ONCE}


@contextmanager
def _writing(url: str) -> Iterator[Engine]:
    engine = make_engine(url).execution_options(**{WRITING: True})
    try:
        yield engine
    finally:
        engine.dispose()


def _copy(table: Table, source: Connection, target: Connection) -> None:
    ordered = select(table).order_by(*table.primary_key.columns)
    for part in source.execute(ordered, execution_options=_PARTS).mappings().partitions():
        target.execute(insert(table), [dict(row) for row in part])


def _begin_waits(s: Session) -> None:
    """Give each account the row that its log-ins count in, with nothing counted."""
    for account in s.scalars(select(Reviewer.id)).all():
        log_in_waits.put(s, account)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _end(connection: Connection) -> bytes | None:
    return connection.scalar(select(HistoryHead.hash))


def _fold(engine: Engine) -> None:
    """Fold the log into the file, so that it needs nothing beside it."""
    lent = engine.raw_connection()
    try:
        cursor = lent.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.execute("PRAGMA journal_mode=DELETE")
        cursor.fetchall()
    finally:
        lent.close()
    engine.dispose()
