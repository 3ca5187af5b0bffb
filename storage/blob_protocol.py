"""What a store of blobs does, so that another kind can take the place of the directory."""

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import BinaryIO, Protocol, Self

CHUNK = 256 * 1024  # bytes: enough that the calls cost nothing beside the copying


class BlobWriter(Protocol):
    """A blob that is being written. Leaving its `with` without `commit()` discards it."""

    def write(self, data: bytes) -> None:
        """Append. Raises DiskFull, and then nothing is left."""

    def commit(self) -> str:
        """Make the blob durable and return its name. Raises DiskFull, and then nothing is left.

        No sweeper takes it before the `with` is left: insert its row within.
        """

    def discard(self) -> None:
        """Leave nothing, committed or not."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Blobs(Protocol):
    """Where bodies of envelopes are kept. A name is 32 hexadecimal digits."""

    def create(self) -> BlobWriter:
        """Begin a blob. Raises DiskFull."""

    def open(self, name: str) -> BinaryIO:
        """Open a blob to read, seekable; it stays whole until closed. Raises NoSuchBlob."""

    def read(self, name: str, *, start: int = 0, chunk: int = CHUNK) -> Iterator[bytes]:
        """Yield a blob's bytes from `start` on. Raises NoSuchBlob when first asked for one."""

    def delete(self, name: str, *, unless: Callable[[], bool] | None = None) -> bool:
        """Overwrite and remove a blob; False if somebody uses it, and it is left for later.

        It is left as well if `unless`, asked while nobody else can use it, says so.
        """

    def rewrite(self, name: str) -> bool:
        """Write a blob anew under its own name; False if somebody uses it, and it is left.

        Raises DiskFull; the blob is then as it was.
        """

    def names(self) -> Iterator[str]:
        """Yield the names of all committed blobs, in no order."""

    def changed(self, name: str) -> datetime:
        """Return when a blob last changed (UTC), for the sweeper's eyes. Raises NoSuchBlob."""

    def sweep_parts(self, before: datetime) -> int:
        """Remove what dead writers left before a time; return how many."""

    def settle(self, dice: Random) -> None:
        """Even out what the places that hold blobs tell of the order of arrival."""
