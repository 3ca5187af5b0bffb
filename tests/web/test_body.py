import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.streams import Pieces, body_of, cut, cuts, environ, read_all
from web.body import (
    CHUNK_BYTES,
    DRAIN_BYTES,
    DRAIN_SECONDS,
    DRAINS_AT_ONCE,
    PACE_BYTES,
    PACE_SECONDS,
    SILENCE_SECONDS,
    Body,
)
from web.errors import LengthMissing, Stalled, Truncated


class Tick:
    """A clock that goes on by `step` seconds at each chunk read from it."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        return self.now


class Dripping:
    """Gives `size` bytes for ever, `clock.step` seconds apart."""

    def __init__(self, clock: Tick, size: int) -> None:
        self._clock, self._size, self.given = clock, size, 0

    def read(self, size: int) -> bytes:
        self._clock.now += self._clock.step
        chunk = b"x" * min(size, self._size)
        self.given += len(chunk)
        return chunk


class Failing:
    def __init__(self, error: OSError) -> None:
        self._error = error

    def read(self, _size: int) -> bytes:
        raise self._error


def dripping(size: int, seconds: float, length: int) -> tuple[Body, Dripping]:
    clock = Tick(seconds)
    stream = Dripping(clock, size)
    return Body({"wsgi.input": stream, "CONTENT_LENGTH": str(length)}, clock), stream


@given(st.binary(max_size=4000), cuts)
def test_it_reads_the_same_however_it_comes(data: bytes, places: list[int]) -> None:
    body = body_of(data, places)
    assert read_all(body) == data
    assert body.received == body.length == len(data)
    assert body.read() == b""


@given(st.binary(min_size=1, max_size=2000), st.binary(min_size=1, max_size=50), cuts)
def test_what_follows_the_body_is_left_alone(
    data: bytes, following: bytes, places: list[int]
) -> None:
    given_environ = environ(cut(data + following, places), len(data))
    assert read_all(Body(given_environ)) == data
    assert given_environ["wsgi.input"].rest == following


@given(st.binary(max_size=2000), st.integers(1, 5000), cuts)
def test_a_body_that_ends_early_is_truncated(data: bytes, lacking: int, places: list[int]) -> None:
    body = Body(environ(cut(data, places), len(data) + lacking))
    with pytest.raises(Truncated):
        read_all(body)
    assert body.received == len(data)
    with pytest.raises(Truncated):
        body.read()


def test_no_read_asks_for_more_than_a_chunk_or_than_is_left() -> None:
    given_environ = environ([b"x" * CHUNK_BYTES * 2], CHUNK_BYTES * 2 - 5)
    read_all(Body(given_environ))
    assert given_environ["wsgi.input"].asked == [CHUNK_BYTES, CHUNK_BYTES - 5]


@pytest.mark.parametrize(
    "length",
    [
        None,
        "",
        "-1",
        "+1",
        "1.0",
        "1,1",
        " 1",
        "1 ",
        "0x10",
        "\u0661",
        "\u00b2",
        "1e3",
        "abc",
        "9" * 5000,
    ],
)
def test_a_length_that_is_none_is_asked_for(length: str | None) -> None:
    with pytest.raises(LengthMissing):
        Body(environ([b"data"], length))


@pytest.mark.parametrize("length", ["0", "007", "9" * 18])
def test_a_number_is_a_length(length: str) -> None:
    assert Body(environ([], length)).length == int(length)


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (TimeoutError(), Stalled),
        (ConnectionResetError(), Truncated),
        (BrokenPipeError(), Truncated),
        (OSError(5, "secret"), Truncated),
    ],
)
def test_a_failing_connection_is_one_of_ours(raised: OSError, seen: type[Exception]) -> None:
    body = Body({"wsgi.input": Failing(raised), "CONTENT_LENGTH": "5"})
    with pytest.raises(seen) as caught:
        body.read()
    assert caught.value.__suppress_context__


def test_silence_on_a_real_socket_ends() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb", buffering=0) as stream:
        given_environ: dict[str, Any] = {
            "wsgi.input": stream,
            "CONTENT_LENGTH": "10",
            "gunicorn.socket": ours,
        }
        body = Body(given_environ)
        assert ours.gettimeout() == SILENCE_SECONDS
        ours.settimeout(0.05)
        theirs.sendall(b"abc")
        assert body.read() == b"abc"
        with pytest.raises(Stalled):
            body.read()


def test_a_sender_below_the_least_pace_is_cut_off_within_two_windows() -> None:
    body, stream = dripping(size=100, seconds=5, length=1 << 30)
    with pytest.raises(Stalled):
        read_all(body)
    assert stream.given <= 100 * 2 * PACE_SECONDS / 5


def test_a_fast_beginning_buys_no_slow_rest() -> None:
    clock = Tick(0)
    stream = Dripping(clock, CHUNK_BYTES)
    body = Body({"wsgi.input": stream, "CONTENT_LENGTH": str(1 << 40)}, clock)
    for _ in range(100):
        body.read()
    clock.step, stream._size = 10, 10
    with pytest.raises(Stalled):
        read_all(body)
    assert clock.now <= 2 * PACE_SECONDS + 10


@given(st.floats(0.1, 29), st.integers(1, 50))
def test_a_slow_circuit_that_keeps_the_pace_may_take_hours(seconds: float, windows: int) -> None:
    size = int(PACE_BYTES / PACE_SECONDS * seconds * 2) + 1
    body, _ = dripping(size, seconds, length=size * int(windows * PACE_SECONDS / seconds + 1))
    assert len(read_all(body)) == body.length


def rounds(body: Body) -> Iterator[bytes]:
    return iter(body.read, b"")


def test_draining_reads_to_the_end_and_no_further() -> None:
    given_environ = environ([b"x" * 5000, b"next request"], 5000)
    body = Body(given_environ)
    next(rounds(body))
    body.drain()
    assert given_environ["wsgi.input"].rest == b"next request"


def test_draining_stops_at_its_cap() -> None:
    body, stream = dripping(CHUNK_BYTES, 0, length=1 << 40)
    body.drain()
    assert DRAIN_BYTES <= stream.given <= DRAIN_BYTES + CHUNK_BYTES


def test_draining_stops_in_time() -> None:
    body, stream = dripping(CHUNK_BYTES, 1, length=1 << 40)
    body.drain()
    assert stream.given == DRAIN_SECONDS * CHUNK_BYTES


def test_draining_a_lost_connection_is_no_error() -> None:
    for stream in (Pieces([b"abc"]), Failing(TimeoutError()), Failing(ConnectionResetError())):
        Body({"wsgi.input": stream, "CONTENT_LENGTH": "10"}).drain()


def test_not_all_threads_may_drain() -> None:
    held, release = threading.Semaphore(0), threading.Event()

    class Waiting:
        def read(self, _size: int) -> bytes:
            held.release()
            release.wait(10)
            return b""

    def drain() -> None:
        Body({"wsgi.input": Waiting(), "CONTENT_LENGTH": "10"}).drain()

    threads = [threading.Thread(target=drain) for _ in range(DRAINS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert held.acquire(timeout=10)
    drain()  # the next one is not read, and returns at once
    assert not held.acquire(blocking=False)
    release.set()
    for thread in threads:
        thread.join(10)
    drain()
    assert held.acquire(blocking=False)
