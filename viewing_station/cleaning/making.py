"""The three ways to make a copy, and what comes out of each."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from viewing_station.cleaning.metadata import make_without_metadata
from viewing_station.cleaning.originals import Original
from viewing_station.copies import Method
from viewing_station.looking.look import Watcher
from viewing_station.looking.media import make_media
from viewing_station.looking.pages import make_pages

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".odg": "application/vnd.oasis.opendocument.graphics",
    ".odc": "application/vnd.oasis.opendocument.chart",
    ".odf": "application/vnd.oasis.opendocument.formula",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".tiff": "image/tiff",
    ".heic": "image/heic",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".txt": "text/plain",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".wav": "audio/x-wav",
    ".aiff": "audio/x-aiff",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wmv": "video/x-ms-wmv",
    ".avi": "video/x-msvideo",
}

Sink = Callable[[bytes], object]


@dataclass(frozen=True)
class Made:
    """What came out: its suffix, and the text that its pages show, where it was read."""

    suffix: str
    text: str = ""


@dataclass(frozen=True)
class Work:
    """What a copy is made of, how, and who is told how far it is."""

    original: Original
    method: Method
    suffix: str
    text_layer: bool
    watcher: Watcher


def make(work: Work, sink: Sink) -> Made:
    """Give the copy to `sink`. Raises StationError: those of looking, of the sandbox, of mat2."""
    if work.method is Method.PAGES:
        return _make_pages(work, sink)
    if work.method is Method.MEDIA:
        made = make_media(work.original.open, sink, work.watcher.share)
        return Made(made.extension)
    with work.original.open() as stream:
        make_without_metadata(stream, work.original.size, work.suffix, sink)
    return Made(work.suffix)


def _make_pages(work: Work, sink: Sink) -> Made:
    with work.original.open() as stream:
        made = make_pages(
            stream,
            work.original.name,
            cast("BinaryIO", _Writing(sink)),
            text_layer=work.text_layer,
            progress=work.watcher.page,
            total=work.watcher.total,
        )
    return Made(".pdf", made.text)


class _Writing(io.RawIOBase):
    """A file that can only be written to, over a function."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink, self._place = sink, 0

    def writable(self) -> bool:
        """Tell that this can be written to."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Pass it on."""
        piece = bytes(data)
        self._sink(piece)
        self._place += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Return how much was written: whoever writes a PDF notes where its objects begin."""
        return self._place
