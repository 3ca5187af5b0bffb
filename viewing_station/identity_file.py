"""Reads an instance's public identity from the file an admin gave."""

from pathlib import Path

from formats.errors import FormatError
from formats.identity import IDENTITY_LIMIT, Identity, decode_identity
from viewing_station.errors import BadIdentityError


def read_identity(file: Path) -> Identity:
    """Return the identity in `file`. Raises BadIdentityError, OSError."""
    with file.open("rb") as source:
        content = source.read(IDENTITY_LIMIT + 1)
    try:
        return decode_identity(content)
    except FormatError:
        raise BadIdentityError(file=file) from None
