"""What a rotation and its end give back to the command that asked for them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rotated:
    """A key that is in force since a day; `begun` is false where the overlap was there already."""

    begun: bool
    since: date


@dataclass(frozen=True)
class Resealed(Rotated):
    """Also: how many boxes are sealed anew, and how many no key opens, which were left."""

    resealed: int = 0
    unreadable: int = 0
