import socket
from collections.abc import Callable, Iterator

import pytest
from gunicorn.config import Config
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn

from admin.serving.doorway import Doorway, Visitor
from tests.admin.serving.test_proxy_line import REQUEST, address_of, line_of
from web.circuits import Held, Spent, Verdict, circuit_of

TOR_SOCKET = "/srv/run/source-tor.sock"
Said = tuple[str, int, Held | Spent]


class Circuits:
    """A ledger (a mock) that notes what it is asked, and allows as it is told."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.allowed = True

    def enter(self, circuit: int, what: Held) -> Verdict:
        self.said.append(("enter", circuit, what))
        return Verdict(allowed=self.allowed, wait=3.0)

    def leave(self, circuit: int, what: Held) -> None:
        self.said.append(("leave", circuit, what))

    def spend(self, circuit: int, what: Spent) -> Verdict:
        self.said.append(("spend", circuit, what))
        return Verdict()

    def belongs(self, _circuit: int, _reviewer: str) -> None:
        raise AssertionError


@pytest.fixture
def circuits() -> Circuits:
    return Circuits()


@pytest.fixture
def doorway(circuits: Circuits) -> Doorway:
    return Doorway(TOR_SOCKET, circuits)


Arrive = Callable[..., tuple[Visitor, socket.socket]]


@pytest.fixture
def arrive() -> Iterator[Arrive]:
    made: list[socket.socket] = []

    def come(sent: bytes = b"", by: str = TOR_SOCKET) -> tuple[Visitor, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        made.extend((ours, theirs))
        theirs.sendall(sent)
        return Visitor(Config(), ours, "", by), theirs

    yield come
    for each in made:
        each.close()


def is_shut(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:  # what it had sent was not read
        return True


def test_the_worker_makes_visitors_of_connections() -> None:
    from admin.serving import worker  # noqa: PLC0415  what it does at its import is looked at

    assert worker.gthread is gthread
    assert gthread.TConn is Visitor


def test_who_comes_through_tor_is_named_by_their_circuit(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    visitor, _ = arrive(line_of(0x1_0002) + REQUEST)
    assert doorway.let_in(visitor)
    assert visitor.client == (address_of(0x1_0002), 0)
    assert circuit_of({"REMOTE_ADDR": visitor.client[0]}) == 0x1_0002
    assert circuits.said == [("enter", 0x1_0002, Held.CONNECTION)]
    assert visitor.sock.recv(1000) == REQUEST


def test_the_line_is_awaited_without_a_thread_and_counted_once(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    visitor, tor = arrive()
    line = line_of(7)
    for byte in line[:-1]:
        assert not doorway.let_in(visitor)
        tor.sendall(bytes([byte]))
    assert not doorway.let_in(visitor)
    assert circuits.said == []
    tor.sendall(line[-1:])
    for _ in range(3):  # and again at each request of the connection
        assert doorway.let_in(visitor)
    assert circuits.said == [("enter", 7, Held.CONNECTION)]


def test_a_second_line_of_the_visitors_own_changes_nothing(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    """What stands behind tor's line was written by the visitor."""
    visitor, _ = arrive(line_of(7) + line_of(8) + REQUEST)
    assert doorway.let_in(visitor)
    assert doorway.let_in(visitor)
    assert visitor.client == (address_of(7), 0)
    assert circuits.said == [("enter", 7, Held.CONNECTION)]
    assert visitor.sock.recv(1000) == line_of(8) + REQUEST  # which is no HTTP


@pytest.mark.parametrize(
    "sent",
    [
        REQUEST,
        b"PROXY UNKNOWN\r\n" + REQUEST,
        b"PROXY TCP6 ::1 ::1 65535 42\r\n" + REQUEST,
        b"PROXY TCP6 2001:db8::1 ::1 65535 42\r\n" + REQUEST,
        b"PROXY TCP6 fc00:dead:beef:4dad:1::1 ::1 65535 42\r\n" + REQUEST,
        b"PROXY TCP6 fc00:dead:beef:4dae::1 ::1 65535 42\r\n" + REQUEST,
    ],
    ids=ascii,
)
def test_on_tors_socket_nobody_gets_in_without_a_circuit(
    doorway: Doorway, circuits: Circuits, arrive: Arrive, sent: bytes
) -> None:
    visitor, client = arrive(sent)
    assert doorway.let_in(visitor)
    assert visitor.turned_away  # it gets no thread: what it has sent is not carried out
    assert visitor.circuit is None
    assert circuits.said == []
    visitor.close()
    assert is_shut(client)


def test_on_another_socket_the_line_means_nothing(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    visitor, _ = arrive(line_of(7) + REQUEST, by="/srv/run/source.sock")
    assert doorway.let_in(visitor)
    assert visitor.circuit is None
    assert visitor.client == ""
    assert circuits.said == []
    assert visitor.sock.recv(1000) == line_of(7) + REQUEST  # for gunicorn to refuse


def test_a_circuit_with_too_many_connections_gets_no_other(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    circuits.allowed = False
    visitor, client = arrive(line_of(7) + REQUEST)
    assert doorway.let_in(visitor)
    assert visitor.turned_away
    visitor.close()
    assert is_shut(client)
    assert circuits.said == [("enter", 7, Held.CONNECTION)]  # nothing was held, none given back


def test_the_place_is_given_back_once_however_often_it_is_closed(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    visitor, _ = arrive(line_of(7) + REQUEST)
    doorway.let_in(visitor)
    for _ in range(3):
        visitor.close()
    assert circuits.said[1:] == [("leave", 7, Held.CONNECTION)]


def test_one_that_never_named_its_circuit_gives_nothing_back(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    visitor, _ = arrive(line_of(7)[:20])
    assert not doorway.let_in(visitor)
    visitor.close()
    assert circuits.said == []


def test_half_a_request_is_counted_and_a_quiet_connection_is_not(
    doorway: Doorway, circuits: Circuits, arrive: Arrive
) -> None:
    half, _ = arrive(line_of(7) + REQUEST[:9])
    quiet, _ = arrive(line_of(8))
    gone, client = arrive(line_of(9))
    nobody, _ = arrive(REQUEST[:9], by="/srv/run/source.sock")
    unnamed, _ = arrive(line_of(10)[:9])
    for visitor in (half, quiet, gone, nobody, unnamed):
        doorway.let_in(visitor)
    client.close()
    circuits.said.clear()
    for visitor in (half, quiet, gone, nobody, unnamed):
        doorway.note_half_request(visitor)
    assert circuits.said == [("spend", 7, Spent.HALF_REQUEST)]
    assert half.sock.recv(100) == REQUEST[:9]  # it was looked at and not taken


def test_gunicorns_own_connections_pass(doorway: Doorway, circuits: Circuits) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(REQUEST)
        plain = TConn.__mro__[1] if TConn is Visitor else TConn
        connection = plain(Config(), ours, "", "/srv/run/source.sock")
        assert doorway.let_in(connection)
        doorway.note_half_request(connection)
    assert circuits.said == []
