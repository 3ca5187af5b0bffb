"""Where connections wait until their request is there: no thread waits for a slow sender.

gunicorn's threaded worker gives a thread to a connection at its first byte and lets it wait for
the rest of the header as long as it takes. Here a connection gets its thread once its header is
whole, and its body too where that is a small form. A delivery or a courier is a stream: the app
reads it at its sender's pace, and answers it with a page whatever happens. What comes is looked
at without being taken (MSG_PEEK), so that gunicorn then reads it as if it had just arrived.
"""

import re
import select
import socket
import threading
import time
from collections.abc import Callable

from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn

WAIT_SECONDS = 15  # a small request is one or a few Tor cells; its parts never come far apart
LOOK_SECONDS = 1  # how often the deadlines are looked at
WAITING_MAX = 512  # past this the longest waiting goes: an honest one needs milliseconds
PEEK_BYTES = 64 << 10  # a header with a form; larger bodies are the app's to pace
_FORM = re.compile(rb"\r\ncontent-type:[ \t]*application/x-www-form-urlencoded", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)  # it sends no body before it is told to
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,10})[ \t]*\r\n", re.IGNORECASE)


class Lobby:
    """The waiting connections of one worker.

    `admit` gets each once, maybe from another thread, when `ready` says that a thread can read
    it; `late` is told of each that was half-way when its time was over.
    """

    def __init__(
        self,
        admit: Callable[[TConn], None],
        ready: Callable[[TConn], bool],
        late: Callable[[TConn], None],
    ) -> None:
        self._admit, self._ready, self._late = admit, ready, late
        self._waiting: dict[int, tuple[TConn, float]] = {}  # by file descriptor, longest first
        self._lock = threading.Lock()
        self._arrivals = select.epoll()

    def start(self) -> None:
        """Begin to look, in a thread of its own that ends with the process."""
        threading.Thread(target=self._look_on, name="lobby", daemon=True).start()

    def wait(self, conn: TConn) -> None:
        """Let a connection wait for the rest of its request."""
        file = conn.sock.fileno()
        with self._lock:
            full = len(self._waiting) >= WAITING_MAX
            longest = next(iter(self._waiting)) if full else None
            self._waiting[file] = (conn, time.monotonic() + WAIT_SECONDS)
        # Edge-triggered: told when more comes, and not for as long as something is there.
        self._arrivals.register(file, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)
        if longest is not None:
            self._end(longest)

    def _look_on(self) -> None:
        while True:
            for file, _ in self._arrivals.poll(LOOK_SECONDS):
                waiting = self._waiting.get(file)
                if waiting is not None and self._ready(waiting[0]):
                    self._release(file)
            now = time.monotonic()
            with self._lock:
                late = [file for file, (_, deadline) in self._waiting.items() if deadline < now]
            for file in late:
                self._end(file)

    def _end(self, file: int) -> None:
        """Let a connection go: its thread finds an end of file where the rest should be."""
        waiting = self._waiting.get(file)
        if waiting is not None:
            self._late(waiting[0])
            shut(waiting[0].sock)
            self._release(file)

    def _release(self, file: int) -> None:
        with self._lock:
            waiting = self._waiting.pop(file, None)
        if waiting is not None:
            self._arrivals.unregister(file)
            self._admit(waiting[0])


def is_whole(conn: TConn) -> bool:
    """Tell whether a thread can read the request without waiting, or that it is over."""
    parser = conn.parser
    held = parser.unreader.buf.getvalue() if isinstance(parser, RequestParser) else b""
    if held and _is_whole(held):
        return True  # sent along with the request before it
    try:
        came = conn.sock.recv(PEEK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return not came or _is_whole(held + came)


def _is_whole(seen: bytes) -> bool:
    header, end, body = seen.partition(b"\r\n\r\n")
    if not end:
        return len(seen) >= PEEK_BYTES  # too long for a header: gunicorn says so
    if not _FORM.search(header) or _EXPECT.search(header):
        return True
    length = _LENGTH.search(header + b"\r\n")
    wanted = int(length[1]) if length else 0
    return len(body) >= wanted or len(header) + 4 + wanted > PEEK_BYTES


def shut(connection: socket.socket) -> None:
    """End a connection both ways; whoever reads it finds its end."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it went by itself
