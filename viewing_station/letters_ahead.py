"""Opens the next letters of a bundle while the present one is kept.

gpg takes some ten milliseconds a letter, most of it to start; the disk takes half as long to see a
letter kept. Neither waits for the other, and gpg runs on all cores. A letter is still believed,
kept and told of in its turn.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

from formats.bundle import EnvelopeEntry
from viewing_station.bundle_check import Progress
from viewing_station.letter_open import OpenedLetter

WORKERS = min(4, os.cpu_count() or 1)  # gpgs at once: more gain nothing on a laptop
AHEAD = 2 * WORKERS  # letters begun and not taken: 4 MiB each at most

Opening = Callable[[EnvelopeEntry], OpenedLetter]


class LettersAhead:
    """Letters that are opened in the order in which they will be asked for."""

    def __init__(
        self, pool: ThreadPoolExecutor, opening: Opening, entries: Iterable[EnvelopeEntry]
    ) -> None:
        self._pool = pool
        self._opening = opening
        self._waiting = iter(entries)
        self._begun: dict[str, Future[OpenedLetter]] = {}

    def take(self, entry: EnvelopeEntry) -> OpenedLetter:
        """Return a letter, opened. Raises what opening it raised."""
        self._begin()
        begun = self._begun.pop(entry.name, None)
        return begun.result() if begun else self._opening(entry)

    def _begin(self) -> None:
        while len(self._begun) < AHEAD:
            following = next(self._waiting, None)
            if following is None:
                return
            self._begun[following.name] = self._pool.submit(self._opening, following)


@contextmanager
def letters_ahead(opening: Opening, entries: Iterable[EnvelopeEntry]) -> Iterator[LettersAhead]:
    """Open letters ahead; on the way out, what was begun ends, and nothing more begins."""
    pool = ThreadPoolExecutor(WORKERS, "letters")
    try:
        yield LettersAhead(pool, opening, entries)
    finally:
        pool.shutdown(cancel_futures=True)


def in_turn(progress: Progress) -> Progress:
    """Return a progress that several threads may tell of."""
    lock = Lock()

    def told(size: int) -> object:
        with lock:
            return progress(size)

    return told
