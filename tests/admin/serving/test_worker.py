import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from admin.serving import worker as worker_module
from admin.serving.direct_body import DirectBody
from admin.serving.worker import HeaderDeadline, QuietLogger, StreamingWorker
from web.pages import plain_bad_request

Wsgi = Callable[[Any, Callable[..., Any]], Iterable[bytes]]
GOOD = b"GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answer_ok(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(1000) if "CONTENT_LENGTH" in environ else b""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(2 + len(body)))])
    return [b"ok", body]


def fail(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    del start
    raise RuntimeError(environ["PATH_INFO"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "HEADER_SECONDS", 0.2)
    monkeypatch.setattr(worker_module, "CHECK_SECONDS", 0.02)


Serve = Callable[..., socket.socket]


@pytest.fixture
def serve(quick: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Hand one connection to a worker, as gunicorn does; give the client's end."""
    del quick
    monkeypatch.setattr(StreamingWorker, "bad_request_page", plain_bad_request())
    workers: list[StreamingWorker] = []
    threads: list[threading.Thread] = []
    sockets: list[socket.socket] = []

    def handle(worker: StreamingWorker, connection: TConn) -> None:
        kept = True
        while kept:
            kept = worker.handle(connection)
        connection.close()

    def hand_over(app: Wsgi = answer_ok) -> socket.socket:
        config = Config()
        gunicorn: Any = None  # the application that a worker would load: ours is given below
        worker = StreamingWorker(1, os.getpid(), [], gunicorn, 30, config, QuietLogger(config))
        worker.wsgi = app
        worker.headers = HeaderDeadline()
        worker.headers.start()
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        connection = TConn(config, ours, ("127.0.0.1", 1), ("127.0.0.1", 80))
        thread = threading.Thread(target=handle, args=(worker, connection))
        thread.start()
        workers.append(worker)
        threads.append(thread)
        sockets.append(theirs)
        return theirs

    yield hand_over
    for client in sockets:
        client.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    for worker in workers:
        worker.tmp.close()


def read_answer(client: socket.socket) -> tuple[list[bytes], bytes]:
    """Read one answer: its header's lines and its body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(65_536) or pytest.fail(f"cut off after {received!r}")
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    (length,) = (int(line.split(b":")[1]) for line in lines if line.startswith(b"Content-Length"))
    while len(body) < length:
        body += client.recv(65_536) or pytest.fail("cut off in the body")
    return lines, body


def names(lines: list[bytes]) -> set[bytes]:
    return {line.split(b":")[0].lower() for line in lines[1:]}


def test_an_answer_tells_neither_server_nor_date(serve: Serve) -> None:
    client = serve()
    client.sendall(GOOD)
    lines, body = read_answer(client)
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert body == b"ok"
    assert names(lines) == {b"connection", b"content-type", b"content-length"}


def test_a_connection_is_used_again_and_its_deadline_begins_anew(serve: Serve) -> None:
    client = serve()
    for _ in range(3):
        client.sendall(GOOD)
        assert read_answer(client)[1] == b"ok"


@pytest.mark.parametrize("half", [GOOD[:1], GOOD[:30], GOOD[:-1]])
def test_a_half_sent_header_is_closed_in_time(serve: Serve, half: bytes) -> None:
    client = serve()
    began = time.monotonic()
    client.sendall(half)
    assert client.recv(1000) == b""
    assert 0.15 <= time.monotonic() - began < 5


def test_a_header_that_drips_is_closed_as_well(serve: Serve) -> None:
    client = serve()

    def drip() -> None:
        for _ in range(250):
            client.sendall(b"G")
            time.sleep(0.02)

    with pytest.raises(BrokenPipeError):
        drip()


def test_an_answer_may_take_longer_than_a_header(serve: Serve) -> None:
    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        time.sleep(0.6)
        return answer_ok(environ, start)

    client = serve(slow)
    client.sendall(GOOD)
    assert read_answer(client)[1] == b"ok"


def test_a_body_may_take_longer_than_a_header_and_is_read_as_it_comes(serve: Serve) -> None:
    kinds: list[type] = []

    def noting(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        kinds.append(type(environ["wsgi.input"]))
        return answer_ok(environ, start)

    client = serve(noting)
    client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
    time.sleep(0.5)
    client.sendall(b"body")
    assert read_answer(client)[1] == b"okbody"
    assert kinds == [DirectBody]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_the_one_page_and_not_a_word_in_a_log(
    serve: Serve, request_bytes: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    client = serve()
    client.sendall(request_bytes)
    lines, body = read_answer(client)
    assert lines[0] == b"HTTP/1.1 400 Bad Request"
    assert body == plain_bad_request()
    assert not names(lines) & {b"server", b"date"}
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_an_app_that_fails_leaves_no_line_and_no_trace(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    client = serve(fail)
    client.sendall(GOOD)
    lines, body = read_answer(client)
    assert b"secret" not in b"".join(lines) + body
    assert b"Traceback" not in body
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_a_deadline_that_was_met_does_not_close(quick: None) -> None:
    del quick
    watch = HeaderDeadline()
    watch.start()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch.expect(ours)
        watch.forget(ours)
        watch.forget(ours)  # a second time is no error
        time.sleep(0.4)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"


def test_one_late_connection_that_is_gone_keeps_the_watch_for_the_others(quick: None) -> None:
    del quick
    watch = HeaderDeadline()
    watch.start()
    gone, other = socket.socketpair()
    watch.expect(gone)
    gone.close()
    other.close()
    time.sleep(0.1)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(5)
        watch.expect(ours)
        assert theirs.recv(1) == b""
