"""Reading from files and streams that may end early or give less than was asked for."""

from typing import Protocol

from formats.errors import Malformed


class Readable(Protocol):
    """Anything that bytes can be read from; it may give fewer than asked, and none at its end."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most `size` bytes."""


class Seekable(Readable, Protocol):
    """A file that can be read from any place."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to `offset` bytes from the start, or from where `whence` says; return the place."""


def read_exactly(source: Readable, size: int) -> bytes:
    """Return the next `size` bytes of `source`. Raises Malformed if it ends before."""
    data = bytearray()
    while len(data) < size:
        piece = source.read(size - len(data))
        if not piece:
            raise Malformed("it ends too early")
        data += piece
    return bytes(data)
