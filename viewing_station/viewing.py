"""Has documents looked at, and writes what was made of them where the reviewer wants it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from crypto.errors import CryptoError
from formats.errors import FormatError
from viewing_station.arriving import arriving
from viewing_station.document_texts import DocumentTexts
from viewing_station.documents import Document, documents_of
from viewing_station.errors import FileThereError, NoSuchDeliveryError, StationError
from viewing_station.home import PRIVATE_FOLDER
from viewing_station.looking.drawing import LookInsideError
from viewing_station.looking.look import Looked, look
from viewing_station.looking.within import found_within
from viewing_station.page_bar import Bar
from viewing_station.sentences import sentence
from viewing_station.station import Station

STEM_LIMIT = 120  # bytes of a name that are kept: number, ending and a draft's mark come to it
ENDINGS = (".pdf", ".mp4", ".ogg")


@dataclass(frozen=True)
class Wish:
    """What is wanted of each document."""

    text_layer: bool = False
    force: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a document: what was made of it and where, or why nothing was."""

    document: Document
    looked: Looked | None = None
    file: Path | None = None
    remark: str = ""
    trouble: str = ""


def view_one(  # noqa: PLR0913, PLR0917  what, where, how, and whom to tell
    station: Station, document: Document, members: Sequence[str], file: Path, wish: Wish, bar: Bar
) -> Outcome:
    """Look at a document, or a member of it; `file` is written whole or not at all.

    Raises FileThereError, StationError of all kinds, OSError.
    """
    if not wish.force and os.path.lexists(file):
        raise FileThereError(file=file)
    with (
        found_within(station, document, members) as found,
        bar(found.name) as watcher,
        arriving(file, force=wish.force) as sink,
    ):
        looked = look(found, sink, watcher, text_layer=wish.text_layer)
    if looked.text and not members:  # a search tells of documents, and a member is none
        with station.records.change():
            texts = DocumentTexts(station.records)
            texts.put(document.delivery.name, document.number, looked.text)
    return Outcome(document, looked, file)


def view_all(
    station: Station, delivery: str, folder: Path, wish: Wish, bar: Bar
) -> Iterator[Outcome]:
    """Look at each document of a delivery; one that fails says so, and the others go on.

    Raises NoSuchDeliveryError, OSError.
    """
    found = station.deliveries.get(delivery)
    if found is None:
        raise NoSuchDeliveryError(name=delivery)
    folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    for document in documents_of(found):
        yield _view_in(station, document, folder, wish, bar)


def _view_in(station: Station, document: Document, folder: Path, wish: Wish, bar: Bar) -> Outcome:
    stem = f"{document.number:03} {_stem(document.entry.name)}"
    there = [folder / f"{stem}{ending}" for ending in ENDINGS]
    for file in there:
        if not wish.force and os.path.lexists(file):
            return Outcome(document, file=file, remark="it was looked at before")
    try:
        outcome = view_one(station, document, (), folder / stem, wish, bar)
    except LookInsideError as error:
        return Outcome(document, remark=str(error))
    except (StationError, FormatError, CryptoError) as error:
        return Outcome(document, trouble=sentence(error))
    if outcome.looked is None:  # it was made: see view_one
        return outcome
    named = folder / f"{stem}{outcome.looked.extension}"
    (folder / stem).replace(named)
    return Outcome(document, outcome.looked, named)


def _stem(name: str) -> str:
    """Return a name without its ending, short enough for a file system with all that is added."""
    return PurePath(name).stem.encode()[:STEM_LIMIT].decode(errors="ignore")
