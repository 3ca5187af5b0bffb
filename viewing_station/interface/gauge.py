"""How far long work in another thread is: written there, read here, stopped from here."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from textual.content import Content

from viewing_station.interface.palette import FAINT, MARK
from viewing_station.interface.words import line
from viewing_station.progress import how_far

WIDTH = 40  # cells of the bar


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
        self._stop = threading.Event()

    @contextmanager
    def measuring(self, what: str, total: int) -> Iterator["Gauge"]:
        """Measure some work of `total` bytes."""
        self.what, self._done, self._total = what, 0, total
        self._begun = time.monotonic()
        yield self

    def advance(self, size: int) -> None:
        """Count `size` bytes more. Raises StoppedError once the reviewer wants that."""
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
        """Return the bar, with its rate and the time left."""
        share = min(1.0, self._done / self._total) if self._total else 0.0
        full = round(share * WIDTH)
        elapsed = max(time.monotonic() - self._begun, 0.001)
        return line(
            f"{self.what}  {share:.0%}\n\n",
            ("█" * full, MARK),
            ("░" * (WIDTH - full), FAINT),
            "\n\n",
            (how_far(self._done, self._total, self._done / elapsed), FAINT),
        )
