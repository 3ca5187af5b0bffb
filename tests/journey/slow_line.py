"""A line that carries so many bytes a second and no more, as a circuit of Tor's does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16 << 10  # bytes; many a second, so that the pace is even


@contextmanager
def slow_line(address: str, bytes_a_second: int) -> Iterator[str]:
    """Listen on loopback, and carry what comes to `address` at this pace; answers come at once."""
    host, _, port = address.rpartition(":")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):  # the listener was closed: the test is over
                while True:
                    near = listener.accept()[0]
                    far = socket.create_connection((host, int(port)))
                    threads.append(threading.Thread(target=_both, args=(near, far, bytes_a_second)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in [accepting, *threads]:
                thread.join()


def _both(near: socket.socket, far: socket.socket, bytes_a_second: int) -> None:
    with near, far:
        back = threading.Thread(target=_carry, args=(far, near, 0))
        back.start()
        _carry(near, far, bytes_a_second)
        back.join()


def _carry(near: socket.socket, far: socket.socket, bytes_a_second: int) -> None:
    with suppress(OSError):
        while piece := near.recv(PIECE):
            far.sendall(piece)
            if bytes_a_second:
                time.sleep(len(piece) / bytes_a_second)
    for end in (near, far):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
