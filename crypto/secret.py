"""A value that must never be shown: the base of every secret type in this room."""

import hmac
from typing import ClassVar, NoReturn, Self

from crypto.errors import BadKey


class Secret:
    """Bytes that show in no repr, log, pickle or copy, and compare in constant time.

    Subclasses are the kinds of key. Two secrets are equal only if they are of one kind.
    Python may keep copies of bytes in memory; nothing here pretends to wipe them.
    """

    __slots__ = ("_value",)

    SIZE: ClassVar[int | None] = None  # bytes; None where any length will do

    def __init__(self, value: bytes) -> None:
        """Take the bytes; raise `BadKey` when the kind has another size."""
        if self.SIZE is not None and len(value) != self.SIZE:
            raise BadKey(f"{type(self).__name__} takes {self.SIZE} bytes")
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """Return the bytes themselves. Whoever calls this answers for where they go."""
        return self._value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} redacted>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret) or type(other) is not type(self):
            return NotImplemented
        return hmac.compare_digest(self._value, other._value)

    # An equal hash in a dictionary or a set would compare outside constant time.
    __hash__ = None  # type: ignore[assignment]  # how Python says "unhashable"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} refuses to be pickled or copied")

    def __copy__(self) -> Self:
        raise TypeError(f"{type(self).__name__} refuses to be copied")

    def __deepcopy__(self, memo: object) -> Self:
        raise TypeError(f"{type(self).__name__} refuses to be copied")


class Key(Secret):
    """A secret of 32 bytes, as every symmetric and private key here is."""

    __slots__ = ()

    SIZE = 32
