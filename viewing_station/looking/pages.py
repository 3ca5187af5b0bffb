"""A document as harmless pages: made into pixels in the sandbox, and a PDF of those out here."""

import io
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self, cast

from viewing_station.errors import StationError
from viewing_station.looking.drawing import Drawing, draw
from viewing_station.looking.kinds import LOOKED_AT, Kind, kind_of, remark
from viewing_station.looking.pixels import Raster, RasterReader
from viewing_station.looking.rebuild import DOTS, PdfOfPages
from viewing_station.looking.text_layer import Word, read_words, text_of

PAGE_BREAK = "\n\f"
READERS = min(4, os.cpu_count() or 1)  # pages whose words are read at once: each holds its pixels


class EmptyFileError(StationError):
    """The file is empty."""


@dataclass(frozen=True)
class PagesMade:
    """What became of a document: its pages' number, its text as far as one was read, remarks."""

    kind: Kind
    count: int
    text: str = ""
    remarks: tuple[str, ...] = ()


Progress = Callable[[int], object]


def make_pages(  # noqa: PLR0913  three of them by their names
    source: BinaryIO,
    name: str,
    sink: BinaryIO,
    *,
    text_layer: bool = False,
    progress: Progress = lambda _: None,
    total: Progress = lambda _: None,
) -> PagesMade:
    """Write a PDF of what a document shows to `sink`; `progress` is told of each page.

    total: told how many pages there will be, where that is known. Nothing was written to `sink`
    unless this returns. Raises StationError: EmptyFileError, those of drawing, of the sandbox, and
    of the pixels.
    """
    beginning = _beginning(source)
    if not beginning:
        raise EmptyFileError
    kind = kind_of(beginning, name)
    whole = cast("BinaryIO", _Again(beginning, source))
    with _Pages(progress, reads_words=text_layer) as pages:
        reader = RasterReader(pages.take)
        drawing = Drawing(whole, name, reader, total)
        draw(drawing, kind)
        reader.finish()
        pages.finish()
    pages.pdf.write(sink)
    told = remark(beginning, name)
    remarks = (*([told] if told else []), *drawing.remarks)
    return PagesMade(kind, reader.count, PAGE_BREAK.join(pages.texts), remarks)


class _Pages:
    """Adds pages to a PDF in their order, the words of some read at once."""

    def __init__(self, progress: Progress, *, reads_words: bool) -> None:
        self._progress, self._reads_words = progress, reads_words
        self._threads = ThreadPoolExecutor(READERS, "reading")
        self._waiting: deque[tuple[Raster, Future[tuple[Word, ...]]]] = deque()
        self.pdf = PdfOfPages()
        self.texts: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def take(self, raster: Raster) -> None:
        """Take a page."""
        if not self._reads_words:
            self._add(raster, ())
            return
        self._waiting.append((raster, self._threads.submit(read_words, raster, DOTS)))
        if len(self._waiting) > READERS:
            self._add_read()

    def finish(self) -> None:
        """See to those pages whose words are still being read."""
        while self._waiting:
            self._add_read()

    def _add_read(self) -> None:
        raster, reading = self._waiting.popleft()
        words = reading.result()
        self.texts.append(text_of(words))
        self._add(raster, words)

    def _add(self, raster: Raster, words: tuple[Word, ...]) -> None:
        self.pdf.add(raster, words)
        self._progress(1)


def _beginning(source: BinaryIO) -> bytes:
    """Read LOOKED_AT bytes, of a stream too that gives fewer at a time."""
    beginning = b""
    while len(beginning) < LOOKED_AT and (piece := source.read(LOOKED_AT - len(beginning))):
        beginning += piece
    return beginning


class _Again(io.RawIOBase):
    """A stream whose beginning was read already, from its first byte on."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._beginning, self._rest = io.BytesIO(beginning), rest

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read what was read already, then the rest."""
        return self._beginning.read(size) or self._rest.read(size)
