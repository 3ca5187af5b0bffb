"""Writes a file that appears whole, on the disk, or not at all."""

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from viewing_station.errors import FileThereError
from viewing_station.home import PRIVATE_FILE, sync_folder


@contextmanager
def arriving(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Write beside `file`, and put it in place once it is whole and on the disk.

    It can be read back meanwhile. Raises FileThereError where something stands there, but for
    `force`.
    """
    if not force and os.path.lexists(file):
        raise FileThereError(file=file)
    for left in file.parent.glob(f".{glob.escape(file.name)}.*.part"):
        left.unlink()  # by a command that was cut off: this one has the station to itself
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
        with os.fdopen(handle, "w+b") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)
