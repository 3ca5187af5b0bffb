"""Visitors who try to keep others out, on the socket that Tor uses, without a Tor in between.

Each is as one circuit, or a few: what they do stays within what a circuit may, or is refused; a
page for somebody else comes at once all the same.
"""

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journey.house import House, tree
from tests.journey.test_faults import cmdline, eventually
from tests.tor_network.network import TorNetwork

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

PATIENCE_SECONDS = 5  # a page takes milliseconds; a test machine may be busy
CONNECTIONS_FREE = 32


class Doorbell:
    """Connections as Tor makes them: its line first, then what the visitor sends."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._path = str(house.home / "run" / "source-tor.sock")
        self._open = ExitStack()
        self.host = house.onions["source"]

    def ring(self, circuit: int, sent: bytes = b"") -> socket.socket:
        """Come by a circuit and send something."""
        connection = self._open.enter_context(socket.socket(socket.AF_UNIX))
        connection.settimeout(30)
        connection.connect(self._path)
        line = f"PROXY TCP6 fc00:dead:beef:4dad::{circuit:x} ::1 65535 42\r\n"
        connection.sendall(line.encode() + sent)
        return connection

    def get(self, path: str = "/") -> bytes:
        """Write a request for a page."""
        return f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode()

    def post(self, path: str, *headers: str, body: bytes = b"") -> bytes:
        """Write a form that is sent."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}", *headers, "", ""]
        return "\r\n".join(lines).encode() + body

    def page_takes(self, circuit: int) -> float:
        """Give the seconds that somebody else waits for the landing page."""
        started = time.monotonic()
        answer = read_page(self.ring(circuit, self.get()))
        assert answer.startswith(b"HTTP/1.1 200")
        return time.monotonic() - started

    def close(self) -> None:
        """Close all connections."""
        self._open.close()


def read_page(connection: socket.socket) -> bytes:
    """Read one answer of the usual size, or what there is until the end."""
    got = b""
    while len(got.partition(b"\r\n\r\n")[2]) < 65_536:
        try:
            more = connection.recv(65_536)
        except ConnectionResetError:  # ended with something unread
            more = b""
        if not more:
            break
        got += more
    return got


@pytest.fixture
def bell(house: House, tor_network: TorNetwork) -> Iterator[Doorbell]:
    """Serve a house through Tor's socket; see that no worker was killed meanwhile."""
    with house.serving(torrc=tor_network.torrc):
        before = workers(house)
        made = Doorbell(house)
        yield made
        made.close()
        assert workers(house) == before


def workers(house: House) -> list[int]:
    """List the source app's processes."""
    assert house.process is not None
    return [pid for pid in tree(house.process.pid) if b"--app\0source" in cmdline(pid)]


def sessions(house: House) -> int:
    """Count sessions."""
    with sqlite3.connect(house.home / "vasistas.db") as db:
        return int(db.execute("SELECT count(*) FROM sessions").fetchone()[0])


def test_requests_sent_together_are_answered_and_hold_nobody_up(bell: Doorbell) -> None:
    for _ in range(4):
        bell.ring(1, bell.get() + bell.get())
    assert bell.page_takes(2) < PATIENCE_SECONDS
    both = bell.ring(3, bell.get() + bell.get("/safety"))
    assert read_page(both).startswith(b"HTTP/1.1 200")
    assert read_page(both).startswith(b"HTTP/1.1 200")


def test_a_form_with_more_behind_it_holds_nobody_up(bell: Doorbell) -> None:
    form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 10"]
    for _ in range(4):
        bell.ring(1, bell.post("/return", *form, body=b"codename=x" + b"stray"))
    assert bell.page_takes(2) < PATIENCE_SECONDS


def test_bodies_without_a_length_that_drip_hold_nobody_up(bell: Doorbell) -> None:
    chunked = bell.post("/deliver", "Transfer-Encoding: chunked", body=b"1\r\nx\r\n")
    dripping = [bell.ring(circuit, chunked) for circuit in range(1, 9) for _ in range(31)]
    for _ in range(3):
        time.sleep(1)
        for connection in dripping:
            try:
                connection.sendall(b"1\r\nx\r\n")
            except OSError:
                continue  # it was ended: that is what is hoped for
        assert bell.page_takes(99) < PATIENCE_SECONDS


LARGE = "Content-Length: 200000"
KINDS = {
    "large form": ["Content-Type: application/x-www-form-urlencoded", LARGE],
    "multipart": ["Content-Type: multipart/form-data; boundary=x", "Content-Length: 30000"],
}


@pytest.mark.parametrize("headers", KINDS.values(), ids=KINDS.keys())
def test_forms_that_drip_hold_nobody_up(bell: Doorbell, headers: list[str]) -> None:
    form = bell.post("/codename", *headers, body=b"desk=")
    dripping = [bell.ring(circuit, form) for circuit in range(1, 10) for _ in range(31)]
    for _ in range(3):
        time.sleep(1)
        for connection in dripping:
            try:
                connection.sendall(b"x")
            except OSError:
                continue
        assert bell.page_takes(99) < PATIENCE_SECONDS


def test_what_comes_on_a_connection_past_the_cap_is_not_carried_out(bell: Doorbell) -> None:
    for _ in range(CONNECTIONS_FREE):
        bell.ring(1)
    time.sleep(1)
    form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 0"]
    begin = bell.post("/codename", *form)
    refused = [bell.ring(1, begin) for _ in range(5)]
    assert [read_page(connection) for connection in refused] == [b""] * 5
    assert sessions(bell.house) == 0
    assert read_page(bell.ring(2, begin)).startswith(b"HTTP/1.1 303")
    eventually(lambda: sessions(bell.house) == 1, "another circuit's visit begins")


def test_odd_ends_give_every_place_of_the_circuit_back(bell: Doorbell, root: Path) -> None:
    del root
    cut = bell.post("/deliver", "Content-Length: 1000", body=os.urandom(10))
    often = [b"", b"no HTTP at all\r\n\r\n", bell.get(), cut] * 12
    for sent in [*often, b"GET / HT", bell.get() + b"GET"]:
        connection = bell.ring(7, sent)
        connection.shutdown(socket.SHUT_WR)
        read_page(connection)
        connection.close()
    held = [bell.ring(7, bell.get()) for _ in range(CONNECTIONS_FREE)]
    assert all(read_page(connection).startswith(b"HTTP/1.1 200") for connection in held)
