"""How far each delivery under way is: a board that all processes of the app share in memory.

A delivery is taken by one process, and the frame that tells of it is asked of any. The board is
anonymous memory, mapped before the processes part: no file, no name, nothing left when they end.

It needs no lock. A line belongs to the session whose name stands on it; who finds another name on
the line it wrote last takes a new line, and a line that was torn in the reading is read as none.
"""

import math
import mmap
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

LINES = 512  # many more than deliveries that may be under way, so that the last ones stay legible
NAME_BYTES = 16
REASON_BYTES = 32  # the longest name of a refusal's class has 17
STALE_SECONDS = 300  # a line that ended so long ago may be taken by another session
ABANDONED_SECONDS = 3600  # one that never ended belonged to a process that was killed

# name, stage, reason, received, total, files, characters, begun, changed; then their CRC-32
_LINE = struct.Struct(f"<{NAME_BYTES}sB{REASON_BYTES}sQQQQdd")
_CHECK = struct.Struct("<L")
_LINE_BYTES = _LINE.size + _CHECK.size


class Stage(IntEnum):
    """What is happening to a delivery, or last happened to one."""

    RECEIVING = 1
    SEALED = 2
    REFUSED = 3


@dataclass(frozen=True)
class Progress:
    """One delivery: bytes of the form received and announced, and what became of it.

    `files` and `characters` are known once it is sealed, and `received` then counts the files'
    bytes; `reason` names a refusal's class. Times are of the machine's monotonic clock, in
    seconds.
    """

    stage: Stage
    received: int
    total: int
    begun: float
    changed: float
    files: int = 0
    characters: int = 0
    reason: str = ""


class ProgressBoard:
    """The lines of all deliveries under way. Made once, before the processes are forked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = mmap.mmap(-1, LINES * _LINE_BYTES)
        self._clock = clock

    def find(self, session: bytes) -> Progress | None:
        """Return the latest delivery of a session, or None."""
        name = session[:NAME_BYTES]
        found = (_read(self._memory, line) for line in range(LINES) if self._named(line, name))
        return next((progress for owner, progress in filter(None, found) if owner == name), None)

    def begin(self, session: bytes, total: int) -> "ProgressLine":
        """Start to tell of a session's delivery of `total` bytes, in place of its last one."""
        now = self._clock()
        return ProgressLine(
            self, session[:NAME_BYTES], Progress(Stage.RECEIVING, 0, total, now, now)
        )

    def write(self, name: bytes, progress: Progress) -> None:
        """Put a session's delivery on the board. A full one loses it: it is told, not kept."""
        line = self._line_of(name)
        if line is None:
            return
        told = _LINE.pack(
            name,
            progress.stage,
            progress.reason.encode("ascii"),
            progress.received,
            progress.total,
            progress.files,
            progress.characters,
            progress.begun,
            progress.changed,
        )
        start = line * _LINE_BYTES
        self._memory[start : start + _LINE_BYTES] = told + _CHECK.pack(zlib.crc32(told))

    def now(self) -> float:
        """Return the time by which lines are marked."""
        return self._clock()

    def _line_of(self, name: bytes) -> int | None:
        """Return the line of a session, or the one to take: what was told last stays longest."""
        own = next((line for line in range(LINES) if self._named(line, name)), None)
        if own is not None:
            return own
        since = {line: self._free_since(line) for line in range(LINES)}
        free = [(told, line) for line, told in since.items() if told is not None]
        return min(free)[1] if free else None

    def _named(self, line: int, name: bytes) -> bool:
        start = line * _LINE_BYTES
        return self._memory[start : start + NAME_BYTES] == name

    def _free_since(self, line: int) -> float | None:
        """Return when a line that may be taken was last written; None where it may not be."""
        read = _read(self._memory, line)
        if read is None:
            return -math.inf
        _, progress = read
        ended = progress.stage is not Stage.RECEIVING
        age = self._clock() - progress.changed
        return progress.changed if age > (STALE_SECONDS if ended else ABANDONED_SECONDS) else None


class ProgressLine:
    """One delivery's line, written by the thread that takes it."""

    STEP_BYTES = 256 << 10  # how much must come before the board is told of it

    def __init__(self, board: ProgressBoard, name: bytes, progress: Progress) -> None:
        self._board, self._name, self._progress = board, name, progress
        self._put()

    def received(self, count: int) -> None:
        """Tell that so many bytes have come by now."""
        progress = self._progress
        if count - progress.received >= self.STEP_BYTES or count == progress.total:
            self._put(received=count)

    def sealed(self, files: int, size: int, characters: int) -> None:
        """Tell that the delivery is committed, and what it holds."""
        self._put(stage=Stage.SEALED, received=size, total=size, files=files, characters=characters)

    def refused(self, reason: str) -> None:
        """Tell that nothing of it was kept, and why."""
        self._put(stage=Stage.REFUSED, reason=reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._progress.stage is Stage.RECEIVING:
            self.refused("")

    def _put(self, **changes: object) -> None:
        self._progress = replace(self._progress, changed=self._board.now(), **changes)  # type: ignore[arg-type]  # a line's own fields
        self._board.write(self._name, self._progress)


def _read(memory: mmap.mmap, line: int) -> tuple[bytes, Progress] | None:
    """Return a line's session and delivery; None where nothing whole stands there."""
    start = line * _LINE_BYTES
    written = memory[start : start + _LINE_BYTES]
    told, check = written[: _LINE.size], written[_LINE.size :]
    if not any(written) or _CHECK.pack(zlib.crc32(told)) != check:
        return None
    name, stage, reason, received, total, files, characters, begun, changed = _LINE.unpack(told)
    text = reason.rstrip(b"\0").decode("ascii")
    return name, Progress(Stage(stage), received, total, begun, changed, files, characters, text)
