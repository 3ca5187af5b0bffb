"""Which publications go out: what is publishable and has not gone this way, or what is named."""

from collections.abc import Iterable, Sequence
from datetime import date

from viewing_station.errors import (
    NoSuchPublicationError,
    NothingToPublishError,
    NotReadyError,
    SeveralMeantError,
)
from viewing_station.publications import Outing, Publication
from viewing_station.publishing.release import SHORTEST_PREFIX
from viewing_station.station import Station


def find_publication(station: Station, wanted: str) -> Publication:
    """Return the publication of this id, or of the only one that begins so.

    Raises NoSuchPublicationError, SeveralMeantError.
    """
    found = [
        publication
        for publication in station.publications.all()
        if publication.id == wanted
        or (len(wanted) >= SHORTEST_PREFIX and publication.id.startswith(wanted))
    ]
    if not found:
        raise NoSuchPublicationError(name=wanted)
    if len(found) > 1:
        raise SeveralMeantError(name=wanted, count=len(found))
    return found[0]


def chosen(station: Station, only: Sequence[str], way: str) -> list[Publication]:
    """Return what is to go out, in the order of random ids: it tells nothing of arrival.

    Raises NothingToPublishError, NotReadyError, NoSuchPublicationError, SeveralMeantError.
    """
    if only:
        found = [find_publication(station, wanted) for wanted in dict.fromkeys(only)]
    else:
        found = [one for one in station.publications.all() if one.ready and not one.went_out(way)]
    for publication in found:
        if not publication.ready:
            raise NotReadyError(name=publication.id)
    if not found:
        raise NothingToPublishError
    unique = {publication.id: publication for publication in found}
    return [unique[id_] for id_ in sorted(unique)]


def note_outing(station: Station, went: Iterable[Publication], way: str, day: date) -> None:
    """Keep that these went out."""
    with station.records.change():
        for publication in went:
            station.publications.put(publication.gone_out(Outing(way, day)))
