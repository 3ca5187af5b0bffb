"""Publications: clean copies that belong together, and what readers are told of them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from viewing_station.records import Records

KIND = "publication"

Words = dict[str, str]  # the same text by language: `fr`, `en`


class State(Enum):
    """How far a publication has come."""

    DRAFT = "draft"
    READY = "publishable"
    EXPORTED = "exported"


@dataclass(frozen=True)
class Link:
    """An address that readers can open, and what it is called."""

    label: str
    url: str


@dataclass(frozen=True)
class Point:
    """A place in decimal degrees, digit by digit as it was written."""

    latitude: str
    longitude: str


@dataclass(frozen=True)
class Outing:
    """That it was exported: in which way, and on what day."""

    way: str
    day: date


@dataclass(frozen=True)
class Publication:
    """One primary document, which is a PDF, its attachments (all ids of copies), and its facts."""

    id: str
    primary: str
    title: Words
    attachments: tuple[str, ...] = ()
    summary: Words | None = None
    city: str = ""
    technology: tuple[str, ...] = ()
    supplier: tuple[str, ...] = ()
    day: date | None = None
    source: Link | None = None
    location: Point | None = None
    ready: bool = False
    outings: tuple[Outing, ...] = ()

    @property
    def state(self) -> State:
        """What a list says of it."""
        if not self.ready:
            return State.DRAFT
        return State.EXPORTED if self.outings else State.READY

    @property
    def copies(self) -> tuple[str, ...]:
        """The ids of all its copies, the primary one first."""
        return (self.primary, *self.attachments)

    def went_out(self, way: str) -> bool:
        """Tell whether it was exported in this way since it was last changed."""
        return any(outing.way == way for outing in self.outings)

    def gone_out(self, outing: Outing) -> "Publication":
        """Return it with one outing more."""
        return replace(self, outings=(*self.outings, outing))


class Publications:
    """The publications among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put(self, publication: Publication) -> None:
        """Keep it, in place of what it was before."""
        self._records.put(KIND, publication.id, json.dumps(_fields(publication)).encode())

    def get(self, id_: str) -> Publication | None:
        """Return the publication of this id, if there is one."""
        kept = self._records.get(KIND, id_)
        return None if kept is None else _decode(kept)

    def all(self) -> Iterator[Publication]:
        """All of them, in no order that means anything."""
        return map(_decode, self._records.all(KIND))

    def drop(self, id_: str) -> None:
        """Forget a publication; its copies stay."""
        self._records.drop(KIND, id_)


def _fields(publication: Publication) -> dict[str, Any]:
    outings = [[outing.way, outing.day.isoformat()] for outing in publication.outings]
    day = publication.day.isoformat() if publication.day else None
    return asdict(publication) | {"day": day, "outings": outings}


def _decode(kept: bytes) -> Publication:
    fields = json.loads(kept)
    for name in ("attachments", "technology", "supplier"):
        fields[name] = tuple(fields[name])
    day, source, location = fields["day"], fields["source"], fields["location"]
    read = {
        "day": date.fromisoformat(day) if day else None,
        "source": Link(**source) if source else None,
        "location": Point(**location) if location else None,
        "outings": tuple(Outing(way, date.fromisoformat(on)) for way, on in fields["outings"]),
    }
    return Publication(**fields | read)
