import ipaddress
import re
import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from admin.serving.proxy_line import LINE_MAX_BYTES, NotFromTor, take_address
from tests.web.streams import cut, cuts

REQUEST = b"GET / HTTP/1.1\r\nHost: x.onion\r\n\r\n"


def line_of(circuit: int, port: int = 42) -> bytes:
    """Write the line as tor does (connection_edge.c, export_hs_client_circuit_id)."""
    high, low = circuit >> 16, circuit & 0xFFFF
    return b"PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 65535 %d\r\n" % (high, low, port)


def address_of(circuit: int) -> str:
    return str(ipaddress.IPv6Address((0xFC00_DEAD_BEEF_4DAD << 64) | circuit))


circuits = st.integers(0, 0xFFFF_FFFF)


@given(circuits, st.integers(0, 65_535), st.one_of(st.just(REQUEST), st.binary(max_size=400)))
def test_tors_line_is_taken_and_not_a_byte_after_it(circuit: int, port: int, rest: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(line_of(circuit, port) + rest)
        assert take_address(ours) == address_of(circuit)
        theirs.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: ours.recv(1000), b"")) == rest


@given(circuits, cuts)
def test_until_it_is_whole_nothing_is_taken_and_nobody_waits(
    circuit: int, places: list[int]
) -> None:
    line = line_of(circuit)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert take_address(ours) is None
        sent = 0
        for piece in filter(None, cut(line, [place % len(line) for place in places])):
            theirs.sendall(piece)
            sent += len(piece)
            if sent < len(line):
                assert take_address(ours) is None
                assert ours.recv(200, socket.MSG_PEEK) == line[:sent]
        assert take_address(ours) == address_of(circuit)


def outcome(sent: bytes, *, ended: bool = False) -> str | None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        if ended:
            theirs.shutdown(socket.SHUT_WR)
        return take_address(ours)


HEX = "fc00:dead:beef:4dad::1:2"
OTHERS = [
    REQUEST,
    b"\r\n",
    b"\n",
    b"\x16\x03\x01\x02\n",
    b"PROXY UNKNOWN\r\n",
    b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
    b"proxy tcp6 fc00:dead:beef:4dad::1:2 ::1 65535 42\r\n",
    f"PROXY TCP6 {HEX} ::1 65535 42\n".encode(),
    f" PROXY TCP6 {HEX} ::1 65535 42\r\n".encode(),
    f"PROXY  TCP6 {HEX} ::1 65535 42\r\n".encode(),
    f"PROXY TCP6 {HEX} ::2 65535 42\r\n".encode(),
    f"PROXY TCP6 {HEX} 127.0.0.1 65535 42\r\n".encode(),
    f"PROXY TCP6 {HEX} ::1 65535 42 \r\n".encode(),
    f"PROXY TCP6 {HEX} ::1 -1 42\r\n".encode(),
    f"PROXY TCP6 {HEX} ::1 65535\r\n".encode(),
    f"PROXY TCP6 {HEX} ::1 123456 42\r\n".encode(),
    f"PROXY TCP6 {HEX.upper()} ::1 65535 42\r\n".encode(),
    f"PROXY TCP6 {HEX}%eth0 ::1 65535 42\r\n".encode(),
    b"PROXY TCP6 ::: ::1 65535 42\r\n",
    b"PROXY TCP6 1::2::3 ::1 65535 42\r\n",
    b"PROXY TCP6 fc00:dead:beef:4dad:1:2 ::1 65535 42\r\n",
    b"PROXY TCP6 aaaaaaaaaaaaaaaaaaaa ::1 65535 42\r\n",
    b"PROXY TCP6 " + b":" * 39 + b" ::1 65535 42\r\n",
    b"PROXY TCP6 " + b"a" * 300,
    b"\r\n\r\nPROXY TCP6 x",
    b"\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a\x21\x21\x00\x0c",  # version 2
    b"x" * LINE_MAX_BYTES,
    b"\x00" * LINE_MAX_BYTES,
]


@pytest.mark.parametrize("sent", OTHERS, ids=ascii)
def test_anything_else_is_turned_away_at_once(sent: bytes) -> None:
    with pytest.raises(NotFromTor):
        outcome(sent)


@pytest.mark.parametrize("sent", [b"", b"P", line_of(7)[:-1]])
def test_a_connection_that_ended_before_its_line_did_is_turned_away_or_over(sent: bytes) -> None:
    """What was begun waits for the lobby's deadline; an end of file at once is an end."""
    if sent:
        assert outcome(sent, ended=True) is None
    else:
        with pytest.raises(NotFromTor):
            outcome(sent, ended=True)


EXACT = re.compile(rb"PROXY TCP6 ([0-9a-f:]+) ::1 [0-9]+ [0-9]+\r\n")


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(b"PROXY TCP6 ".__add__),
        st.from_regex(EXACT, fullmatch=False).map(lambda found: found[:150]),
        st.text("0123456789abcdef:", max_size=45).map(
            lambda text: f"PROXY TCP6 {text} ::1 65535 42\r\n".encode()
        ),
    )
)
@example(b"")
@example(line_of(0)[:-2] + b"\n\r\n")
def test_of_any_bytes_only_the_exact_form_is_taken(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        try:
            found = take_address(ours)
        except NotFromTor:
            return
        if found is None:
            assert b"\n" not in sent
            assert len(sent) < LINE_MAX_BYTES
            return
        match = EXACT.match(sent)
        assert match is not None
        assert found == str(ipaddress.IPv6Address(match[1].decode()))
        theirs.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: ours.recv(1000), b"")) == sent[match.end() :]


def test_the_longest_line_that_tor_can_write_is_short_enough() -> None:
    assert len(line_of(0xFFFF_FFFF, 65_535)) <= LINE_MAX_BYTES


def test_a_connection_that_is_gone_is_not_from_tor() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    with pytest.raises(NotFromTor):
        take_address(ours)
