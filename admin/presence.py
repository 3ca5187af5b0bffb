"""Who serves an instance: a lock that `serve` and its children hold, and that ends with them."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.errors import AdminError

_POLL_SECONDS = 0.1


def be_present(home: Path) -> int:
    """Hold an instance for serving; give the descriptor, which children inherit.

    Any number may serve. Raises AdminError while somebody is destroying it.
    """
    lock = _opened(home)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AdminError("This instance is being retired at this moment.") from None
    return lock


@contextmanager
def alone_with(home: Path, patience: float) -> Iterator[None]:
    """Wait until nobody serves an instance, and keep everybody out meanwhile.

    Raises AdminError if somebody still does after so many seconds.
    """
    lock = _opened(home)
    try:
        _wait(lock, time.monotonic() + patience)
        yield
    finally:
        os.close(lock)


def _wait(lock: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise AdminError(
                    "Another process still serves this instance or retires it: stop it, and run "
                    "this once more."
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def _opened(home: Path) -> int:
    # Not in `run`, which may be cleaned up while it is held.
    return os.open(home / ".served", os.O_RDWR | os.O_CREAT, 0o600)
