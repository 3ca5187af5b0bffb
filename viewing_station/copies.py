"""Copies made of documents here: each tied by hash to its original, which is never touched."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum

from viewing_station.records import Records

KIND = "copy"


class Method(Enum):
    """How a copy was made: what is known to be metadata taken out, or only what shows kept."""

    METADATA = "metadata"
    PAGES = "pages"
    MEDIA = "media"


@dataclass(frozen=True)
class Copy:
    """A copy of a document, or of a member of one that is an archive.

    id: item id. thread: hex. delivery: handle. original: SHA-256 (hex) of the document, and of
    the member where `member` names one. sha256, size (bytes) and archive (the sealed file in the
    vault) are the copy's. remaining: what inspecting the copy still found, in plain words.
    """

    id: str
    thread: str
    delivery: str
    document: str
    member: str
    original: str
    method: Method
    name: str
    media_type: str
    size: int
    sha256: str
    archive: str
    day: date
    remaining: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether inspecting it found nothing that tells of its author."""
        return not self.remaining


class Copies:
    """The copies among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put(self, copy: Copy) -> None:
        """Keep it; its sealed file has its place in the vault by then."""
        fields = asdict(copy) | {"method": copy.method.value, "day": copy.day.isoformat()}
        self._records.put(KIND, copy.id, json.dumps(fields).encode())

    def get(self, id_: str) -> Copy | None:
        """Return the copy of this id, if there is one."""
        kept = self._records.get(KIND, id_)
        return None if kept is None else _decode(kept)

    def all(self) -> Iterator[Copy]:
        """All of them, in no order that means anything."""
        return map(_decode, self._records.all(KIND))

    def drop(self, id_: str) -> None:
        """Forget a copy; the vault's sweep takes its sealed file."""
        self._records.drop(KIND, id_)


def _decode(kept: bytes) -> Copy:
    fields = json.loads(kept)
    read = {
        "method": Method(fields["method"]),
        "day": date.fromisoformat(fields["day"]),
        "remaining": tuple(fields["remaining"]),
    }
    return Copy(**fields | read)
