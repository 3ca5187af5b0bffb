import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader
from hypothesis import given
from hypothesis import strategies as st

from admin.serving.direct_body import DirectBody
from tests.web.streams import cut, cuts
from web.body import Body
from web.errors import Stalled, Truncated


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        yield ours, theirs


def body_of(ours: socket.socket, length: int, ahead: bytes) -> tuple[DirectBody, SocketUnreader]:
    """Give a body as gunicorn would, with what it read ahead along with the header."""
    unreader = SocketUnreader(ours)
    unreader.unread(ahead)
    return DirectBody(LengthReader(unreader, length), ours), unreader


@given(
    st.binary(max_size=3000),
    st.binary(max_size=60),
    st.integers(0, 4000),
    cuts,
    st.integers(1, 5000),
)
def test_a_body_is_read_to_its_last_byte_and_the_next_request_is_left(
    content: bytes, following: bytes, ahead: int, places: list[int], size: int
) -> None:
    sent = content + following
    with_header, later = sent[:ahead], sent[ahead:]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for piece in cut(later, places):
            theirs.sendall(piece)
        body, unreader = body_of(ours, len(content), with_header)
        read = b"".join(iter(lambda: body.read(size), b""))
        assert read == content
        assert body.read(size) == body.read() == b""
        assert not body.failed
        if following:
            assert unreader.read(len(following)) == following


def test_it_gives_what_is_there_and_does_not_wait_for_more(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    body, _ = body_of(ours, 1000, b"ahead")
    assert body.read(500) == b"ahead"
    theirs.sendall(b"later")
    assert body.read(500) == b"later"


def test_a_cut_connection_reads_as_an_early_end_and_is_not_used_again(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    body, _ = body_of(ours, 1000, b"ahead")
    theirs.close()
    assert body.read(500) == b"ahead"
    assert body.read(500) == b""
    assert body.failed
    assert body.read(500) == b""


def test_silence_is_raised_once_and_the_connection_is_not_used_again(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    ours.settimeout(0.05)
    body, _ = body_of(ours, 1000, b"")
    with pytest.raises(TimeoutError):
        body.read(500)
    assert body.failed
    assert body.read(500) == b""


@pytest.mark.parametrize(("ended", "raised"), [(True, Truncated), (False, Stalled)])
def test_the_app_sees_an_end_or_a_silence_as_what_it_is(
    pair: tuple[socket.socket, socket.socket], *, ended: bool, raised: type[Exception]
) -> None:
    ours, theirs = pair
    direct, _ = body_of(ours, 1000, b"ahead")
    body = Body({"wsgi.input": direct, "CONTENT_LENGTH": "1000"})
    ours.settimeout(0.05)
    assert body.read() == b"ahead"
    if ended:
        theirs.close()
    with pytest.raises(raised):
        body.read()


def test_a_connection_that_was_reset_is_truncated() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    with ours:
        body, _ = body_of(ours, 1000, b"")

        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        threading.Timer(0.05, theirs.close).start()
        reading = Body({"wsgi.input": body, "CONTENT_LENGTH": "1000"})
        with pytest.raises(Truncated):
            reading.read()
        assert body.failed
