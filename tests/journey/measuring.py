"""Measuring a server from outside: its memory, and a delivery of any size sent by hand."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journey.house import House, Source, tree

MIB = 1 << 20
BOUNDARY = "----geckoformboundary" + "5f3a9c" * 5  # as Tor Browser writes it


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=600)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(600)
        self.sock.connect(self._path)


def connect(address: str) -> http.client.HTTPConnection:
    """Open a connection to `unix:PATH` or `127.0.0.1:PORT`."""
    if address.startswith("unix:"):
        return UnixConnection(address.removeprefix("unix:"))
    return http.client.HTTPConnection(address, timeout=600)


def delivery(token: str, chunk: bytes, times: int) -> tuple[dict[str, str], Iterator[bytes]]:
    """Give the headers and the body of a delivery of one file of `times` chunks, as a stream."""
    before = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="message"\r\n\r\nmesure\r\n'
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="grand.bin"\r\n\r\n'
    ).encode()
    after = f"\r\n--{BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield before
        for _ in range(times):
            yield chunk
        yield after

    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(before) + len(chunk) * times + len(after)),
    }
    return headers, body()


def send_delivery(house: House, source: Source, chunk: bytes, times: int) -> float:
    """Deliver one file of `times` chunks; give the seconds from the first byte to the answer."""
    headers, body = delivery(source.token, chunk, times)
    headers["Cookie"] = f"vasistas={source.http.cookies['vasistas']}"
    connection = connect(house.addresses["source"])
    started = time.perf_counter()
    connection.request("POST", "/deliver", body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - started
    connection.close()
    assert answer.status == 303, answer.status
    return took


def pss(pid: int) -> int:
    """Give the proportional set size, in bytes, of a process and all below it."""
    total = 0
    for one in [pid, *tree(pid)]:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


@contextmanager
def highest_pss(pid: int, every: float = 0.05) -> Iterator[list[int]]:
    """Sample the tree's PSS meanwhile; the list holds its highest value at the end."""
    seen, stop = [pss(pid)], threading.Event()

    def watch() -> None:
        while not stop.wait(every):
            seen[0] = max(seen[0], pss(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()
