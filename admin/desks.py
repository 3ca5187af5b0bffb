"""Desks, their keys and their stations, as the commands change them."""

from pathlib import Path
from typing import Any

from admin.errors import AdminError
from crypto.deskkeys import read_desk_key
from formats.errors import FormatError
from formats.handles import is_desk_slug
from formats.names import visible
from formats.station import decode_station
from storage import desks
from web.services import Services

NAME_MAX_CHARACTERS = 100  # it stands in a list, on a page that has one size
KEY_FILE_MAX_BYTES = 1 << 20  # a key with years of signatures is some kilobytes


def add_desk(services: Services, slug: str, name: str) -> None:
    """Add a desk; its slug stands in addresses and file names."""
    if not is_desk_slug(slug):
        raise AdminError("A desk's slug is 1 to 40 of a-z, 0-9 and hyphens.")
    shown = name.strip()
    if not 0 < len(shown) <= NAME_MAX_CHARACTERS or visible(shown) != shown:
        raise AdminError("A desk needs a name of 1 to 100 characters that sources can read.")
    with services.db.write() as transaction:
        desks.add_desk(transaction, slug, shown)


def add_desk_key(services: Services, slug: str, file: Path) -> str:
    """Check the key in `file` and add it; gives its fingerprint."""
    key = read_desk_key(_read(file), services.today)
    with services.db.write() as transaction:
        desks.add_key(transaction, slug, key.fingerprint, key.armored, key.expires)
    return key.fingerprint


def list_keys(services: Services, slug: str) -> list[dict[str, Any]]:
    """List a desk's keys with what makes them usable or not."""
    with services.db.read() as transaction:
        active = {key.fingerprint for key in desks.active_keys(transaction, slug, services.today)}
        return [
            {
                "fingerprint": key.fingerprint,
                "state": _state(key.fingerprint in active, retired=key.retired),
                "expires": key.expires.isoformat() if key.expires else None,
            }
            for key in desks.keys(transaction, slug)
        ]


def _state(active: bool, *, retired: bool) -> str:  # noqa: FBT001  named at its only call
    if active:
        return "active"
    return "retired" if retired else "expired"


def set_station(services: Services, slug: str, file: Path) -> bytes:
    """Pin the station's public key that signs the desk's couriers; give it back."""
    try:
        station = decode_station(_read(file))
    except FormatError as error:
        raise AdminError(f"{file} is not a station's public file: {error}") from None
    if station.desk != slug:
        raise AdminError(f"This is the station of the desk {station.desk}, not of {slug}.")
    with services.db.write() as transaction:
        desks.set_station(transaction, slug, station.public_key)
    return station.public_key


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        content = source.read(KEY_FILE_MAX_BYTES + 1)
    if len(content) > KEY_FILE_MAX_BYTES:
        raise AdminError(f"{file} is too large to be a key.")
    return content
