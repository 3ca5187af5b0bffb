"""HTTP to an onion service through a tor's SOCKS port, whose refusals say why.

Written out because no SOCKS library hands on tor's extended codes (`SocksPort … ExtendedErrors`).
"""

from collections.abc import Iterable
from typing import ClassVar

import httpcore
import httpx

LOOPBACK = "127.0.0.1"
# RFC 1928 and 1929, as far as tor's port needs them
VERSION, LOGIN_VERSION, DONE = 5, 1, 0
LOGIN, CONNECT, DOMAIN = 2, 1, 3
ADDRESS_LENGTHS = {1: 4, 4: 16}  # what tor says it is bound to: IPv4 or IPv6


class Unreachable(httpx.ConnectError):
    """Tor did not reach the service; `code` is its SOCKS reply (0xF0 to 0xF7: tor's own)."""

    causes: ClassVar[dict[int, type["Unreachable"]]] = {}

    def __init__(self, code: int) -> None:
        super().__init__(f"{type(self).__name__}: SOCKS reply {code:#04x}")
        self.code = code

    @classmethod
    def because(cls, code: int) -> "Unreachable":
        """Give the error that goes with a SOCKS reply."""
        return cls.causes.get(code, Unreachable)(code)


class NoKey(Unreachable):
    """The service admits only clients with a key, and this one has none for it."""


class WrongKey(Unreachable):
    """The service does not know this client's key, or no longer."""


Unreachable.causes |= {0xF4: NoKey, 0xF5: WrongKey}


class SocksBackend(httpcore.SyncBackend):
    """Connects through the SOCKS port; visitors of different names share no circuit."""

    def __init__(self, socks_port: int, visitor: str) -> None:
        self._socks_port = socks_port
        self._visitor = visitor.encode()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(
            LOOPBACK, self._socks_port, timeout, local_address, socket_options
        )
        try:
            self._log_in(stream, timeout)
            self._ask_for(stream, host.encode(), port, timeout)
        except BaseException:
            stream.close()
            raise
        return stream

    def _log_in(self, stream: httpcore.NetworkStream, timeout: float | None) -> None:
        stream.write(bytes([VERSION, 1, LOGIN]), timeout)
        _read(stream, 2, timeout)
        word = bytes([len(self._visitor)]) + self._visitor
        stream.write(bytes([LOGIN_VERSION]) + word + word, timeout)
        _read(stream, 2, timeout)

    def _ask_for(
        self, stream: httpcore.NetworkStream, host: bytes, port: int, timeout: float | None
    ) -> None:
        head = bytes([VERSION, CONNECT, 0, DOMAIN, len(host)])
        stream.write(head + host + port.to_bytes(2, "big"), timeout)
        _, code, _, kind = _read(stream, 4, timeout)
        if code != DONE:
            raise Unreachable.because(code)
        _read(stream, ADDRESS_LENGTHS[kind] + 2, timeout)


def _read(stream: httpcore.NetworkStream, count: int, timeout: float | None) -> bytes:
    """Read exactly so many bytes: what follows is the service's."""
    found = b""
    while len(found) < count:
        more = stream.read(count - len(found), timeout)
        if not more:
            raise Unreachable(0x01)
        found += more
    return found


class OnionTransport(httpx.HTTPTransport):
    """A transport for `httpx.Client` through a SOCKS port."""

    def __init__(self, socks_port: int, visitor: str = "visitor") -> None:
        super().__init__()
        self._pool = httpcore.ConnectionPool(network_backend=SocksBackend(socks_port, visitor))


def client(
    socks_port: int, onion_host: str, timeout: float = 120, visitor: str = "visitor"
) -> httpx.Client:
    """Give an HTTP client for `http://ONION_HOST`; clients of other visitors use other circuits.

    It streams: hand it large bodies as files or iterators, for httpcore copies what is left of a
    `bytes` at each write.
    """
    transport = OnionTransport(socks_port, visitor)
    return httpx.Client(transport=transport, base_url=f"http://{onion_host}", timeout=timeout)


def fetch(
    socks_port: int, onion_host: str, path: str = "/", timeout: float = 120
) -> httpx.Response:
    """Fetch one page over a connection of its own."""
    with client(socks_port, onion_host, timeout) as http:
        return http.get(path)
