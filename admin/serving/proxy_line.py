"""Tor's line before a visitor's first byte: which circuit the connection came by.

`PROXY TCP6 fc00:dead:beef:4dad::AABB:CCDD ::1 65535 42` (tor(1), HiddenServiceExportCircuitID).
It is looked at without being taken until it is whole, so that nobody waits for it in a thread.
gunicorn's own reading of it would count for all of an app's sockets, and come too late for the
limits on connections.
"""

import ipaddress
import re
import socket

LINE_MAX_BYTES = 107  # the PROXY protocol's own limit for version 1, CR LF included
_LINE = re.compile(rb"PROXY TCP6 ([0-9a-f:]{2,39}) ::1 [0-9]{1,5} [0-9]{1,5}\r\n")


class NotFromTor(Exception):
    """The connection did not begin with Tor's line."""


def take_address(connection: socket.socket) -> str | None:
    """Take the line off the socket and give its address; None while it is not whole.

    Raises NotFromTor for anything else.
    """
    try:
        seen = connection.recv(LINE_MAX_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        raise NotFromTor from None
    match = _LINE.match(seen)
    if match is None:
        if not seen or b"\n" in seen or len(seen) >= LINE_MAX_BYTES:
            raise NotFromTor
        return None
    connection.recv(match.end(), socket.MSG_DONTWAIT)
    try:
        return str(ipaddress.IPv6Address(match[1].decode()))
    except ValueError:
        raise NotFromTor from None
