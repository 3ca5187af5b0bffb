"""Turns: the threads of a process write to SQLite one after the other.

SQLite lets one transaction write, and whoever finds it busy sleeps and looks again, a tenth of a
second at most. With hundreds of threads that is a lottery that some lose for a quarter of a
minute. So threads queue here, without a connection, and only one of each process looks.
"""

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import DatabaseBusy


class Turns:
    """A lock with a bounded wait, which a forked child finds free."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        here = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _renew(here))

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn. Raises DatabaseBusy if it does not come in time."""
        lock = self._lock
        if not lock.acquire(timeout=self._seconds):
            raise DatabaseBusy
        try:
            yield
        finally:
            lock.release()

    def renew(self) -> None:
        """Forget who held the turn: a thread of the parent, which is not in this process."""
        self._lock = threading.Lock()


def _renew(turns: "weakref.ref[Turns]") -> None:
    if (living := turns()) is not None:
        living.renew()
