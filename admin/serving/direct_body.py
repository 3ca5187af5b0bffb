"""A request's body straight from its socket: what is there, when it is there, copied once.

gunicorn's own body waits until it holds as much as was asked for, which would hide how slowly a
sender drips, and copies each byte several times on the way.
"""

import socket

from gunicorn.http.body import LengthReader


class DirectBody:
    """`wsgi.input` for a body of known length. A cut connection reads as an early end."""

    def __init__(self, reader: LengthReader, connection: socket.socket) -> None:
        held = reader.unreader.take_buffered()
        self._held, after = held[: reader.length], held[reader.length :]
        reader.unreader.unread(after)  # the beginning of the next request
        self._left = reader.length
        self._connection = connection
        self.failed = False  # gunicorn reuses no connection whose body failed

    @property
    def unread(self) -> int:
        """How many bytes are still to come."""
        return self._left

    def read(self, size: int = -1) -> bytes:
        """Read what has come, at most `size` bytes; nothing only at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        if wanted == 0:
            return b""
        if self._held:
            data, self._held = self._held[:wanted], self._held[wanted:]
        else:
            data = self._receive(wanted)
        self._left = self._left - len(data) if data else 0
        return data

    def _receive(self, wanted: int) -> bytes:
        try:
            data = self._connection.recv(wanted)
        except OSError:
            self.failed, self._left = True, 0
            raise
        self.failed = not data
        return data
