import socket
import time
from collections.abc import Callable, Iterator
from queue import Empty, Queue

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn
from hypothesis import given
from hypothesis import strategies as st

from admin.serving import lobby as lobby_module
from admin.serving.lobby import PEEK_BYTES, Lobby, is_whole
from tests.web.streams import cut, cuts

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = (
    b"POST /return HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
)


def connected(sock: socket.socket) -> TConn:
    return TConn(Config(), sock, ("127.0.0.1", 1), ("127.0.0.1", 80))


bodies = st.binary(max_size=300)


@given(st.one_of(st.just(GET), bodies.map(lambda body: POST % len(body) + body)), cuts)
def test_a_request_is_whole_at_its_last_byte_and_not_before(
    request: bytes, places: list[int]
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = connected(ours)
        sent = 0
        for piece in filter(None, cut(request, places)):
            assert not is_whole(connection)
            theirs.sendall(piece)
            sent += len(piece)
            assert is_whole(connection) == (sent == len(request))
        assert ours.recv(1000) == request[:1000]  # it was looked at and not taken


@pytest.mark.parametrize(
    "length", [b"Content-Length: 5", b"content-length:5", b"CONTENT-LENGTH: \t5 \t"]
)
def test_the_length_is_found_however_it_is_written(length: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        form = b"Content-Type: application/x-www-form-urlencoded\r\n"
        theirs.sendall(b"POST / HTTP/1.1\r\n" + form + length + b"\r\n\r\nbody")
        assert not is_whole(connected(ours))
        theirs.sendall(b"5")
        assert is_whole(connected(ours))


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: multipart/form-data; boundary=x",
        b"Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue",
    ],
    ids=["a stream", "one that waits to be told"],
)
def test_a_stream_is_the_apps_to_pace_and_who_waits_for_us_is_not_waited_for(
    header: bytes,
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST /deliver HTTP/1.1\r\nContent-Length: 500\r\n" + header + b"\r\n")
        assert not is_whole(connected(ours))
        theirs.sendall(b"\r\n")
        assert is_whole(connected(ours))


def test_a_large_body_is_the_apps_to_pace() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(POST % PEEK_BYTES)
        assert is_whole(connected(ours))


def test_a_header_without_end_is_handed_on_to_be_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * PEEK_BYTES)
        theirs.sendall(b"GET /" + b"x" * PEEK_BYTES)
        assert is_whole(connected(ours))


def test_a_connection_that_is_over_waits_for_nothing() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        theirs.sendall(GET[:9])
        connection = connected(ours)
        assert not is_whole(connection)
        ours.recv(9)
        theirs.close()
        assert is_whole(connection)


Arrive = Callable[[bytes], socket.socket]


class Hall:
    """A lobby with its door: who was let in, and in what order."""

    def __init__(self) -> None:
        self.admitted: Queue[TConn] = Queue()
        self.late: Queue[TConn] = Queue()
        self.lobby = Lobby(self.admitted.put, is_whole, self.late.put)
        self.lobby.start()
        self._sockets: list[socket.socket] = []

    def arrive(self, sent: bytes) -> tuple[TConn, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        self._sockets += [ours, theirs]
        theirs.sendall(sent)
        connection = connected(ours)
        self.lobby.wait(connection)
        return connection, theirs

    def next(self, seconds: float = 10) -> TConn | None:
        try:
            return self.admitted.get(timeout=seconds)
        except Empty:
            return None

    def close(self) -> None:
        for each in self._sockets:
            each.close()


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(lobby_module, "WAIT_SECONDS", 0.4)
    monkeypatch.setattr(lobby_module, "LOOK_SECONDS", 0.02)
    made = Hall()
    yield made
    made.close()


def test_who_is_whole_is_let_in_once(hall: Hall) -> None:
    connection, client = hall.arrive(GET[:20])
    assert hall.next(0.1) is None
    client.sendall(GET[20:])
    assert hall.next() is connection
    client.sendall(GET)
    assert hall.next(0.6) is None


def test_what_was_there_before_the_waiting_began_is_seen(hall: Hall) -> None:
    connection, _ = hall.arrive(GET)
    assert hall.next() is connection


@pytest.mark.parametrize("half", [b"", GET[:1], GET[:-1], POST % 5 + b"1234"])
def test_half_a_request_is_shut_in_time(hall: Hall, half: bytes) -> None:
    began = time.monotonic()
    connection, client = hall.arrive(half)
    assert client.recv(1) == b""
    assert 0.3 <= time.monotonic() - began < 8
    assert hall.next() is connection  # and its thread finds the end


def test_a_request_that_drips_buys_no_time(hall: Hall) -> None:
    began = time.monotonic()
    _, client = hall.arrive(b"")

    def drip() -> None:
        for _ in range(1000):
            client.sendall(b"G")
            time.sleep(0.02)

    with pytest.raises(BrokenPipeError):
        drip()
    assert time.monotonic() - began < 8


def test_in_a_full_lobby_the_longest_waiting_goes(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobby_module, "WAIT_SECONDS", 60)
    monkeypatch.setattr(lobby_module, "WAITING_MAX", 2)
    first, client = hall.arrive(GET[:5])
    second, other = hall.arrive(GET[:5])
    third, last = hall.arrive(GET[:5])
    assert hall.next() is first
    assert client.recv(1) == b""
    for connection, sender in ((third, last), (second, other)):
        sender.sendall(GET[5:])
        assert hall.next() is connection


def test_one_that_goes_away_keeps_nobody_else_waiting(hall: Hall) -> None:
    gone, client = hall.arrive(GET[:5])
    client.close()
    stays, other = hall.arrive(GET[:5])
    other.sendall(GET[5:])
    assert {hall.next(), hall.next()} == {gone, stays}
