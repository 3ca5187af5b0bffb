"""What goes out together: checked copies, each under a new name that says nothing."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from viewing_station.copies import Copy
from viewing_station.errors import (
    CopyChangedError,
    CopyGoneError,
    NoSuchCopyError,
    NotCleanError,
    NotPdfError,
    RunningKindError,
    SeveralMeantError,
)
from viewing_station.publications import Publication
from viewing_station.station import Station

PIECE = 256 << 10  # bytes read at once
PDF = "application/pdf"
PDF_BEGINS = b"%PDF-"
TAG_SIZE = 4  # bytes of chance in a name: two exports never give two files the same name
SHORTEST_PREFIX = 4  # characters of an id, as for threads

# The extension that names each kind of copy; the copy's own name is never looked at.
EXTENSIONS = {
    PDF: "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "image/gif": "gif",
    "image/heic": "heic",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/mp4": "m4a",
    "audio/x-aiff": "aiff",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-ms-wmv": "wmv",
    "video/x-msvideo": "avi",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
OTHER_EXTENSION = "bin"

# What a browser runs when a reader opens it, cleaned or not.
RUNNING = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})


@dataclass(frozen=True)
class Part:
    """One file of an export: its new name, its size in bytes, and where its bytes come from."""

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]
    sha256: str
    media_type: str


@dataclass(frozen=True)
class Work:
    """A publication as it goes out."""

    publication: Publication
    primary: Part
    attachments: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its files, the primary document first."""
        return (self.primary, *self.attachments)


def find_copy(station: Station, wanted: str) -> Copy:
    """Return the copy of this id, or of the only one that begins so.

    Raises NoSuchCopyError, SeveralMeantError.
    """
    exact = station.copies.get(wanted)
    if exact is not None:
        return exact
    long_enough = len(wanted) >= SHORTEST_PREFIX
    found = [copy for copy in station.copies.all() if long_enough and copy.id.startswith(wanted)]
    if not found:
        raise NoSuchCopyError(name=wanted)
    if len(found) > 1:
        raise SeveralMeantError(name=wanted, count=len(found))
    return found[0]


def check_copies(
    station: Station, publication: Publication, progress: Callable[[int], object]
) -> None:
    """Read every copy once. Raises what `works_of` raises, and CopyChangedError."""
    for work in works_of(station, [publication]):
        for part in work.parts:
            for piece in part.pieces():
                progress(len(piece))


def works_of(station: Station, publications: Sequence[Publication]) -> list[Work]:
    """Give every file its name; nothing of the documents is read yet but how a PDF begins.

    Raises CopyGoneError, NotCleanError, RunningKindError, NotPdfError.
    """
    return [_work(station, number, one) for number, one in enumerate(publications, start=1)]


def watched(works: Sequence[Work], progress: Callable[[int], object]) -> list[Work]:
    """Return the same works, whose bytes are counted as they are read."""

    def counting(part: Part) -> Part:
        return replace(part, pieces=lambda: _counted(part.pieces(), progress))

    return [
        Work(work.publication, counting(work.primary), tuple(map(counting, work.attachments)))
        for work in works
    ]


def _counted(pieces: Iterator[bytes], progress: Callable[[int], object]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        progress(len(piece))


def _work(station: Station, number: int, publication: Publication) -> Work:
    primary, *attached = [_publishable(station, id_) for id_ in publication.copies]
    _require_pdf(station, primary)
    document, *attachments = [_part(station, copy, number) for copy in (primary, *attached)]
    return Work(publication, document, tuple(attachments))


def _publishable(station: Station, id_: str) -> Copy:
    copy = station.copies.get(id_)
    if copy is None:
        raise CopyGoneError(name=id_)
    if not copy.clean:
        raise NotCleanError(name=id_)
    if copy.media_type in RUNNING:
        raise RunningKindError(name=id_, kind=copy.media_type)
    return copy


def _require_pdf(station: Station, copy: Copy) -> None:
    if copy.media_type != PDF:
        raise NotPdfError(name=copy.id)
    with _opened(station, copy) as plain:
        if plain.read(len(PDF_BEGINS)) != PDF_BEGINS:
            raise NotPdfError(name=copy.id)


def _part(station: Station, copy: Copy, number: int) -> Part:
    extension = EXTENSIONS.get(copy.media_type, OTHER_EXTENSION)
    name = f"document-{number:02}-{secrets.token_hex(TAG_SIZE)}.{extension}"
    return Part(name, copy.size, lambda: _proven(station, copy), copy.sha256, copy.media_type)


def _proven(station: Station, copy: Copy) -> Iterator[bytes]:
    """Yield a copy's bytes; where they are others than those checked, it ends in an error."""
    digest, left = hashlib.sha256(), copy.size
    with _opened(station, copy) as plain:
        while piece := plain.read(PIECE):
            digest.update(piece)
            left -= len(piece)
            if left < 0:
                break  # or a container would be given more than it was told
            yield piece
    if left or digest.hexdigest() != copy.sha256:
        raise CopyChangedError(name=copy.id)


@contextmanager
def _opened(station: Station, copy: Copy) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        try:
            plain = stack.enter_context(station.vault.open(copy.archive))
        except FileNotFoundError:
            raise CopyGoneError(name=copy.id) from None
        yield plain
