"""Where a connection that came through Tor says by which circuit, and may be turned away."""

import socket
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import TConn

from admin.serving.proxy_line import NotFromTor, take_address
from web.circuits import Circuits, Held, Spent, circuit_of


class Visitor(TConn):
    """A connection that can give its circuit's place back, once, when it is closed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.circuit: int | None = None
        self.turned_away = False  # it gets no thread: what it has sent would be carried out
        self.lingered = False  # a thread has done so; gunicorn would again, in its loop
        self.on_close: Callable[[], None] | None = None

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  gunicorn's own
        """Close the connection."""
        super().close(graceful=graceful and not self.lingered)
        give_back, self.on_close = self.on_close, None
        if give_back is not None:
            give_back()


class Doorway:
    """The check of the connections that come by the socket that Tor alone connects to."""

    def __init__(self, tor_socket: str, circuits: Circuits) -> None:
        self._tor_socket, self._circuits = tor_socket, circuits

    def let_in(self, conn: TConn) -> bool:
        """Tell whether the connection can be looked at further, or is turned away."""
        if conn.server != self._tor_socket or not isinstance(conn, Visitor):
            return True
        if conn.circuit is not None or conn.turned_away:
            return True
        try:
            address = take_address(conn.sock)
        except NotFromTor:
            conn.turned_away = True
            return True
        return address is not None and self._enter(conn, address)

    def _enter(self, conn: Visitor, address: str) -> bool:
        # gunicorn gives it to the app as REMOTE_ADDR, and trusts no header from it.
        conn.client = (address, 0)
        circuit = circuit_of({"REMOTE_ADDR": address})
        if circuit is None:
            conn.turned_away = True
            return True
        conn.circuit = circuit
        if self._circuits.enter(circuit, Held.CONNECTION).allowed:
            conn.on_close = lambda: self._circuits.leave(circuit, Held.CONNECTION)
        else:
            conn.turned_away = True
        return True

    def note_half_request(self, conn: TConn) -> None:
        """Count a request whose sender stopped half-way; a quiet connection is none."""
        if isinstance(conn, Visitor) and conn.circuit is not None and _has_sent(conn.sock):
            self._circuits.spend(conn.circuit, Spent.HALF_REQUEST)


def _has_sent(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False
