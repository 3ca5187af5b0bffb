"""Pages as pixels, as the sandbox prints them: each measured here before it is believed.

The form is that of netpbm's PPM (`P6`, width, height, 255, then three bytes a pixel), one page
after another. It has no names, no text and nothing to follow: whatever the sandbox was made to
print, it is colours, or it is refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from viewing_station.errors import StationError

SIDE_LIMIT = 4000  # pixels: A4 at 300 to the inch; we ask for less
PAGES_LIMIT = 1000  # pages of one document; more is a book
HEADER_LIMIT = 32  # bytes: `P6`, two numbers of four digits, `255`, and what stands between

_HEADER = re.compile(rb"P6\s(\d{1,5})\s(\d{1,5})\s255\s")
_BYTES = 3  # a pixel


class NotPixelsError(StationError):
    """What came out of looking at it are no pages; it may be trying something."""


class NothingDrawnError(StationError):
    """Nothing of it could be drawn: it is damaged, or has no pages."""


class TooManyPagesError(StationError):
    """It has more than {limit} pages."""


@dataclass(frozen=True)
class Raster:
    """One page: width and height in pixels, three bytes for each, row by row."""

    width: int
    height: int
    pixels: bytes


class RasterReader:
    """Cuts a stream into pages, and gives each to `page` as soon as it is whole.

    One page is in memory at a time. Raises NotPixelsError, TooManyPagesError.
    """

    def __init__(self, page: Callable[[Raster], object]) -> None:
        self._page = page
        self._waiting = bytearray()
        self._size: tuple[int, int] | None = None
        self.count = 0

    def take(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._waiting += piece
        for raster in self._whole():
            self.count += 1
            if self.count > PAGES_LIMIT:
                raise TooManyPagesError(limit=PAGES_LIMIT)
            self._page(raster)

    def finish(self) -> None:
        """Return if the stream ended with a page. Raises NotPixelsError, NothingDrawnError."""
        if self._waiting or self._size is not None:
            raise NotPixelsError
        if not self.count:
            raise NothingDrawnError

    def _whole(self) -> Iterator[Raster]:
        while True:
            if self._size is None:
                self._size = self._read_size()
            if self._size is None:
                return
            width, height = self._size
            length = width * height * _BYTES
            if len(self._waiting) < length:
                return
            pixels = bytes(self._waiting[:length])
            del self._waiting[:length]
            self._size = None
            yield Raster(width, height, pixels)

    def _read_size(self) -> tuple[int, int] | None:
        found = _HEADER.match(self._waiting)
        if found is None:
            if len(self._waiting) >= HEADER_LIMIT:
                raise NotPixelsError
            return None
        untrusted_width, untrusted_height = int(found[1]), int(found[2])
        if not (0 < untrusted_width <= SIDE_LIMIT and 0 < untrusted_height <= SIDE_LIMIT):
            raise NotPixelsError
        del self._waiting[: found.end()]
        return untrusted_width, untrusted_height
