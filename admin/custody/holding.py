"""One command at a time changes the instance's keys."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from admin.errors import AdminError
from storage.upkeep import truncate_wal
from web.services import Services


@contextmanager
def holding_keys(services: Services) -> Iterator[None]:
    """Hold the folder of keys; raises AdminError. The lock dies with the process."""
    folder = os.open(services.instance.places.keys, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AdminError("Another command is changing a key just now: try again.") from None
        yield
    finally:
        os.close(folder)


def settle(services: Services) -> None:
    """Leave nothing of what was replaced in the write-ahead log; a reader may be in the way."""
    if not truncate_wal(services.db):
        raise AdminError(
            "Done; but a reader kept the database's log from being emptied: run it once more."
        )
