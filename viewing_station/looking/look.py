"""Looks at a document: pages of what shows them, a new film of what plays, for all kinds alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from viewing_station.looking.kinds import LOOKED_AT, Kind, kind_of, remark
from viewing_station.looking.media import make_media
from viewing_station.looking.pages import EmptyFileError, make_pages
from viewing_station.looking.within import Found


@dataclass(frozen=True)
class Looked:
    """What was made of a document. pages: how many; None for what plays, which has seconds."""

    kind: Kind
    extension: str
    pages: int | None = None
    seconds: float | None = None
    text: str = field(default="", repr=False)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watcher:
    """Whom to tell how far it is: of pages in all and one by one, of a film's share done."""

    total: Callable[[int], object] = lambda _: None
    page: Callable[[int], object] = lambda _: None
    share: Callable[[float], object] = lambda _: None


def look(found: Found, sink: BinaryIO, watcher: Watcher, *, text_layer: bool = False) -> Looked:
    """Write harmless pages, or a film made anew, to `sink`. Raises StationError."""
    with found.source() as file:
        beginning = file.read(LOOKED_AT)
    if not beginning:
        raise EmptyFileError
    if kind_of(beginning, found.name) is Kind.MEDIA:
        return _played(found, beginning, sink, watcher)
    with found.source() as file:
        made = make_pages(
            file,
            found.name,
            sink,
            text_layer=text_layer,
            progress=watcher.page,
            total=watcher.total,
        )
    return Looked(made.kind, ".pdf", made.count, None, made.text, made.remarks)


def _played(found: Found, beginning: bytes, sink: BinaryIO, watcher: Watcher) -> Looked:
    made = make_media(found.source, sink.write, watcher.share)
    told = remark(beginning, found.name)
    lacks = (f"the copy is without {what}" for what in made.left_out)
    remarks = (*([told] if told else []), *lacks)
    return Looked(Kind.MEDIA, made.extension, None, made.seconds, "", remarks)
