"""A folder that is there whole or not at all.

It is written under another name beside its place, and takes its place once all is on the disk.
Its files carry one fixed date: when a reviewer worked is nobody's business.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from viewing_station.errors import NotEmptyError
from viewing_station.home import PRIVATE_FILE, PRIVATE_FOLDER, sync_folder
from viewing_station.publishing.release import Part

FIXED_TIME = 315_532_800  # seconds: 1 January 1980 in UTC, the first day a ZIP archive can tell


class NewFolder:
    """A folder in the making."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Write a file, mode 0600, which is on the disk at the end. Raises OSError."""
        path = self.path / name
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, PRIVATE_FILE), "w+b") as sink:
            yield sink
            sink.flush()
            os.utime(sink.fileno(), (FIXED_TIME, FIXED_TIME))
            os.fsync(sink.fileno())

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file from its bytes."""
        with self.create(name) as sink:
            for piece in pieces:
                sink.write(piece)

    def write_parts(self, parts: Iterable[Part]) -> None:
        """Write the files of an export."""
        for part in parts:
            self.write(part.name, part.pieces())


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """Make `target`, which is missing or empty. Raises NotEmptyError, OSError."""
    require_fresh(target)
    target.parent.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    draft.mkdir(PRIVATE_FOLDER)
    try:
        yield NewFolder(draft)
        os.utime(draft, (FIXED_TIME, FIXED_TIME))
        sync_folder(draft)
        draft.rename(target)
    except BaseException:
        _remove(draft)
        raise
    sync_folder(target.parent)


def require_fresh(target: Path) -> None:
    """Raise NotEmptyError for what no new folder can take the place of."""
    there = os.path.lexists(target)
    if there and (target.is_symlink() or not target.is_dir() or target.is_mount()):
        raise NotEmptyError(folder=target)
    if (there and any(target.iterdir())) or not target.name:
        raise NotEmptyError(folder=target)


def _remove(draft: Path) -> None:
    """Take back what was written; on a drive that was pulled out there is nothing to take."""
    with suppress(OSError):
        for path in draft.iterdir():
            path.unlink()
        draft.rmdir()
