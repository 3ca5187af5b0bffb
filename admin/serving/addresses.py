"""The addresses that the apps listen on: a unix socket, or TCP on loopback."""

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from admin.errors import AdminError

UNIX_PATH_MAX_BYTES = 103  # sockaddr_un holds 108, tor's own limit is lower
BACKLOG = 512
_TCP = re.compile(r"127\.0\.0\.1:([0-9]{1,5})")


@dataclass(frozen=True)
class Address:
    """Where an app listens: exactly one of the two is set."""

    path: Path | None = None
    port: int | None = None

    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path else f"127.0.0.1:{self.port}"


def parse_address(text: str) -> Address:
    """Read `unix:PATH` or `127.0.0.1:PORT`; raises ValueError with the reason."""
    if text.startswith("unix:") and text != "unix:":
        path = Path(text.removeprefix("unix:")).absolute()
        if len(os.fsencode(path)) > UNIX_PATH_MAX_BYTES:
            raise ValueError(f"the socket's path is longer than {UNIX_PATH_MAX_BYTES} bytes")
        return Address(path=path)
    match = _TCP.fullmatch(text)
    if match is None or int(match[1]) > 65_535:  # noqa: PLR2004  TCP's highest port
        raise ValueError("an address is unix:PATH or 127.0.0.1:PORT")
    return Address(port=int(match[1]))


def parse_socket(path: Path) -> Address:
    """Give the address of a socket in the home; raises AdminError when its path is too long."""
    try:
        return parse_address(f"unix:{path}")
    except ValueError as error:
        raise AdminError(f"{path}: {error}; give the instance a shorter folder.") from None


def listen(address: Address) -> socket.socket:
    """Open the listening socket; raises AdminError when the place is taken."""
    try:
        return _listen_unix(address.path) if address.path else _listen_tcp(address.port or 0)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise AdminError(f"Cannot listen on {address}: {reason}.") from None


def bound(address: Address, listener: socket.socket) -> Address:
    """Give the address with the port that the system chose where 0 was asked for."""
    return address if address.path else Address(port=listener.getsockname()[1])


def _listen_tcp(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return _open(listener, ("127.0.0.1", port))


def _listen_unix(path: Path) -> socket.socket:
    if path.is_socket():
        _refuse_living(path)
        path.unlink()
    before = os.umask(0o177)
    try:
        return _open(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), str(path))
    finally:
        os.umask(before)


def _refuse_living(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return  # nobody listens: a socket left by a process that was killed
    raise AdminError(f"Cannot listen on unix:{path}: another process does.")


def _open(listener: socket.socket, where: tuple[str, int] | str) -> socket.socket:
    try:
        listener.bind(where)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
