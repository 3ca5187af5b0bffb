"""The instance's keys that can be rotated: the one in force and, in an overlap, the one before.

A file has one line, or two in an overlap, the key in force first: its 32 bytes in hexadecimal and
the day since which it is. What was written by an earlier version has no day. The file is read each
time a key is used, so that a rotation is noticed at once by every process; it is put in place
whole (`web.private_files`), so that a reader finds the keys from before or those from after.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from web.errors import ConfigError

KEY_BYTES = 32
READ_LIMIT = 400  # bytes: two lines, generously
READINGS = 5  # a file that was just replaced is read again; nobody rotates this often


@dataclass(frozen=True)
class KeptKey:
    """A key, and the day since which it is in force; None where no day was written."""

    raw: bytes = field(repr=False)
    since: date | None = None

    def line(self) -> str:
        """Return the key's line in its file."""
        return f"{self.raw.hex()} {self.since}\n" if self.since else f"{self.raw.hex()}\n"


@dataclass(frozen=True)
class KeptKeys:
    """The key in force and, in an overlap, the one before."""

    present: KeptKey
    previous: KeptKey | None = None

    def encode(self) -> bytes:
        """Return the file's bytes."""
        before = self.previous.line() if self.previous else ""
        return (self.present.line() + before).encode("ascii")

    @property
    def all(self) -> tuple[bytes, ...]:
        """Return the keys that are in use, the one in force first."""
        before = (self.previous.raw,) if self.previous else ()
        return (self.present.raw, *before)


def read_keys(path: Path) -> KeptKeys:
    """Read a key file. Raises ConfigError, which never holds what was read."""
    for _ in range(READINGS):
        content, is_current = _read(path)
        try:
            return _parse(content)
        except ValueError:
            if is_current:
                break  # and not the remains of one that was replaced just now
    raise ConfigError(f"{path} is damaged: restore it from a backup.")


def _read(path: Path) -> tuple[bytes, bool]:
    try:
        with path.open("rb") as file:
            content = file.read(READ_LIMIT)
            return content, os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing: restore it from a backup.") from None


def _parse(content: bytes) -> KeptKeys:
    keys = [_key(line) for line in content.decode("ascii").splitlines()]
    if len(keys) not in (1, 2):
        raise ValueError("a key file has one key or two")
    return KeptKeys(*keys)


def _key(line: str) -> KeptKey:
    digits, _, day = line.strip().partition(" ")
    raw = bytes.fromhex(digits)
    if len(raw) != KEY_BYTES:
        raise ValueError("a key has another size")
    return KeptKey(raw, date.fromisoformat(day) if day else None)
