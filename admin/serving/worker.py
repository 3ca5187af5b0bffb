"""The gunicorn worker: threads that stream, a lobby for the slow, and not a word in a log."""

import socket
import time
from typing import Any, ClassVar

from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from admin.serving.answer import QuietResponse
from admin.serving.direct_body import DirectBody
from admin.serving.doorway import Doorway, Visitor
from admin.serving.lobby import Lobby, is_whole

LINGER_SECONDS = 1  # for the other side to read the answer before the connection ends
SEND_SECONDS = 60  # a reader that takes nothing for so long is gone


class QuietLogger(Logger):
    """Keeps what concerns the process, and nothing that concerns a request."""

    def access(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing: no request leaves a line."""

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Say nothing: starting and stopping is told by `serve`."""

    debug = warning = exception = error = info


# gunicorn offers no setting for either
wsgi.Response = QuietResponse  # type: ignore[misc]
gthread.TConn = Visitor  # type: ignore[assignment, misc]


class StreamingWorker(ThreadWorker):
    """gthread whose threads wait for nobody's header, without logs, with a page for non-HTTP."""

    bad_request: ClassVar[bytes] = b""
    doorway: ClassVar[Doorway | None] = None

    def init_process(self) -> None:
        """Open the lobby in the worker's own process, then serve."""
        self.lobby = Lobby(
            lambda conn: self.method_queue.defer(self._admit, conn), self._is_ready, self._is_late
        )
        self.lobby.start()
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection a thread when its request is there; until then it waits."""
        # A thread left it with a timeout, under which even a look would wait, in this loop.
        conn.sock.settimeout(0)
        if self._is_ready(conn):
            self._admit(conn)
        else:
            self.lobby.wait(conn)

    def _admit(self, conn: TConn) -> None:
        """Give a connection its thread, or end it here: what it sent is not to be read."""
        if isinstance(conn, Visitor) and conn.turned_away:
            self.nr_conns -= 1
            conn.close()
        else:
            super().enqueue_req(conn)

    def _is_ready(self, conn: TConn) -> bool:
        doorway = type(self).doorway
        if doorway is not None and not doorway.let_in(conn):
            return False
        return (isinstance(conn, Visitor) and conn.turned_away) or is_whole(conn)

    def _is_late(self, conn: TConn) -> None:
        doorway = type(self).doorway
        if doorway is not None:
            doorway.note_half_request(conn)

    def handle(self, conn: TConn) -> Any:
        """Answer a request; end the connection here, and not in the loop that accepts."""
        again = super().handle(conn)
        if again is False:
            _hang_up(conn.sock)
            if isinstance(conn, Visitor):
                conn.lingered = True
        return again

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose header is whole."""
        conn.sock.settimeout(SEND_SECONDS)
        if isinstance(req.body.reader, LengthReader):
            req.body = DirectBody(req.body.reader, conn.sock)
        else:
            # A body without a length is taken by no page. gunicorn would read it to its end, a
            # byte at a time if need be, to use the connection again.
            req.force_close()
        again = super().handle_request(req, conn)
        # What the app left unread gunicorn would wait for, at its sender's pace.
        return again and not (isinstance(req.body, DirectBody) and req.body.unread)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what is not a request of ours with the one page there is for it."""
        del req, addr, exc
        try:
            client.sendall(type(self).bad_request)
        except OSError:
            return  # nobody is left to read it


def _hang_up(connection: socket.socket) -> None:
    """Say that nothing more comes, and let what was sent be read before the end."""
    until = time.monotonic() + LINGER_SECONDS
    try:
        connection.shutdown(socket.SHUT_WR)
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(65_536):
                return
    except OSError:
        return  # it went by itself, or it lingers too long
