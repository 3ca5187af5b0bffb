"""Refuses fields that name where a document came from: those names are for inside only."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from viewing_station.errors import TellingFieldError
from viewing_station.publications import Publication
from viewing_station.station import Station
from viewing_station.threads import friendly_name


def check_telling(station: Station, publication: Publication) -> None:
    """Raise TellingFieldError where a field names a thread, a handle, or a file of a delivery.

    A file's name counts with its extension only: without it, a title may well be the same.
    """
    names = set(map(_plain, _names(station, publication)))
    for field, text in _texts(publication):
        if any(name in _plain(text) for name in names):
            raise TellingFieldError(field=field)


def _plain(text: str) -> str:
    return "-".join(text.casefold().split())


def _names(station: Station, publication: Publication) -> Iterator[str]:
    key = station.settings.names_key
    for id_ in publication.copies:
        copy = station.copies.get(id_)
        if copy is not None:
            yield from (copy.thread, copy.delivery, friendly_name(key, copy.thread))
            files = (copy.document, PurePosixPath(copy.member).name)
            yield from (name for name in files if PurePosixPath(name).suffix)


def _texts(publication: Publication) -> Iterator[tuple[str, str]]:
    for text in publication.title.values():
        yield "title", text
    for text in (publication.summary or {}).values():
        yield "summary", text
    yield "city", publication.city
    for text in publication.technology:
        yield "technology", text
    for text in publication.supplier:
        yield "supplier", text
    if publication.source:
        yield "source", publication.source.label
        yield "source", publication.source.url
