"""The names an app has through Tor, at this moment: they change while it is served."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Overlap:
    """While an app moves: its new name, and the last day (UTC) of the old one.

    It is `announced` once the announcement key has signed so: before that no source is told.
    """

    new: str
    until: date
    announced: bool = False


@dataclass(frozen=True)
class OnionNames:
    """An app's name, `LABEL.onion`, and the one that it moves to, if it does."""

    host: str
    overlap: Overlap | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """All names that may be asked for."""
        return frozenset({self.host} | ({self.overlap.new} if self.overlap else set()))


Onion = Callable[[], OnionNames]


@dataclass(frozen=True)
class Announced:
    """The files about an app's move that anybody may read; empty where there is none.

    `key_fingerprint` is in lower-case hex.
    """

    key: bytes = b""
    key_fingerprint: str = ""
    announcement: bytes = b""
    old: str = ""
    new: str = ""
    since: date | None = None
    until: date | None = None


Announcements = Callable[[], Announced]


def nothing_announced() -> Announced:
    """Tell that there is neither a key nor an announcement."""
    return Announced()
