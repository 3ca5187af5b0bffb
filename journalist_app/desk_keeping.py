"""Desks, their keys and their stations, as admins keep them: on the pages and by the command.

`who` is the admin's name where a page is used, None for a command on the server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from crypto.deskkeys import MAX_FILE_SIZE, DeskKey, read_desk_key
from formats.errors import FormatError
from formats.handles import is_desk_slug
from formats.names import visible
from formats.station import decode_station
from journalist_app.keeping_refusals import (
    AnotherDesksStation,
    BadDeskName,
    BadSlug,
    KeyTooLarge,
    NameTaken,
    NoKeyGiven,
    NoStation,
    NoSuchDesk,
    NoSuchKey,
    NotAStation,
    StationThere,
)
from journalist_app.key_warnings import warned_within
from storage import desks, key_windows
from storage.desks import ActiveKey
from storage.errors import AlreadyThere, DeskUnknown
from storage.history import Deed
from storage.key_windows import NewWindow, put_windows
from storage.models import DeskKey as StoredKey
from storage.models import DeskState, KeyWindow
from web.history import note
from web.services import Services

NAME_MAX_CHARACTERS = 100  # it stands in a list, on a page that has one size

# A key is "between" on a day that its calendar leaves out.
KeyState = Literal["active", "between", "expired", "retired"]
_DEEDS = {
    DeskState.OPEN: Deed.DESK_RESUMED,
    DeskState.PAUSED: Deed.DESK_PAUSED,
    DeskState.CLOSED: Deed.DESK_CLOSED,
}


@dataclass(frozen=True)
class ListedKey:
    """A desk's key with what makes it usable or not.

    `expires` is the first day on which nothing can be sealed to it. `sealed_to` is the subkey of
    the day and `windows` counts those to come, this one among them, where it has a calendar. `left`
    are the days until it expires, once they are few enough to be spoken of.
    """

    fingerprint: str
    state: KeyState
    expires: date | None
    sealed_to: str | None = None
    windows: int = 0
    left: int | None = None


@dataclass(frozen=True)
class ListedDesk:
    """A desk as it is listed. `keys` counts those that are sealed to today.

    `left` are the days until the first of them expires, once they are few enough to be spoken of.
    """

    slug: str
    name: str
    state: DeskState
    keys: int
    station: bool
    left: int | None = None


class DeskKeeping:
    """The desks of an instance."""

    def __init__(self, services: Services, who: str | None = None) -> None:
        self._services, self._who = services, who

    def list_desks(self) -> list[ListedDesk]:
        """List all desks by their slugs."""
        today = self._services.today
        with self._services.db.read() as transaction:
            listed = []
            for row in desks.list_desks(transaction):
                keys = desks.active_keys(transaction, row.slug, today)
                station = desks.station_key(transaction, row.slug) is not None
                left = min(filter(None, (_left(key, today) for key in keys)), default=None)
                listed.append(ListedDesk(row.slug, row.name, row.state, len(keys), station, left))
            return listed

    def find(self, slug: str) -> ListedDesk:
        """Give one desk; raises NoSuchDesk."""
        for desk in self.list_desks():
            if desk.slug == slug:
                return desk
        raise NoSuchDesk

    def add(self, slug: str, name: str) -> None:
        """Add an open desk; its slug stands in addresses and file names."""
        if not is_desk_slug(slug):
            raise BadSlug
        shown = name.strip()
        if not 0 < len(shown) <= NAME_MAX_CHARACTERS or visible(shown) != shown:
            raise BadDeskName
        with self._services.db.write() as transaction:
            try:
                desks.add_desk(transaction, slug, shown)
            except AlreadyThere:
                raise NameTaken from None
            self._note(transaction, Deed.DESK_ADDED, slug)

    def set_state(self, slug: str, state: DeskState) -> None:
        """Open, pause or close a desk."""
        with self._services.db.write() as transaction:
            try:
                desks.set_state(transaction, slug, state)
            except DeskUnknown:
                raise NoSuchDesk from None
            self._note(transaction, _DEEDS[state], slug)

    def keys(self, slug: str) -> list[ListedKey]:
        """List a desk's keys, retired ones too."""
        today = self._services.today
        with self._services.db.read() as transaction:
            try:
                active = {
                    key.fingerprint: key for key in desks.active_keys(transaction, slug, today)
                }
            except DeskUnknown:
                raise NoSuchDesk from None
            calendars = key_windows.of_desk(transaction, slug)
            return [
                _listed(key, active.get(key.fingerprint), calendars.get(key.fingerprint, ()), today)
                for key in desks.keys(transaction, slug)
            ]

    def add_key(self, slug: str, file: bytes) -> DeskKey:
        """Check an exported public key and add it; raises BadDeskKey too.

        A copy that is here already is not replaced: the two become one.
        """
        if not file.strip():
            raise NoKeyGiven
        if len(file) > MAX_FILE_SIZE:
            raise KeyTooLarge
        added = None
        while added is None:
            added = self._add_key(slug, file)
        return added

    def _add_key(self, slug: str, file: bytes) -> DeskKey | None:
        """Add a key; None if another copy of it was added meanwhile."""
        known: dict[str, str | None] = {}
        today = self._services.today
        key = read_desk_key(
            file, today, known=lambda it: known.setdefault(it, self._armored(slug, it))
        )
        windows = [NewWindow(w.subkey, w.begins, w.ends, w.armored) for w in key.windows]
        with self._services.db.write() as transaction:
            if desks.armored(transaction, slug, key.fingerprint) != known.get(key.fingerprint):
                return None
            try:
                desks.add_key(transaction, slug, key.fingerprint, key.armored, key.expires)
            except DeskUnknown:
                raise NoSuchDesk from None
            put_windows(transaction, slug, key.fingerprint, windows, today)
            self._note(transaction, Deed.KEY_ADDED, slug, key.fingerprint)
        return key

    def _armored(self, slug: str, fingerprint: str) -> str | None:
        with self._services.db.read() as transaction:
            return desks.armored(transaction, slug, fingerprint)

    def retire_key(self, slug: str, untrusted_fingerprint: str) -> int:
        """Seal nothing more to a key; give how many usable ones are left."""
        fingerprint = "".join(untrusted_fingerprint.split()).upper()
        with self._services.db.write() as transaction:
            if not desks.retire_key(transaction, slug, fingerprint):
                raise NoSuchKey
            self._note(transaction, Deed.KEY_RETIRED, slug, fingerprint)
            return len(desks.active_keys(transaction, slug, self._services.today))

    def station(self, slug: str) -> bytes | None:
        """Give the public key of the desk's station, None if there is none."""
        with self._services.db.read() as transaction:
            return desks.station_key(transaction, slug)

    def set_station(self, slug: str, file: bytes) -> bytes:
        """Pin the station's public key that signs the desk's couriers; give it back."""
        try:
            station = decode_station(file)
        except FormatError as error:
            raise NotAStation(f"This is not a station's public file: {error}") from None
        if station.desk != slug:
            raise AnotherDesksStation(
                f"This is the station of the desk {station.desk}, not of {slug}."
            )
        with self._services.db.write() as transaction:
            try:
                desks.set_station(transaction, slug, station.public_key)
            except DeskUnknown:
                raise NoSuchDesk from None
            except AlreadyThere:
                raise StationThere from None
            self._note(transaction, Deed.STATION_SET, slug)
        return station.public_key

    def remove_station(self, slug: str) -> None:
        """Accept no courier for this desk any more."""
        with self._services.db.write() as transaction:
            if not desks.remove_station(transaction, slug):
                raise NoStation(f"Desk {slug} has no station.")
            self._note(transaction, Deed.STATION_REMOVED, slug)

    def _note(
        self, transaction: Session, deed: Deed, slug: str, fingerprint: str | None = None
    ) -> None:
        note(self._services, transaction, deed, who=self._who, desk=slug, about=fingerprint)


def _listed(
    key: StoredKey, active: ActiveKey | None, windows: Sequence[KeyWindow], today: date
) -> ListedKey:
    coming = sum(bool(row.armored) and not key_windows.is_over(row, today) for row in windows)
    expires = key.expires if active is None else active.expires
    sealed_to = active.sealed_to if active is not None and windows else None
    left = None if active is None else _left(active, today)
    state = _state(key, active, today)
    return ListedKey(key.fingerprint, state, expires, sealed_to, coming, left)


def _left(key: ActiveKey, today: date) -> int | None:
    if key.expires is None or warned_within(key.expires, today) is None:
        return None
    return (key.expires - today).days


def _state(key: StoredKey, active: ActiveKey | None, today: date) -> KeyState:
    if active is not None:
        return "active"
    if key.retired:
        return "retired"
    return "expired" if key.expires is not None and key.expires <= today else "between"
