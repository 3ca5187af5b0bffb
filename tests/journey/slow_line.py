"""A line to the server: as slow as a circuit of Tor's, or with someone listening to it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16 << 10  # bytes; many a second, so that the pace is even


@contextmanager
def slow_line(address: str, bytes_a_second: int, heard: list[bytes] | None = None) -> Iterator[str]:
    """Listen on loopback, and carry what comes to `address` at this pace; answers come at once.

    A pace of 0 holds nothing up. What was sent, but not the answers, is `heard` too.
    """
    host, _, port = address.rpartition(":")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):  # the listener was closed: the test is over
                while True:
                    near = listener.accept()[0]
                    far = socket.create_connection((host, int(port)))
                    threads.append(
                        threading.Thread(target=_both, args=(near, far, bytes_a_second, heard))
                    )
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in [accepting, *threads]:
                thread.join()


def _both(
    near: socket.socket, far: socket.socket, bytes_a_second: int, heard: list[bytes] | None
) -> None:
    with near, far:
        back = threading.Thread(target=_carry, args=(far, near, 0, None))
        back.start()
        _carry(near, far, bytes_a_second, heard)
        back.join()


def _carry(
    near: socket.socket, far: socket.socket, bytes_a_second: int, heard: list[bytes] | None
) -> None:
    with suppress(OSError):
        while piece := near.recv(PIECE):
            far.sendall(piece)
            if heard is not None:
                heard.append(piece)
            if bytes_a_second:
                time.sleep(len(piece) / bytes_a_second)
    for end in (near, far):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
