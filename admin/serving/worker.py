"""The gunicorn worker: threads that stream, deadlines for the silent, and not a word in a log.

gunicorn's gthread worker streams bodies and hands idle connections back to its poller, but it
waits for ever for the second half of a header. `HeaderDeadline` closes such a connection.
"""

import socket
import threading
import time
from typing import Any, ClassVar

from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import TConn, ThreadWorker

from admin.serving.direct_body import DirectBody

HEADER_SECONDS = 10  # a header is one or two Tor cells; its halves never come far apart
CHECK_SECONDS = 1
SEND_SECONDS = 60  # a reader that takes nothing for so long is gone


class QuietLogger(Logger):
    """Keeps what concerns the process, and nothing that concerns a request."""

    def access(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing: no request leaves a line."""

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Say nothing: starting and stopping is told by `serve`."""

    debug = warning = exception = error = info


class QuietResponse(wsgi.Response):
    """An answer without the Server and Date headers."""

    def default_headers(self) -> list[str]:
        """Give the status line and what the connection needs."""
        own = ("Server:", "Date:")
        return [line for line in super().default_headers() if not line.startswith(own)]


wsgi.Response = QuietResponse  # type: ignore[misc]  # gunicorn offers no setting for it


class HeaderDeadline:
    """Shuts the connections whose request header is not whole in time."""

    def __init__(self) -> None:
        self._waiting: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to watch, in a thread of its own that ends with the process."""
        threading.Thread(target=self._watch, name="header-deadline", daemon=True).start()

    def expect(self, connection: socket.socket) -> None:
        """Give `connection` HEADER_SECONDS from now."""
        with self._lock:
            self._waiting[connection] = time.monotonic() + HEADER_SECONDS

    def forget(self, connection: socket.socket) -> None:
        """Stop watching: the header came, or the connection is over."""
        with self._lock:
            self._waiting.pop(connection, None)

    def _watch(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            now = time.monotonic()
            with self._lock:
                late = [conn for conn, deadline in self._waiting.items() if deadline < now]
                for connection in late:
                    del self._waiting[connection]
                    _shut(connection)


def _shut(connection: socket.socket) -> None:
    # The thread that reads it wakes up with an end of file and closes it.
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it went by itself


class StreamingWorker(ThreadWorker):
    """gthread with deadlines, no logs, and a fixed page for what is not HTTP."""

    bad_request_page: ClassVar[bytes] = b""

    def init_process(self) -> None:
        """Start the watch in the worker's own process, then serve."""
        self.headers = HeaderDeadline()
        self.headers.start()
        super().init_process()

    def handle(self, conn: TConn) -> Any:
        """Read a request within the deadline and answer it."""
        self.headers.expect(conn.sock)
        try:
            return super().handle(conn)
        finally:
            self.headers.forget(conn.sock)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose header is whole."""
        self.headers.forget(conn.sock)
        conn.sock.settimeout(SEND_SECONDS)
        if isinstance(req.body.reader, LengthReader):
            req.body = DirectBody(req.body.reader, conn.sock)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what is not a request of ours with the one page there is for it."""
        del req, addr, exc
        page = type(self).bad_request_page
        head = (
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
            "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
            f"Content-Length: {len(page)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + page)
        except OSError:
            return  # nobody is left to read it
