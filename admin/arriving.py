"""Files that appear whole or not at all, and never in the place of another."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from admin.errors import AdminError
from tor.files import sync_folder

PIECE = 1 << 20  # bytes written at once: what comes from a pipe comes in crumbs


@contextmanager
def arriving(file: Path) -> Iterator[BinaryIO]:
    """Write beside `file`, and give it its name once it is whole and on the disk.

    The draft can be read back before. What an interrupted command left of one is overwritten by
    the next. Raises AdminError where something stands in the file's place.
    """
    _refuse_existing(file)
    draft = file.with_name(f".{file.name}.part")
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w+b", buffering=PIECE) as sink:
        try:
            fcntl.flock(sink, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AdminError(f"Another command is writing {file}.") from None
        if not (draft.exists() and os.path.samestat(os.fstat(handle), draft.stat())):
            raise AdminError(f"Another command has just written {file}.")  # this is no draft now
        try:
            sink.truncate(0)
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
            _refuse_existing(file)
            draft.replace(file)
            sync_folder(file.parent)
        finally:
            draft.unlink(missing_ok=True)


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise AdminError(f"{file} exists already and was left as it is.")
