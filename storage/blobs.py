"""Blobs in a directory: the bodies of envelopes, one file each, under random names.

`DIR/ab/abcdef….part` while it is written, the same without `.part` once committed. The 256
folders are there from the start, so that none of them tells when its first blob came.

**Nothing here tells a time.** The times of files and folders are the epoch after every change,
and reading does not set them. Change times and inode numbers cannot be set; they tell the
sweeper what is an orphan, and the night's rewrite shuffles them.

**Who uses a blob holds a lock on it**, on the open file, so that it ends with its process: a
writer an exclusive one and, from the commit to the close, a shared one; a reader a shared one.
Who overwrites a blob (delete, rewrite) or clears away a `.part` must hold it alone, or leaves it
for later. So no reader reads zeros, and no live upload is taken for rubbish, however slow it is.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import BinaryIO

from storage.blob_files import (
    EPOCH,
    FileWriter,
    held_alone,
    names_in,
    open_locked,
    overwrite,
    sync_folder,
)
from storage.blob_protocol import CHUNK
from storage.errors import NoSuchBlob

SHARDS = 256  # folders, named by the first two digits of the blobs in them
_PART = ".part"
_NAME = re.compile(r"[0-9a-f]{32}")


class BlobStore:
    """A directory of blobs; see `Blobs`. Safe for any number of threads and processes."""

    def __init__(self, directory: Path) -> None:
        self._shards = [directory / f"{number:02x}" for number in range(SHARDS)]
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not all(shard.is_dir() for shard in self._shards):
            for shard in self._shards:
                shard.mkdir(mode=0o700, exist_ok=True)
                os.utime(shard, EPOCH)
            sync_folder(directory)

    def create(self) -> FileWriter:
        """Begin a blob. Raises DiskFull."""
        place = self._place(secrets.token_hex(16))
        return FileWriter(place.with_suffix(_PART), place)

    def open(self, name: str) -> BinaryIO:
        """Open a blob to read, seekable; it stays whole until closed. Raises NoSuchBlob."""
        try:
            file = open_locked(self._place(name), os.O_RDONLY, fcntl.LOCK_SH)
        except FileNotFoundError:
            raise NoSuchBlob from None
        return os.fdopen(file, "rb")

    def read(self, name: str, *, start: int = 0, chunk: int = CHUNK) -> Iterator[bytes]:
        """Yield a blob's bytes from `start` on. Raises NoSuchBlob when first asked for one."""
        with self.open(name) as blob:
            blob.seek(start)
            while data := blob.read(chunk):
                yield data

    def delete(self, name: str, *, unless: Callable[[], bool] | None = None) -> bool:
        """Overwrite and remove a blob; False if somebody uses it, and it is left for later.

        It is left as well if `unless`, asked while nobody else can use it, says so.
        """
        place = self._place(name)
        with suppress(FileNotFoundError), held_alone(place) as file:
            if file is None or (unless is not None and unless()):
                return False
            try:
                overwrite(file)
            finally:  # a disk that cannot be written to can still forget
                place.unlink()
                sync_folder(place.parent)
        return True

    def rewrite(self, name: str) -> bool:
        """Write a blob anew under its own name: a new inode at a new moment, the old one zeros.

        False if somebody uses it, and it is left. Raises DiskFull; the blob is then as it was.
        """
        place = self._place(name)
        with suppress(FileNotFoundError), held_alone(place) as old:
            if old is None:
                return False
            part = place.with_name(secrets.token_hex(16) + _PART)
            with FileWriter(part, place, wiped=True) as copy:
                while data := os.read(old, CHUNK):
                    copy.write(data)
                copy.commit()
            overwrite(old)
        return True

    def names(self) -> Iterator[str]:
        """Yield the names of all committed blobs, in no order."""
        for path in self._files():
            if _NAME.fullmatch(path.name):
                yield path.name

    def changed(self, name: str) -> datetime:
        """Return when a blob last changed (UTC), for the sweeper's eyes. Raises NoSuchBlob."""
        try:
            return _changed(self._place(name).stat())
        except FileNotFoundError:
            raise NoSuchBlob from None

    def sweep_parts(self, before: datetime) -> int:
        """Remove what dead writers left before a time; return how many."""
        swept = 0
        for path in self._files():
            if path.suffix != _PART:
                continue
            with suppress(FileNotFoundError), held_alone(path) as file:
                if file is not None and _changed(os.fstat(file)) < before:
                    overwrite(file)  # it may be the copy of a stored body
                    path.unlink()
                    sync_folder(path.parent)
                    swept += 1
        return swept

    def settle(self, dice: Random) -> None:
        """Give all folders a change time of this moment, in random order."""
        for folder in dice.sample(self._shards, len(self._shards)):
            os.utime(folder, EPOCH)

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NoSuchBlob
        return self._directory / name[:2] / name

    def _files(self) -> Iterator[Path]:
        for shard in self._shards:
            yield from (shard / name for name in names_in(shard))


def _changed(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_ctime, UTC)
