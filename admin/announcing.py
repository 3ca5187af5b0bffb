"""Announcing that the source address moves: drafted here, signed at the station, verified here.

The key that signs never comes to the server. Its public half is pinned here and published, so that
who kept it early can verify an announcement that a seized server shows.
"""

from pathlib import Path

from admin.errors import AdminError
from admin.onion_rotation import end_overdue, moving
from admin.onion_state import Overlap
from admin.onions import service_of
from crypto.errors import BadSignature
from crypto.fingerprint import fingerprint
from crypto.signing import AnnouncementVerifier
from formats.announcement import (
    ANNOUNCEMENT_LIMIT,
    KIND,
    Announcement,
    Move,
    decode_announcement,
)
from formats.announcement_key import KEY_LIMIT, AnnouncementKey, decode_announcement_key
from formats.errors import FormatError
from tor.files import make_private_folder, write_whole
from tor.service_dir import ServiceDirectory
from web.instance import Instance, Places
from web.onion import Announced
from web.services import Services

APP = "source"  # reviewers are told in their app, behind its log-in


def key_file(places: Places) -> Path:
    """Give the place of the pinned key."""
    return places.onions / "announcement-key.json"


def announcement_file(places: Places) -> Path:
    """Give the place of the last announcement that was taken."""
    return places.onions / "announcement.json"


def draft_file(places: Places) -> Path:
    """Give the place of the draft that goes to the station."""
    return places.onions / "announcement-draft.json"


def read_key(file: Path) -> AnnouncementKey:
    """Read a public announcement key. Raises AdminError."""
    try:
        return decode_announcement_key(_read(file, KEY_LIMIT))
    except FormatError:
        raise AdminError(f"{file} is not an announcement key (announcement-key.json).") from None


def pin_key(instance: Instance, file: Path, *, replace: bool) -> AnnouncementKey:
    """Trust the key in `file` to announce, and publish it. Raises AdminError."""
    key, places = read_key(file), instance.places
    if key.instance != instance.config.instance:
        raise AdminError(f"{file} is the announcement key of another instance.")
    pinned = pinned_key(places)
    if pinned is not None and pinned != key and not replace:
        raise AdminError(
            "Another announcement key is pinned, and people keep it to verify with: --replace "
            "takes the new one all the same."
        )
    make_private_folder(places.onions)
    write_whole(key_file(places), key.encode())
    return key


def pinned_key(places: Places) -> AnnouncementKey | None:
    """Give the key that announcements must be signed with, if one was pinned."""
    file = key_file(places)
    return read_key(file) if file.exists() else None


def write_draft(instance: Instance, overlap: Overlap) -> None:
    """Write what the station is asked to sign."""
    write_whole(draft_file(instance.places), _move(instance, overlap).draft())


def present_move(instance: Instance) -> Move:
    """Give the move of the source address that is under way. Raises AdminError."""
    overlap = moving(instance.places, APP)
    if overlap is None:
        raise AdminError(f"The {APP} address is not moving: `onion rotate {APP}` begins that.")
    return _move(instance, overlap)


def _move(instance: Instance, overlap: Overlap) -> Move:
    places = instance.places
    return Move(
        instance=instance.config.instance,
        old=service_of(places, APP).address().host,
        new=ServiceDirectory(places.onions / overlap.folder).address().host,
        since=overlap.since,
        until=overlap.until,
    )


def verify(file: Path, key: AnnouncementKey) -> Move:
    """Give the move that `file` announces, if the key signed it. Raises AdminError."""
    announcement = _announcement(file)
    if announcement.move.instance != key.instance:
        raise AdminError("Not valid: it is the announcement of another instance than the key's.")
    try:
        AnnouncementVerifier(key.public_key).verify(
            KIND, announcement.move.signed(), announcement.signature
        )
    except BadSignature:
        raise AdminError(
            "Not valid: this key did not sign it, or it was altered. Do not go there."
        ) from None
    return announcement.move


def announce(instance: Instance, file: Path) -> Move:
    """Have the pages at the old address show the new one. Raises AdminError."""
    places = instance.places
    key = pinned_key(places)
    if key is None:
        raise AdminError(
            "No announcement key is pinned: `viewing-station announcement-key` makes it, "
            "`vasistas onion announcement-key FILE` pins it."
        )
    move = verify(file, key)
    if move != present_move(instance):
        raise AdminError(
            f"{file} announces another move than the one under way: have the station sign "
            f"{draft_file(places)}."
        )
    write_whole(announcement_file(places), _announcement(file).encode())
    return move


def is_announced(instance: Instance) -> bool:
    """Tell whether the move under way is announced: from this address to that one."""
    told, move = announced(instance.places), present_move(instance)
    return told is not None and (told.old, told.new) == (move.old, move.new)


def announced(places: Places) -> Move | None:
    """Give the last move that was announced, if the pinned key still says so."""
    file, key = announcement_file(places), pinned_key(places)
    if key is None or not file.exists():
        return None
    try:
        return verify(file, key)
    except AdminError:  # the key was replaced since, or the file was damaged: nothing is shown
        return None


def public_files(places: Places) -> Announced:
    """Give what anybody may read about the key and the last move."""
    key, move = pinned_key(places), announced(places)
    if key is None:
        return Announced()
    known = Announced(key=key.encode(), key_fingerprint=fingerprint(key.public_key))
    if move is None:
        return known
    return Announced(
        known.key,
        known.key_fingerprint,
        announcement_file(places).read_bytes(),
        move.old,
        move.new,
        move.since,
        move.until,
    )


def owed(instance: Instance) -> Overlap | None:
    """Give the move of the source address that still wants its announcement, if there is one."""
    overlap = moving(instance.places, APP)
    return None if overlap is None or is_announced(instance) else overlap


def end_moves(services: Services) -> None:
    """End the moves whose last day is past.

    A source address whose move nobody announced stays: nobody there could know the new one.
    """
    keep = frozenset({APP}) if owed(services.instance) else frozenset()
    end_overdue(services.instance.places, services.today, keep=keep)


def _announcement(file: Path) -> Announcement:
    try:
        return decode_announcement(_read(file, ANNOUNCEMENT_LIMIT))
    except FormatError:
        raise AdminError(f"Not valid: {file} has not the form of an announcement.") from None


def _read(file: Path, limit: int) -> bytes:
    with file.open("rb") as source:
        return source.read(limit + 1)
