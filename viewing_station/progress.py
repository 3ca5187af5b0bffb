"""A progress bar with rate and time left, for work that takes more than a second."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from viewing_station.screen import human_size

PATIENCE = 1.0  # seconds of work before a bar is worth looking at


class Counter(Protocol):
    """What long work tells how far it is."""

    def advance(self, size: int) -> None:
        """Count `size` bytes more."""


Measuring = Callable[[str, int], AbstractContextManager[Counter]]


class Meter:
    """Counts work done, in bytes unless `say` puts a number otherwise.

    It shows a bar on a terminal's standard error, and only there.
    """

    def __init__(self, what: str, total: int, bar: Progress, say: Callable[[int], str]) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._bar = bar
        self._say = say
        self._task: TaskID | None = None
        self._begun = time.monotonic()

    def advance(self, size: int) -> None:
        """Count `size` more."""
        self._done += size
        elapsed = time.monotonic() - self._begun
        if elapsed < PATIENCE or self._bar.disable:
            return
        if self._task is None:
            self._task = self._bar.add_task(self._what, total=self._total, told="")
            self._bar.start()
        told = self._told(self._done / elapsed)
        self._bar.update(self._task, completed=self._done, told=told)

    def _told(self, rate: float) -> str:
        return how_far(self._done, self._total, rate, self._say)


def how_far(done: int, total: int, rate: float, say: Callable[[int], str] = human_size) -> str:
    """Say how far some work is, its rate a second and the time left."""
    left = timedelta(seconds=round(max(0, total - done) / max(rate, 1)))
    return f"{say(done)} of {say(total)}, {say(int(rate))}/s, {left} left"


@contextmanager
def meter(what: str, total: int, say: Callable[[int], str] = human_size) -> Iterator[Meter]:
    """Measure some work of `total` bytes, or of what `say` makes of it; its bar goes with it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[told]}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    try:
        yield Meter(what, total, bar, say)
    finally:
        bar.stop()
