"""A member of an archive: what it is called and how many bytes it has."""

from typing import NamedTuple


class Member(NamedTuple):
    """A member's name, and its size in bytes."""

    name: str
    size: int
