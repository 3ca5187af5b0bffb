"""A progress bar with rate and time left, for work that takes more than a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from viewing_station.screen import human_size

PATIENCE = 1.0  # seconds of work before a bar is worth looking at


class Meter:
    """Counts bytes of work done. It shows a bar on a terminal's standard error, and only there."""

    def __init__(self, what: str, total: int, bar: Progress) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._bar = bar
        self._task: TaskID | None = None
        self._begun = time.monotonic()

    def advance(self, size: int) -> None:
        """Count `size` bytes more."""
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
        left = timedelta(seconds=round(max(0, self._total - self._done) / max(rate, 1)))
        done = f"{human_size(self._done)} of {human_size(self._total)}"
        return f"{done}, {human_size(int(rate))}/s, {left} left"


@contextmanager
def meter(what: str, total: int) -> Iterator[Meter]:
    """Measure some work of `total` bytes; the bar goes away with it."""
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
        yield Meter(what, total, bar)
    finally:
        bar.stop()
