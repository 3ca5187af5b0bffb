"""Reads what an instance says of itself: its public identity, and the succession of its keys."""

from pathlib import Path

from formats.errors import FormatError
from formats.identity import IDENTITY_LIMIT, Identity, decode_identity
from formats.succession import SUCCESSION_LIMIT, Succession, decode_succession
from viewing_station.errors import BadAnnouncementError, BadIdentityError


def read_identity(file: Path) -> Identity:
    """Return the identity in `file`. Raises BadIdentityError, OSError."""
    try:
        return decode_identity(_read(file, IDENTITY_LIMIT))
    except FormatError:
        raise BadIdentityError(file=file) from None


def read_announcement(file: Path) -> Identity | Succession:
    """Return what announces a new key: an identity or a succession, unchecked.

    Raises BadAnnouncementError, OSError.
    """
    content = _read(file, SUCCESSION_LIMIT)
    for decode in (decode_identity, decode_succession):
        try:
            return decode(content)
        except FormatError:
            continue
    raise BadAnnouncementError(file=file)


def _read(file: Path, limit: int) -> bytes:
    with file.open("rb") as source:
        return source.read(limit + 1)
