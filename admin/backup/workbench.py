"""Where a backup's copy of the database lies meanwhile: in the home, and gone when it is done.

It holds nothing that the database beside it does not. Whatever cut a backup off, the next one, or
the sweeper of a running `serve`, clears it away: the lock tells whether it is in use.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.errors import AdminError
from storage.blob_files import overwrite
from tor.files import hold, make_private_folder, sync_folder
from web.instance import Places


@contextmanager
def workbench(places: Places) -> Iterator[Path]:
    """Lend an empty private folder, and clear it away. Raises AdminError while another has it."""
    lock = hold(_lock(places))
    if lock is None:
        raise AdminError("Another backup of this instance is being made.")
    try:
        _clear(_folder(places))
        make_private_folder(_folder(places))
        yield _folder(places)
    finally:
        _clear(_folder(places))
        os.close(lock)


def clear_abandoned(places: Places) -> None:
    """Clear away what a backup that was cut off has left, unless one is being made."""
    if not _folder(places).exists():
        return
    lock = hold(_lock(places))
    if lock is not None:
        try:
            _clear(_folder(places))
        finally:
            os.close(lock)


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    for path in folder.iterdir():
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            overwrite(file)
        finally:
            os.close(file)
            path.unlink()
    folder.rmdir()
    sync_folder(folder.parent)


def _folder(places: Places) -> Path:
    return places.run / "backup"


def _lock(places: Places) -> Path:
    return places.run / "backup.lock"
