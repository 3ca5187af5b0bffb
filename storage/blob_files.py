"""One file of a blob store: written beside its place, locked by its users, overwritten at the end.

These are the primitives of `blobs`; what they promise together stands there.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from storage.blob_protocol import CHUNK
from storage.errors import DiskFull

EPOCH = (0, 0)  # times of access and of change, for os.utime
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# Reading would else set the time of access. Linux has the flag; for others there is none to give.
_NO_ATIME = getattr(os, "O_NOATIME", 0)


class FileWriter:
    """A file that is written beside its place and put there by `commit()`.

    See `BlobWriter`. Not for two threads at once. With `wiped`, what is discarded is overwritten:
    so for a copy of a body that is stored. Else it is only removed: the head of a new body was
    never stored, and without it the body is noise to everyone, the desk's keys included.
    """

    def __init__(self, part: Path, place: Path, *, wiped: bool = False) -> None:
        self._part, self._place, self._wiped = part, place, wiped
        self._committed = False
        with _room():
            self._file = open_locked(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, fcntl.LOCK_EX)

    def write(self, data: bytes) -> None:
        """Append. Raises DiskFull, and then nothing is left."""
        with self._or_nothing():
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file, rest) :]

    def commit(self) -> str:
        """Make the file durable, put it in its place, and return its name. Raises DiskFull.

        The times are set before the sync: no crash can leave a file with a true one.
        """
        with self._or_nothing():
            os.utime(self._file, EPOCH)
            os.fsync(self._file)
            self._part.rename(self._place)
            self._committed = True
            sync_folder(self._place.parent)
            fcntl.flock(self._file, fcntl.LOCK_SH)
            # That lets go for an instant (flock(2)): whoever took it then may have swept it.
            if not _is_at(self._file, self._place):
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return self._place.name

    def discard(self) -> None:
        """Leave nothing, committed or not."""
        left = self._place if self._committed else self._part
        try:
            if self._wiped and self._file >= 0:
                overwrite(self._file)
        finally:
            left.unlink(missing_ok=True)
            sync_folder(left.parent)
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._committed:
            self._close()
        elif self._file >= 0:
            self.discard()

    def _close(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        with _room():
            try:
                yield
            except OSError:
                self.discard()
                raise


@contextmanager
def held_alone(path: Path) -> Iterator[int | None]:
    """Hold a file, open to read and write, alone; None if somebody else uses it."""
    try:
        file = open_locked(path, os.O_RDWR, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield None
        return
    try:
        yield file
    finally:
        os.close(file)


def open_locked(path: Path, flags: int, lock: int) -> int:
    """Open a file, lock it, and make sure that it is still the one at its path.

    Somebody who held it before may have rewritten or removed it while the lock was awaited.
    """
    while True:
        file = os.open(path, flags | _NO_ATIME, 0o600)
        try:
            fcntl.flock(file, lock)
            if _is_at(file, path):
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def overwrite(file: int) -> None:
    """Put zeros in the place of an open file's bytes, durably. No space is needed for it."""
    zeros = bytes(CHUNK)
    size = os.fstat(file).st_size
    for offset in range(0, size, CHUNK):
        os.pwrite(file, zeros[: size - offset], offset)
    os.fsync(file)


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, without setting its time of access."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NO_ATIME)
    try:
        with os.scandir(file) as entries:
            return [entry.name for entry in entries]
    finally:
        os.close(file)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable, and its times the epoch."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NO_ATIME)
    try:
        os.utime(file, EPOCH)
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull from error
        raise
