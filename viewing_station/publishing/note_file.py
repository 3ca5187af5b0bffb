"""Writes one small file where none stands."""

import os
from pathlib import Path

from viewing_station.errors import FileExistsHereError
from viewing_station.home import PRIVATE_FILE


def write_note(file: Path, content: bytes) -> None:
    """Write `file`, mode 0600, whole or not at all. Raises FileExistsHereError, OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(file, flags, PRIVATE_FILE)
    except FileExistsError:
        raise FileExistsHereError(file=file) from None
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
    except BaseException:
        file.unlink()
        raise
