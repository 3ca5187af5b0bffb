"""Keeps what sources had sealed to the desk's key beforehand, opened, while its subkey is here.

Else a subkey that is destroyed would take with it what lies sealed inside of what was opened.
"""

from functools import partial

from crypto.errors import OpenFailed
from formats.letter import FILES_LIMIT
from formats.payload import PayloadReader
from viewing_station.deliveries import Delivery
from viewing_station.fresh_files import Source
from viewing_station.inner import LOOKED_AT, OPENED_LIMIT, looks_sealed
from viewing_station.opener import Opener
from viewing_station.trouble import OverflowingError
from viewing_station.vault import Draft, Vault


def open_inner_files(opener: Opener, vault: Vault, delivery: Delivery) -> dict[str, str]:
    """Return the names in the vault of what was sealed in a delivery's files, by the files' names.

    What does not open here is left out. `delivery` has its archive.
    """
    found: dict[str, str] = {}
    room = OPENED_LIMIT
    with vault.open(delivery.archive) as plain:
        archive = PayloadReader(plain, FILES_LIMIT)
        for file in delivery.files:
            source = partial(archive.open, file.name)
            if room > 0 and _is_sealed(source):
                room = _keep(opener, vault, source, room, found, file.name)
    return found


def open_inner(opener: Opener, source: Source, draft: Draft, room: int) -> int | None:
    """Open what is sealed in a file into a draft of `room` bytes at most; return its size.

    None where it does not open. Raises OverflowingError.
    """
    try:
        with source() as content:
            size = opener.open(content, draft.write, limit=room)
    except OpenFailed:
        return None
    draft.finish()
    return size


def _keep(  # noqa: PLR0913, PLR0917  one step of a loop
    opener: Opener, vault: Vault, source: Source, room: int, found: dict[str, str], name: str
) -> int:
    """Keep one, and return the room that is left; a second bomb is not worth the time."""
    with vault.draft() as draft:
        try:
            size = open_inner(opener, source, draft, room)
        except OverflowingError:
            return 0
        if size is None:
            return room
        found[name] = vault.keep(draft)
        return room - size


def _is_sealed(source: Source) -> bool:
    with source() as content:
        return looks_sealed(content.read(LOOKED_AT))
