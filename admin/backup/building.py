"""The folder in which a home is built up: beside its place, and named last, when it is whole."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.errors import AdminError
from tor.files import make_private_folder, sync_folder


@contextmanager
def building(home: Path) -> Iterator[Path]:
    """Lend an empty private folder that becomes `home` on a clean exit, in one step.

    What an interrupted command left of one is cleared away. Raises AdminError where `home` is
    neither absent nor empty, and leaves it as it is.
    """
    home = home.absolute()
    refuse_filled(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = home.with_name(f".{home.name}.restoring")
    make_private_folder(folder)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AdminError(f"Another command is restoring {home}.") from None
        try:
            _empty(folder)
            yield folder
            os.sync()
            refuse_filled(home)
            folder.rename(home)  # an empty folder gives way to it, and nothing else does
            sync_folder(home.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def refuse_filled(home: Path) -> None:
    """Raise AdminError unless `home` is absent or empty."""
    if home.exists() and any(home.iterdir()):
        raise AdminError(f"{home} is not empty: an instance is restored into a folder of its own.")


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
