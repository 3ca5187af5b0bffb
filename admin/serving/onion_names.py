"""What an app's pages say of its onion addresses: read again when a file changed, and only then."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from admin import announcing
from admin.errors import AdminError
from admin.onion_state import read_state, state_file
from admin.onions import next_of, service_of
from tor.errors import TorError
from web.faults import report_fault
from web.instance import Places
from web.onion import Announced, OnionNames, Overlap

T = TypeVar("T")


class Remembered(Generic[T]):
    """A value made of files: made anew when one of them was written, came or went.

    Where that fails, as on a damaged file, the last good value stays, and it is tried again.
    """

    def __init__(self, files: tuple[Path, ...], make: Callable[[], T]) -> None:
        self._files, self._make = files, make
        self._known: tuple[tuple[object, ...], T] | None = None

    def __call__(self) -> T:
        """Give the value as the files have it now."""
        seen = tuple(map(_stamp, self._files))
        known = self._known
        if known is not None and known[0] == seen:
            return known[1]
        try:
            value = self._make()
        except (AdminError, TorError, OSError) as error:
            if known is None:
                raise
            report_fault(error)
            return known[1]
        self._known = (seen, value)
        return value


def names_of(places: Places, app: str) -> Remembered[OnionNames]:
    """Give what tells an app's names at any moment."""
    files = (
        state_file(places, app),
        announcing.key_file(places),
        announcing.announcement_file(places),
    )
    return Remembered(files, lambda: _names(places, app))


def announcements_of(places: Places) -> Remembered[Announced]:
    """Give what tells which files about the source address's move anybody may read."""
    files = (announcing.key_file(places), announcing.announcement_file(places))
    return Remembered(files, lambda: announcing.public_files(places))


def _names(places: Places, app: str) -> OnionNames:
    host, coming = service_of(places, app).address().host, next_of(places, app)
    overlap = read_state(places, app).overlap
    if coming is None or overlap is None:
        return OnionNames(host)
    new = coming.address().host
    move = announcing.announced(places) if app == announcing.APP else None
    if move is None or (move.old, move.new) != (host, new):
        return OnionNames(host, Overlap(new, overlap.until))
    return OnionNames(host, Overlap(new, move.until, announced=True))


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except FileNotFoundError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size
