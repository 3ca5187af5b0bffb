"""The body of a request as a stream, with a length, a pace and an end that are checked."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from flask import request

from web.errors import LengthMissing, Stalled, Truncated

CHUNK_BYTES = 128 << 10  # larger ones cost more in fresh pages than they spare in calls
SILENCE_SECONDS = 30  # Tor may hold a circuit up for some seconds; more means that it is gone
PACE_SECONDS = 60  # the window over which a sender must keep the least pace
PACE_BYTES = 60 << 10  # 1 KiB/s: slower than any Tor circuit that works
DRAIN_BYTES = 64 << 20  # what is read for nothing so that a browser shows the answer
DRAIN_SECONDS = 20
DRAIN_SILENCE_SECONDS = 2  # who sends nothing now has sent all, and waits for the answer
DRAINS_AT_ONCE = 16  # a process's threads that may read for nothing; a page needs the others
LENGTH_MAX_DIGITS = 18  # below 2**63 by far more than any disk holds


_draining = threading.BoundedSemaphore(DRAINS_AT_ONCE)


class Readable(Protocol):
    """What WSGI gives as `wsgi.input`."""

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes; none at the end."""


class Body:
    """Reads exactly Content-Length bytes, or raises Truncated or Stalled."""

    def __init__(self, environ: dict[str, Any], clock: Callable[[], float] = time.monotonic):
        self.length = _content_length(environ)
        self.received = 0
        self.watch: Callable[[int], None] | None = None  # told how much has come
        self._input: Readable = environ["wsgi.input"]
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)])
        self._connection: socket.socket | None = environ.get("gunicorn.socket")
        self._limit_silence(SILENCE_SECONDS)

    def read(self) -> bytes:
        """Read the next chunk, at most CHUNK_BYTES; an empty one only at the true end."""
        wanted = min(CHUNK_BYTES, self.length - self.received)
        if wanted == 0:
            return b""
        try:
            chunk = self._input.read(wanted)
        except TimeoutError:
            raise Stalled from None
        except OSError:
            raise Truncated from None
        if not chunk:
            # The server gives a cut connection as a plain end of file, not as an error.
            raise Truncated
        self.received += len(chunk)
        if self.watch is not None:
            self.watch(self.received)
        self._keep_pace()
        return chunk

    def drain(self, first: Callable[[], None] | None = None) -> None:
        """Read on for nothing, within a cap, so that the sender gets to see the answer.

        `first` may read what is worth keeping of it. Where too many do, nothing is read: who
        drips on purpose must not hold all threads.
        """
        if not _draining.acquire(blocking=False):
            return
        try:
            self._limit_silence(DRAIN_SILENCE_SECONDS)
            if first is not None:
                first()
            self._drain()
        finally:
            _draining.release()

    def _drain(self) -> None:
        until = self._clock() + DRAIN_SECONDS
        left = DRAIN_BYTES
        while left > 0 and self._clock() < until:
            try:
                chunk = self.read()
            except (Stalled, Truncated):
                return
            if not chunk:
                return
            left -= len(chunk)

    def _keep_pace(self) -> None:
        now = self._clock()
        start, before = self._marks[0]
        if now - start < PACE_SECONDS:
            return
        if self.received - before < PACE_BYTES:
            raise Stalled
        self._marks.append((now, self.received))
        self._marks.popleft()

    def _limit_silence(self, seconds: float) -> None:
        if self._connection is not None:
            self._connection.settimeout(seconds)


def _content_length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or ""
    if not (text.isascii() and text.isdigit() and len(text) <= LENGTH_MAX_DIGITS):
        raise LengthMissing
    return int(text)


def drain_request() -> None:
    """Read what a refused request still sends, within a cap.

    A browser that is cut off while it sends shows a broken connection, and not our answer.
    """
    if request.method != "POST":
        return
    try:
        Body(request.environ).drain()
    except LengthMissing:
        return  # there is no end to read to
