"""A host's few slots, shared by all its processes: key derivations, uploads in flight.

Everything is kept in locks on byte ranges of one empty file, and so in the kernel alone. Nothing
is ever written, so that no file tells when the last upload came, or how large it was; and a
process that dies gives back what it held.

    [ place 0 | place 1 | … ]      waiting places, one byte each
    [ slot 0 ][ slot 1 ] …         slots, _SLOT_BYTES apart; a slot of weight w locks w + 1 bytes

The waiting places are a staircase. Who comes stands behind the last, steps down whenever the
place below is free, and only who stands at the bottom may take a slot. So nobody overtakes, and
the weights are summed and the slot is taken by one at a time.

The locks are Linux's open file description locks (fcntl(2)): like flock(2), they belong to the
open file and not to the process, so that two threads exclude each other too; unlike it, they
take ranges, and they can be asked about without being taken.
"""

import fcntl
import os
import struct
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

_POLL = 0.005  # seconds between two looks at the place below
# Seconds that one waits at least, for those who are only passing down the staircase.
_PASSING = 0.25
_SLOT_BYTES = 1 << 44  # a weight stays below 16 TiB; half a million slots fit an off_t
_FLOCK = struct.Struct("hhqqi0q")  # struct flock: type, whence, start, length, pid


class Slot:
    """A slot that is held until `release()`, the end of its `with`, or the process's."""

    def __init__(self, file: int) -> None:
        self.file = file

    def release(self) -> None:
        """Give the slot back; a second time does nothing."""
        file, self.file = self.file, -1
        if file >= 0:
            # A child forked meanwhile shares the open file: unlock it, do not only close it.
            _unlock(file, 0, 0)
            os.close(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class HostSlots:
    """`count` slots and `places` to wait for one, under a name, for all processes of a host.

    `capacity`, if given, caps the sum of the weights held at once.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        count: int,
        *,
        places: int = 16,
        capacity: int | None = None,
    ) -> None:
        self._path = directory / f"{name}.slots"
        self._count, self._places, self._capacity = count, places, capacity
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(self._open())

    def acquire(self, timeout: float = 0.0, weight: int = 0) -> Slot | None:
        """Return a slot, or None if none came free within `timeout` seconds.

        None within a moment if all waiting places are taken.
        """
        if not 0 <= weight < _SLOT_BYTES - 1:
            raise ValueError("a slot's weight is out of range")
        with ExitStack() as unless_taken:
            slot = unless_taken.enter_context(Slot(self._open()))
            if not self._queue(slot.file, time.monotonic() + timeout, weight):
                return None
            unless_taken.pop_all()
            return slot

    def held(self) -> list[int]:
        """Return the weights of the slots that are held now."""
        with Slot(self._open()) as asking:
            return self._weights(asking.file)

    def total_weight(self) -> int:
        """Return the sum of the weights that are held now."""
        return sum(self.held())

    def waiting(self) -> int:
        """Return how many wait for a slot now."""
        with Slot(self._open()) as asking:
            return sum(_length(asking.file, place, 1) > 0 for place in range(self._places))

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def _queue(self, file: int, deadline: float, weight: int) -> bool:
        patience = time.monotonic() + _PASSING
        place = self._join(file, patience)
        if place is None:
            return False
        while True:
            while place and _lock(file, place - 1, 1):
                _unlock(file, place, 1)
                place -= 1
            if place == 0 and self._take(file, weight):
                _unlock(file, 0, 1)
                return True
            if time.monotonic() >= (max(deadline, patience) if place else deadline):
                return False
            time.sleep(_POLL)

    def _join(self, file: int, patience: float) -> int | None:
        """Take the place behind the last who waits; None if there is none."""
        while True:
            taken = [p for p in range(self._places) if _length(file, p, 1)]
            place = max(taken, default=-1) + 1
            if place == self._places and time.monotonic() >= patience:
                return None
            if place < self._places and _lock(file, place, 1):
                return place
            time.sleep(_POLL)

    def _take(self, file: int, weight: int) -> bool:
        """Lock a free slot, if the weight fits; only who stands at the bottom may call this."""
        if self._capacity is not None and sum(self._weights(file)) + weight > self._capacity:
            return False
        return any(_lock(file, self._at(slot), weight + 1) for slot in range(self._count))

    def _weights(self, file: int) -> list[int]:
        lengths = (_length(file, self._at(slot), _SLOT_BYTES) for slot in range(self._count))
        return [length - 1 for length in lengths if length]

    @staticmethod
    def _at(slot: int) -> int:
        return (slot + 1) * _SLOT_BYTES


def _lock(file: int, start: int, length: int) -> bool:
    """Lock a range for this open file alone; False if another one holds some of it."""
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK, start, length))
    except BlockingIOError:
        return False
    return True


def _unlock(file: int, start: int, length: int) -> None:
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK, start, length))


def _length(file: int, start: int, length: int) -> int:
    """Return the length of the lock that another open file holds in a range, 0 if none."""
    asked = _flock(fcntl.F_WRLCK, start, length)
    kind, _, _, locked, _ = _FLOCK.unpack(fcntl.fcntl(file, fcntl.F_OFD_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else int(locked)


def _flock(kind: int, start: int, length: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, start, length, 0)
