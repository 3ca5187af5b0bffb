"""The database as the apps see it: `with db.read() as s` and `with db.write() as s`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from storage import connections
from storage.connections import WRITING, make_engine, sqlite_path
from storage.errors import DatabaseBusy, NoDatabase
from storage.schema import check_schema
from storage.turns import Turns


class Database:
    """One database, shared by all threads of a process.

    Rows handed out by a transaction stay readable after it; they are not tied to it any more.
    Do not open one transaction inside another: the second may wait for the first.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._turns = Turns(connections.BUSY_SECONDS)
        # What SQLite gives by itself: one unchanging view for the length of the transaction.
        reading = (
            {}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reads = sessionmaker(engine.execution_options(**reading), expire_on_commit=False)
        self._writes = sessionmaker(
            engine.execution_options(**{WRITING: True}), expire_on_commit=False
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Hold a read-only transaction over one unchanging view; a write in it fails.

        Raises DatabaseBusy if no connection comes free in time.
        """
        with self._reads() as session:
            _begin(session)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Hold a write transaction (SQLite: BEGIN IMMEDIATE): a clean exit commits it.

        An exception undoes all of it. Raises DatabaseBusy if the lock does not come free in
        time, DiskFull if there is no room; then nothing was stored.
        """
        turn = self._turns.taken() if self.is_sqlite else nullcontext()
        with turn, self._writes() as session, session.begin():
            _begin(session)
            yield session

    def close(self) -> None:
        """Close all idle connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Return the database at a URL (`sqlite:///PATH` or `postgresql://…`).

    Raises NoDatabase, SchemaTooOld or SchemaTooNew.
    """
    path = sqlite_path(url)
    if path is not None and not path.is_file():
        raise NoDatabase
    engine = make_engine(url)
    with ExitStack() as if_refused:
        if_refused.callback(engine.dispose)
        check_schema(engine)
        if_refused.pop_all()
    return Database(engine)


def _begin(session: Session) -> None:
    try:
        session.connection()
    except PoolTimeout as error:
        raise DatabaseBusy from error
