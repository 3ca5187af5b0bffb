"""Signs that the instance moves to another onion address, with a key that never leaves the station.

It is made once, on demand: one station of an instance holds it. The server only ever gets its
public half, so that whoever seizes the server cannot send sources to a false address.
"""

from datetime import date
from pathlib import Path

from crypto.signing import AnnouncementSigner, SigningSeed
from formats.announcement import ANNOUNCEMENT_LIMIT, KIND, Announcement, Move, decode_draft
from formats.announcement_key import AnnouncementKey
from formats.errors import FormatError
from viewing_station.arriving import arriving
from viewing_station.errors import (
    BadDraftError,
    NoAnnouncementKeyError,
    OtherInstanceDraftError,
    StaleDraftError,
)
from viewing_station.station import Station


def announcement_key(station: Station) -> tuple[AnnouncementKey, Path]:
    """Make the key if there is none; write its public half for the admin, and return both."""
    settings = station.settings
    if settings.announcement_seed is None:
        with station.records.change():
            settings.announcement_seed = SigningSeed.new()
    key = AnnouncementKey(settings.instance.instance, _signer(station).public)
    file = station.home.announcement_key
    if not file.is_file() or file.read_bytes() != key.encode():
        with arriving(file, force=True) as sink:
            sink.write(key.encode())
    return key, file


def read_draft(station: Station, file: Path, day: date) -> Move:
    """Read what is to be signed.

    Raises BadDraftError, OtherInstanceDraftError, StaleDraftError, NoAnnouncementKeyError, OSError.
    """
    with file.open("rb") as source:
        untrusted = source.read(ANNOUNCEMENT_LIMIT + 1)
    try:
        move = decode_draft(untrusted)
    except FormatError:
        raise BadDraftError(file=file) from None
    if move.instance != station.settings.instance.instance:
        raise OtherInstanceDraftError(file=file)
    if move.until < day:
        raise StaleDraftError(file=file, until=move.until)
    _signer(station)
    return move


def announce(station: Station, move: Move, file: Path, *, force: bool) -> None:
    """Write the signed announcement. Raises NoAnnouncementKeyError, FileThereError, OSError."""
    signature = _signer(station).sign(KIND, move.signed())
    with arriving(file, force=force) as sink:
        sink.write(Announcement(move, signature).encode())


def _signer(station: Station) -> AnnouncementSigner:
    seed = station.settings.announcement_seed
    if seed is None:
        raise NoAnnouncementKeyError
    return AnnouncementSigner(seed)
