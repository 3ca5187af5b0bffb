"""All keys of the desk that this station knows: those made here, and those confirmed here.

These, as far as they are usable, are all that a head is ever sealed to again.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from crypto.errors import BadDeskKey
from crypto.recipient import Recipient, read_recipient
from viewing_station.desk_key import public_part
from viewing_station.errors import NoSuchKeyError
from viewing_station.foreign_keys import ForeignKey
from viewing_station.settings import KeyNote
from viewing_station.station import Station


class KeyState(Enum):
    """What a key can still do. All but the destroyed ones open what is sealed to them."""

    USABLE = "usable"
    RETIRED = "retired"
    EXPIRED = "expired"
    DESTROYED = "destroyed"


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """A key, and how it stands; `own` where it was made here, else it was confirmed on `day`.

    `expires` is the first day on which it is not sealed to; None: never, or it is not known.
    """

    fingerprint: str
    own: bool
    day: date
    state: KeyState
    expires: date | None = None
    recipient: Recipient | None = None

    @property
    def sealed_to(self) -> str:
        """The fingerprint noted of what is sealed to it: that of the subkey of the day, or its."""
        return self.recipient.sealed_to if self.recipient else self.fingerprint

    def is_named(self, fingerprints: Collection[str]) -> bool:
        """Whether one of these fingerprints is the key's, or of any day of its calendar."""
        if self.recipient:
            return self.recipient.is_named(fingerprints)
        return self.fingerprint in fingerprints


def known_keys(station: Station, day: date) -> list[KnownKey]:
    """Return the keys made here, oldest first, and then those confirmed. Raises KeyringError."""
    made = [_own(station, note, day) for note in station.settings.key_notes()]
    return made + [_confirmed(key, day) for key in station.foreign_keys.all()]


def find_key(station: Station, typed: str, day: date) -> KnownKey:
    """Return the key whose whole fingerprint was typed. Raises NoSuchKeyError, KeyringError."""
    wanted = "".join(typed.split()).upper()
    for key in known_keys(station, day):
        if key.fingerprint == wanted:
            return key
    raise NoSuchKeyError(fingerprint=typed)


def usable(keys: list[KnownKey], *, own: bool | None = None) -> list[KnownKey]:
    """Return those that can be sealed to, of one origin if it is given."""
    return [key for key in keys if key.state is KeyState.USABLE and own in (None, key.own)]


def _own(station: Station, note: KeyNote, day: date) -> KnownKey:
    state = KeyState.RETIRED if note.retired else KeyState.USABLE
    known = KnownKey(fingerprint=note.fingerprint, own=True, day=note.made, state=state)
    if note.destroyed:
        return replace(known, state=KeyState.DESTROYED)
    return _judged(public_part(station.home.gnupg, note.fingerprint), known, day)


def _confirmed(key: ForeignKey, day: date) -> KnownKey:
    known = KnownKey(
        fingerprint=key.fingerprint, own=False, day=key.confirmed, state=KeyState.USABLE
    )
    return _judged(key.armored.encode(), known, day)


def _judged(armored: bytes, key: KnownKey, day: date) -> KnownKey:
    """Have gpg judge a key as the server does: what has expired or was revoked is not usable."""
    try:
        recipient = read_recipient(armored, day)
    except BadDeskKey:
        state = KeyState.EXPIRED if key.state is KeyState.USABLE else key.state
        return replace(key, state=state)
    return replace(key, expires=recipient.expires, recipient=recipient)
