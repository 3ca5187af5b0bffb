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
from admin.serving.answer import BadRequest
from admin.serving.direct_body import DirectBody
from admin.serving.worker import QuietLogger, StreamingWorker
from web.pages import plain_bad_request

Wsgi = Callable[[Any, Callable[..., Any]], Iterable[bytes]]
BAD_REQUEST = BadRequest(
    (("Content-Type", "text/html"), ("Content-Length", "1"), ("X-Like", "every page"))
).encode()
GOOD = b"GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answer_ok(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(1000) if "CONTENT_LENGTH" in environ else b""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(2 + len(body)))])
    return [b"ok", body]


def fail(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    del start
    raise RuntimeError(environ["PATH_INFO"])


Serve = Callable[..., socket.socket]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Hand one connection to a worker's thread, as the lobby does; give the client's end."""
    monkeypatch.setattr(worker_module, "LINGER_SECONDS", 0.2)
    monkeypatch.setattr(StreamingWorker, "bad_request", BAD_REQUEST)
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


def test_a_body_is_read_from_the_socket_as_it_comes(serve: Serve) -> None:
    kinds: list[type] = []

    def noting(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        kinds.append(type(environ["wsgi.input"]))
        return answer_ok(environ, start)

    client = serve(noting)
    client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
    client.sendall(b"bo")
    assert read_answer(client)[1] == b"okbo"  # the app need not wait for the rest
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
    assert lines[0] == b"HTTP/1.1 400 BAD REQUEST"
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


@pytest.mark.parametrize("leading", [b"\r\n\r\n", b"\r\n\r\nGET / HT", b"\r\n\r\n\r\n\r\nGET"])
def test_an_empty_header_does_not_hold_a_thread(serve: Serve, leading: bytes) -> None:
    """It looks whole to the lobby; gunicorn must not wait for more of it."""
    client = serve()
    client.settimeout(5)
    client.sendall(leading)
    assert read_answer(client)[0][0] == b"HTTP/1.1 400 BAD REQUEST"


def test_a_connection_that_ends_says_so_after_its_answer_was_read(serve: Serve) -> None:
    client = serve()
    client.sendall(GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert read_answer(client)[1] == b"ok"
    assert client.recv(1) == b""


def test_who_does_not_read_the_answer_is_not_waited_for(serve: Serve) -> None:
    client = serve()
    client.sendall(b"nonsense\r\n\r\n" + b"x" * 100_000)
    time.sleep(0.5)
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        client.sendall(b"x" * 10_000_000)
