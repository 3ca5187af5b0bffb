"""Writes files where none stands: never over another, never through a link, never half."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from viewing_station.home import PRIVATE_FILE, PRIVATE_FOLDER

PIECE = 256 << 10  # bytes copied at once

Source = Callable[[], AbstractContextManager[BinaryIO]]
Progress = Callable[[int], object]


class Fate(Enum):
    """What became of a file that was to be written."""

    WRITTEN = "written"
    PRESENT = "present"  # the same bytes stood there already
    BLOCKED = "blocked"  # something else stands there


class FreshFolder:
    """A folder held open, so that it stays the same one whatever its path comes to mean."""

    def __init__(self, handle: int, progress: Progress) -> None:
        self._handle = handle
        self._progress = progress

    def write(self, name: str, source: Source) -> Fate:
        """Write what `source()` holds under `name`, mode 0600. Raises OSError."""
        try:
            handle = self._open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return Fate.PRESENT if self._holds(name, source) else Fate.BLOCKED
        try:
            with os.fdopen(handle, "wb") as sink, source() as content:
                for piece in _pieces(content):
                    sink.write(piece)
                    self._progress(len(piece))
        except BaseException:
            os.unlink(name, dir_fd=self._handle)
            raise
        return Fate.WRITTEN

    def _holds(self, name: str, source: Source) -> bool:
        """Tell whether a regular file of that name holds just these bytes."""
        if not self._is_file(name):
            return False
        with os.fdopen(self._open(name, os.O_RDONLY), "rb") as there, source() as content:
            pairs = zip_longest(_pieces(there), _pieces(content))
            return all(mine == other for mine, other in pairs)

    def _is_file(self, name: str) -> bool:
        status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        return stat.S_ISREG(status.st_mode)

    def _open(self, name: str, flags: int) -> int:
        # O_NONBLOCK: a pipe that stands in the file's place must not hold us up.
        safe = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        return os.open(name, flags | safe, PRIVATE_FILE, dir_fd=self._handle)


@contextmanager
def fresh_folder(path: Path, progress: Progress) -> Iterator[FreshFolder]:
    """Hold the folder `path`, made if it is missing. A link in its place raises OSError."""
    path.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield FreshFolder(handle, progress)
    finally:
        os.close(handle)


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece
