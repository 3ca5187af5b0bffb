"""How far long work in another thread is: written there, read here, stopped from here."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual.content import Content

from viewing_station.interface.palette import FAINT, MARK
from viewing_station.interface.words import line
from viewing_station.looking.look import Watcher
from viewing_station.progress import how_far
from viewing_station.screen import counted

WIDTH = 40  # cells of the bar
WHOLE = 100  # parts of a film


class StoppedError(InterruptedError):
    """The reviewer stopped the work.

    An OSError: what reads an envelope takes it for a stick that was pulled out, keeps what is
    whole, and blames nobody.
    """


class Gauge:
    """Passes for the meter of one piece of work after another."""

    def __init__(self) -> None:
        self.what = "Beginning"
        self._done, self._total = 0, 0
        self._begun = time.monotonic()
        self._say: Callable[[int, int, float], str] = how_far
        self._stop = threading.Event()

    @contextmanager
    def measuring(self, what: str, total: int) -> Iterator["Gauge"]:
        """Measure some work of `total` bytes."""
        self.what, self._done, self._total = what, 0, total
        self._begun, self._say = time.monotonic(), how_far
        yield self

    @contextmanager
    def watching(self, what: str) -> Iterator[Watcher]:
        """Watch pages being made, whose number is known once the first is; or a film's share."""
        self.what, self._done, self._total = what, 0, 0
        self._begun, self._say = time.monotonic(), _pages
        yield Watcher(self._expect, self.advance, self._share)

    def _expect(self, total: int) -> None:
        self._total = total

    def _share(self, part: float) -> None:
        self._total, self._say = WHOLE, _nothing
        self.advance(round(part * WHOLE) - self._done)

    def advance(self, size: int) -> None:
        """Count `size` more. Raises StoppedError once the reviewer wants that."""
        if self._stop.is_set():
            raise StoppedError
        self._done += size

    def stop(self) -> None:
        """Stop the work at its next step."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the reviewer wants it stopped."""
        return self._stop.is_set()

    def shown(self) -> Content:
        """Return the bar, and in words how far it is; an empty one until that can be known."""
        if not self._total:
            return line(f"{self.what}\n\n", ("░" * WIDTH, FAINT), "\n\n")
        share = min(1.0, self._done / self._total)
        full = round(share * WIDTH)
        elapsed = max(time.monotonic() - self._begun, 0.001)
        return line(
            f"{self.what}  {share:.0%}\n\n",
            ("█" * full, MARK),
            ("░" * (WIDTH - full), FAINT),
            "\n\n",
            (self._say(self._done, self._total, self._done / elapsed), FAINT),
        )


def _pages(done: int, total: int, _rate: float) -> str:
    return f"{done:,} of {counted(total, 'page')}"


def _nothing(_done: int, _total: int, _rate: float) -> str:
    return ""
