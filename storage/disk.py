"""How much room the disk has left, and below which marks nothing more is taken in."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_GIB = 1 << 30
_MIB = 1 << 20


@dataclass(frozen=True)
class DiskMarks:
    """Free space in bytes below which files, and further below letters too, are refused.

    What lies under the lower mark is the reserve of the database: replies, sessions, deletions.
    """

    files_floor: int
    letters_floor: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the default marks of a file system: a share of it, at most a fixed amount."""
        status = os.statvfs(path)
        size = status.f_blocks * status.f_frsize
        return cls(min(_GIB, size * 5 // 100), min(256 * _MIB, size * 2 // 100))

    def take_files(self, free_bytes: int, incoming: int = 0) -> bool:
        """Return whether files may come in, `incoming` bytes of them."""
        return free_bytes - incoming >= self.files_floor

    def take_letters(self, free_bytes: int, incoming: int = 0) -> bool:
        """Return whether a letter may come in."""
        return free_bytes - incoming >= self.letters_floor


def free(path: Path) -> int:
    """Return the bytes that this process may still write to the file system of a path."""
    status = os.statvfs(path)
    return status.f_bavail * status.f_frsize
