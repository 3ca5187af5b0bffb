"""Whether a service's descriptor is up: what tor's HS_DESC events add up to.

tor announces each upload and then its end (control-spec, section 4.1.25). A change has taken
effect when each upload that it caused has ended well. No input or output here: events and times
come in as arguments.

A directory refuses a descriptor that is not newer than the one it has, as happens when two are
sent within about a second; tor then does not try again for an hour. So a refusal asks for another
round, and rounds stand apart.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

SETTLE_SECONDS = 1.5  # without a new upload, no more of the same round are coming
SPACING_SECONDS = 2.5  # between two rounds; a directory's clock for descriptors counts in seconds


class Action(Enum):
    """What an event says of one upload."""

    BEGUN = "UPLOAD"
    DONE = "UPLOADED"
    FAILED = "FAILED"


class Outcome(Enum):
    """What a round came to."""

    WAITING = "waiting"
    UP = "up"
    FAILED = "failed"


@dataclass
class Round:
    """One publication: from the change that causes it to the end of its uploads.

    Events that end an upload name its directory only, not which of a service's two descriptors
    (of this period and the next) it was: so they are counted by directory.
    """

    begun: float
    _open: Counter[str] = field(default_factory=Counter)
    _done: Counter[str] = field(default_factory=Counter)
    _failed: Counter[str] = field(default_factory=Counter)
    _last: float = 0.0

    def note(self, action: Action, directory: str, now: float) -> None:
        """Take one event of this service: of an upload to `directory`."""
        self._last = now
        if action is Action.BEGUN:
            self._open[directory] += 1
        elif self._open[directory]:  # else it belongs to a round before this one
            self._open[directory] -= 1
            ended = self._done if action is Action.DONE else self._failed
            ended[directory] += 1

    def outcome(self, now: float) -> Outcome:
        """Tell how it stands."""
        ended = self._done.total() + self._failed.total()
        if not ended or self._open.total() or now - self._last < SETTLE_SECONDS:
            return Outcome.WAITING
        return Outcome.FAILED if self._failed else Outcome.UP

    @property
    def anywhere(self) -> bool:
        """Whether at least one directory has taken a descriptor."""
        return bool(self._done)

    @property
    def figures(self) -> str:
        """How many uploads went well, of how many that were begun."""
        done = self._done.total()
        return f"{done}/{done + self._failed.total() + self._open.total()}"
