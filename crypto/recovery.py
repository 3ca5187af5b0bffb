"""Recovery codes: what stands in for a one-time code when the telephone is lost, each once.

A code is digits only, so that it goes into the field of a one-time code on any keyboard. It
cannot be guessed, and so its hash needs neither slowness nor a key; the reviewer's id salts it,
so that equal codes of two people would not look equal, nor a row count for another.
"""

import hashlib
import re
import secrets
from typing import Self

from crypto.kinds import KEY_SIZE
from crypto.labels import Label
from crypto.secret import Secret

CODES = 10
GROUPS, GROUP_DIGITS = 5, 5  # 25 digits: 83.05 bits
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


class RecoveryCode(Secret):
    """What was drawn, or whatever was typed in its place."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw a code."""
        digits = GROUPS * GROUP_DIGITS
        return cls(f"{secrets.randbelow(10**digits):0{digits}d}".encode())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Take what was typed: white space and hyphens make no difference."""
        return cls(_SEPARATORS.sub("", text).encode("utf-8", "replace"))

    @property
    def text(self) -> str:
        """The groups of digits, to be shown once."""
        digits = self.reveal().decode()
        starts = range(0, len(digits), GROUP_DIGITS)
        return " ".join(digits[start : start + GROUP_DIGITS] for start in starts)


def new_recovery_codes() -> tuple[RecoveryCode, ...]:
    """Draw ten codes."""
    return tuple(RecoveryCode.new() for _ in range(CODES))


def hash_recovery_code(code: RecoveryCode, reviewer: str) -> bytes:
    """Return what is stored of a code: BLAKE2b-256, salted with the reviewer's id (16 bytes)."""
    return hashlib.blake2b(
        code.reveal(),
        digest_size=KEY_SIZE,
        salt=bytes.fromhex(reviewer),
        person=Label.RECOVERY_CODE.value,
    ).digest()
