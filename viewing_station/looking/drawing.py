"""Draws what a document shows as pixels, each kind by its own program, in the sandbox."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from viewing_station.errors import StationError
from viewing_station.looking.kinds import Kind, extension
from viewing_station.looking.office import PDF_LIMIT, ProtectedError, office_as_pdf, text_as_pdf
from viewing_station.looking.pixels import PAGES_LIMIT, SIDE_LIMIT, NotPixelsError, RasterReader
from viewing_station.looking.rebuild import DOTS
from viewing_station.looking.script import IMAGE, MAIL, PDF, script
from viewing_station.looking.tools import PDFTOPPM
from viewing_station.sandbox import (
    MIB,
    SHELL,
    Limits,
    ToolFailedError,
    collected,
    run,
    run_python,
)

SOURCE_LIMIT = 1024 * MIB  # bytes of a document: it is held in memory inside
PICTURE_SIDE = 2480  # pixels: what a telephone photographed can be read at A3's size
TEXT_LIMIT = 2 * MIB  # bytes of a text that become pages: some 500, of full lines
COUNT_LIMIT = 12  # bytes of a number of pages
DRAWING = Limits(seconds=900, scratch=SOURCE_LIMIT + MIB, output=16 << 30)
READING = Limits(seconds=120, scratch=SOURCE_LIMIT + MIB, output=2 * TEXT_LIMIT)


class NoPagesError(StationError):
    """It is {kind}: it has no pages that could be shown."""


class LookInsideError(NoPagesError):
    """It is an archive: `viewing-station members` lists what is in it, to be viewed one by one."""


class TooManyPixelsError(StationError):
    """It says that it has more pixels than any camera makes, so it was not drawn."""


@dataclass
class Drawing:
    """What is drawn, where its pages go, and what is to be said of it."""

    untrusted: BinaryIO
    name: str
    reader: RasterReader
    total: Callable[[int], object]
    remarks: list[str] = field(default_factory=list)


def draw(drawing: Drawing, kind: Kind) -> None:
    """Draw a document.

    Raises NoPagesError, LookInsideError, ProtectedError, TooManyPixelsError, SandboxError.
    """
    if kind is Kind.ARCHIVE:
        raise LookInsideError
    if kind not in _WAYS:
        raise NoPagesError(kind=kind.said)
    _WAYS[kind](drawing)


def _draw_image(drawing: Drawing) -> None:
    words = [str(PICTURE_SIDE), str(PAGES_LIMIT)]
    files = {"image": drawing.untrusted}
    try:
        run_python(script(IMAGE), words, drawing.reader.take, files=files, limits=DRAWING)
    except ToolFailedError as failed:
        if "too many pixels" in failed.untrusted_said:
            raise TooManyPixelsError from None
        raise


def _draw_pdf(drawing: Drawing) -> None:
    PDFTOPPM.require()
    counted = _Counted(drawing)
    words = ["-c", script(PDF), "sh", str(PAGES_LIMIT), str(DOTS), str(SIDE_LIMIT)]
    files = {"document.pdf": drawing.untrusted}
    try:
        run(SHELL, words, counted.take, files=files, limits=DRAWING)
    except ToolFailedError as failed:
        if "password" in failed.untrusted_said.lower():
            raise ProtectedError from None
        raise


class _Counted:
    """Takes off the line that says how many pages there are, before the pages themselves."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._line: bytearray | None = bytearray()

    def take(self, piece: bytes) -> None:
        if self._line is None:
            self._drawing.reader.take(piece)
            return
        self._line += piece
        untrusted, end, rest = self._line.partition(b"\n")
        if len(untrusted) > COUNT_LIMIT:
            raise NotPixelsError
        if end:
            self._line = None
            self._tell(bytes(untrusted))
            self._drawing.reader.take(bytes(rest))

    def _tell(self, untrusted: bytes) -> None:
        if not untrusted.isdigit():
            raise NotPixelsError
        count = int(untrusted)
        self._drawing.total(min(count, PAGES_LIMIT))
        if count > PAGES_LIMIT:
            told = f"it has {count:,} pages, of which the first {PAGES_LIMIT:,} are shown"
            self._drawing.remarks.append(told)


def _draw_office(drawing: Drawing) -> None:
    pdf = office_as_pdf(drawing.untrusted, extension(drawing.name))
    _draw_made(drawing, pdf)


def _draw_text(drawing: Drawing) -> None:
    _draw_words(drawing, _beginning(drawing.untrusted, TEXT_LIMIT + 1))


def _draw_mail(drawing: Drawing) -> None:
    taken, keep = collected(READING.output)
    words, files = ["text", str(TEXT_LIMIT + 1)], {"message": drawing.untrusted}
    run_python(script(MAIL), words, keep, files=files, limits=READING)
    _draw_words(drawing, bytes(taken))


def _draw_words(drawing: Drawing, raw: bytes) -> None:
    if len(raw) > TEXT_LIMIT:
        told = f"it is a long text, of which the first {TEXT_LIMIT // MIB} MiB are shown"
        drawing.remarks.append(told)
    _draw_made(drawing, text_as_pdf(decoded(raw[:TEXT_LIMIT])))


def _draw_made(drawing: Drawing, pdf: bytes) -> None:
    """Draw a PDF that the sandbox made: it is trusted no more than one that a source sent."""
    drawing.untrusted = io.BytesIO(pdf)
    _draw_pdf(drawing)


_WAYS = {
    Kind.IMAGE: _draw_image,
    Kind.PDF: _draw_pdf,
    Kind.OFFICE: _draw_office,
    Kind.TEXT: _draw_text,
    Kind.EMAIL: _draw_mail,
    Kind.OUTLOOK: _draw_mail,
}


def decoded(raw: bytes) -> str:
    """Return a text however it was encoded: by its mark, as UTF-8, or as Windows wrote French."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut_short = error.start >= len(raw) - 3 and error.reason == "unexpected end of data"
        return raw.decode("utf-8-sig" if cut_short else "cp1252", "replace")


# The longer first: UTF-16's mark begins UTF-32's (Unicode 15.0, 23.8).
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _beginning(source: BinaryIO, limit: int) -> bytes:
    """Read up to `limit` bytes of a stream that gives fewer at a time."""
    return b"".join(_pieces(source, limit))


def _pieces(source: BinaryIO, limit: int) -> Iterator[bytes]:
    while limit and (piece := source.read(limit)):
        limit -= len(piece)
        yield piece


__all__ = ["PDF_LIMIT", "Drawing", "NoPagesError", "ProtectedError", "draw"]
