"""Keys of others that re-wrapping may seal to, because someone here typed their fingerprint."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from crypto.errors import BadDeskKey
from crypto.fingerprint import spaced, unspaced
from crypto.recipient import read_recipient
from viewing_station.errors import OtherKeyError, OwnKeyError, UnfitKeyError
from viewing_station.records import Records

KIND = "foreign-key"


@dataclass(frozen=True)
class ForeignKey:
    """A public key that was confirmed, and on what day."""

    fingerprint: str
    confirmed: date
    armored: str


class ForeignKeys:
    """The confirmed keys among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put(self, key: ForeignKey) -> None:
        """Keep a key, in place of an older copy of it."""
        fields = asdict(key) | {"confirmed": key.confirmed.isoformat()}
        self._records.put(KIND, key.fingerprint, json.dumps(fields).encode())

    def drop(self, fingerprint: str) -> None:
        """Forget a key."""
        self._records.drop(KIND, fingerprint)

    def all(self) -> list[ForeignKey]:
        """Return the confirmed keys, oldest first."""
        kept = [json.loads(each) for each in self._records.all(KIND)]
        keys = [
            ForeignKey(**each | {"confirmed": date.fromisoformat(each["confirmed"])})
            for each in kept
        ]
        return sorted(keys, key=lambda key: (key.confirmed, key.fingerprint))


def check_foreign(
    untrusted_key: bytes, file: str, typed: str, own: frozenset[str], day: date
) -> ForeignKey:
    """Return the key in a file if it is the one whose whole fingerprint was typed, and is fit.

    `own` are the fingerprints of the keys made here. Raises UnfitKeyError, OtherKeyError,
    OwnKeyError.
    """
    try:
        recipient = read_recipient(untrusted_key, day)
    except BadDeskKey as error:
        raise UnfitKeyError(file=file, why=BadDeskKey.SENTENCES[error.reason].rstrip(".")) from None
    if unspaced(typed).upper() != recipient.fingerprint:
        raise OtherKeyError(file=file, found=spaced(recipient.fingerprint))
    if recipient.fingerprint in own:
        raise OwnKeyError(file=file)
    return ForeignKey(recipient.fingerprint, day, recipient.armored)
