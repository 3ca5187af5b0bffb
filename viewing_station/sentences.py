"""What went wrong, in the one sentence that a reviewer reads: on a line, or in the interface."""

import sqlite3
from inspect import cleandoc

from crypto.errors import CryptoError
from formats.errors import FormatError
from formats.names import visible
from viewing_station.errors import RecordsError, StationError

TOLD = (
    StationError,
    FormatError,
    CryptoError,
    OSError,
    sqlite3.OperationalError,
)  # anything else is a fault of ours


def sentence(error: Exception) -> str:
    """Return the sentence of one of the errors that are TOLD."""
    if isinstance(error, StationError):
        return str(error)
    if isinstance(error, sqlite3.OperationalError):  # a full disk, most likely
        return str(RecordsError(why=error))
    if isinstance(error, OSError):
        where = f": {visible(str(error.filename))}" if error.filename else ""
        return f"{error.strerror or 'The work was interrupted'}{where}."
    return cleandoc(type(error).__doc__ or "").partition("\n\n")[0]
