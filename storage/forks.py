"""No connection crosses a fork.

SQLite's locks belong to a process, PostgreSQL's socket to one conversation, and a child must not
even close what its parent opened (sqlite.org/howtocorrupt.html, 2.6).

Idle connections are closed before a fork, and those that are in use then, as soon as their
transaction ends; the child begins with an empty pool.
"""

import os
import weakref

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool


class ForkGuard:
    """Watches one engine for as long as the process lives (hooks of a fork cannot be removed)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = weakref.ref(engine)
        self._forks = 0
        self._inherited: list[Pool] = []
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "checkin", self._returned)
        os.register_at_fork(before=self._before, after_in_child=self._in_child)

    def _opened(self, _connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["forks"] = self._forks

    def _returned(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if entry.info.get("forks") != self._forks:
            entry.invalidate()  # its pool is gone; nobody else would close it

    def _before(self) -> None:
        self._forks += 1
        if (engine := self._engine()) is not None:
            engine.dispose()

    def _in_child(self) -> None:
        if (engine := self._engine()) is not None:
            # What another thread opened or returned in the last moment is kept, never closed.
            self._inherited.append(engine.pool)
            engine.dispose(close=False)
