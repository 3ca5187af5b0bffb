"""A document: one file of a delivery, found by its number or its name, and read from the vault."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from formats.letter import FILES_LIMIT, FileEntry
from formats.payload import PayloadReader
from viewing_station.deliveries import Delivery
from viewing_station.errors import FilesAwaitedError, NoSuchDeliveryError, NoSuchFileError
from viewing_station.station import Station


@dataclass(frozen=True)
class Document:
    """One file of a delivery; `number` counts from 1, as lists show it."""

    delivery: Delivery
    number: int
    entry: FileEntry


def documents_of(delivery: Delivery) -> tuple[Document, ...]:
    """Return the delivery's documents, in the letter's order."""
    return tuple(
        Document(delivery, number, entry) for number, entry in enumerate(delivery.files, start=1)
    )


def find_document(station: Station, delivery: str, wanted: str) -> Document:
    """Return a delivery's document by its number or, where no number fits, its own name.

    Raises NoSuchDeliveryError, NoSuchFileError.
    """
    found = station.deliveries.get(delivery)
    if found is None:
        raise NoSuchDeliveryError(name=delivery)
    listed = documents_of(found)
    by_number = [document for document in listed if str(document.number) == wanted]
    by_name = [document for document in listed if document.entry.name == wanted]
    for document in (*by_name, *by_number):
        return document
    raise NoSuchFileError(name=wanted, delivery=delivery)


@contextmanager
def reading(station: Station, document: Document) -> Iterator[BinaryIO]:
    """Read a document: a stream of its bytes, which cannot seek.

    Raises FilesAwaitedError where its files have not come yet; BadBox and Malformed, in the
    middle too, where what is kept was altered.
    """
    if document.delivery.awaits_files:
        raise FilesAwaitedError(name=document.delivery.name)
    with (
        station.vault.open(document.delivery.archive) as plain,
        PayloadReader(plain, FILES_LIMIT).open(document.entry.name) as stream,
    ):
        yield stream
