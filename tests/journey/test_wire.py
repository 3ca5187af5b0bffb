"""Whoever watches the line of a source sees answers that are all alike, byte for byte in number.

A running server is asked over its socket for every route with every method, right and wrong, and
for what is no request at all.
"""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from admin.serving.answer import HEAD_BYTES
from tests.journey.house import House
from web.pagesize import FRAME_BYTES, PAGE_BYTES

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
FILES = {"/keys/ville.asc", "/instance.json"}  # what a program asks for, and no page
FRAME = "/progress"
# What only some answers carry, besides what a page says. Nothing else may differ, in any order.
SOMETIMES = {"Set-Cookie", "Location", "Clear-Site-Data"}
SECONDS = 30
NO_REQUESTS = (
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: x\r\n" * 100 + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: odd\r\n\r\n",
)


@dataclass(frozen=True)
class Wire:
    """An answer as it came over the line."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return [(name, value.strip()) for name, _, value in pairs]

    def value(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    @property
    def common(self) -> list[tuple[str, str]]:
        """The headers that all answers have, but for whether the line stays open."""
        return [
            (name, value)
            for name, value in self.headers
            if name not in SOMETIMES | {"Connection", "Content-Length"}
        ]


@pytest.fixture
def address(house: House) -> Iterator[str]:
    house("desk", "add", "sud", "--name", "Sud")
    with house.serving():
        yield house.addresses["source"].removeprefix("unix:")


def ask(address: str, request: bytes) -> Wire:
    """Send bytes, and read until the server ends the connection."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(SECONDS)
        line.connect(address)
        line.sendall(request)
        received = b""
        while piece := line.recv(1 << 16):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return Wire(head + b"\r\n\r\n", body)


def request(
    method: str, path: str, *, cookie: str = "", form: str = "", extra: tuple[str, ...] = ()
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *extra]
    if cookie:
        lines.append(f"Cookie: vasistas={cookie}")
    if method == "POST":
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(form)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + form).encode()


def routes(house: House) -> list[str]:
    """Every route that the app has, from its own table, and some that it has not."""
    rules = run_routes(house)
    filled = [re.sub(r"<language>", "en", re.sub(r"<slug>", "ville", rule)) for rule in rules]
    return [
        *filled,
        "/keys/nowhere.asc",
        "/language/xx",
        "/nowhere",
        "/favicon.ico",
        "/mailbox?p=9",
    ]


def run_routes(house: House) -> list[str]:
    from admin.compose import build_services  # noqa: PLC0415  only the table is read here
    from source_app.app import create_app  # noqa: PLC0415
    from web.instance import open_instance  # noqa: PLC0415

    services = build_services(open_instance(house.home))
    rules = sorted({rule.rule for rule in create_app(services).url_map.iter_rules()})
    services.db.close()
    return rules


def first_visit(address: str) -> tuple[str, str]:
    """Begin a session; give its cookie and its token."""
    begun = ask(address, request("POST", "/codename", form="desk=ville"))
    cookie = (begun.value("Set-Cookie") or "").partition("=")[2].partition(";")[0]
    page = ask(address, request("GET", "/deliver", cookie=cookie)).body.decode()
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert found
    return cookie, found[1]


def test_every_answer_has_one_length_and_the_same_headers_in_the_same_order(
    house: House, address: str
) -> None:
    usual = ask(address, request("GET", "/"))
    expected = usual.common
    assert usual.status == 200
    statuses: set[int] = set()
    for what, sent in everything(house, address):
        answer = ask(address, sent)
        statuses.add(answer.status)
        assert len(answer.head) == HEAD_BYTES, what
        assert answer.common == expected, what
        path = what.split()[1].partition("?")[0] if " " in what else ""
        length = FRAME_BYTES if path == FRAME and answer.status == 200 else PAGE_BYTES
        assert answer.value("Content-Length") == str(length), what
        assert len(answer.body) == (0 if what.startswith("HEAD") else length), what
    assert statuses >= {200, 303, 400, 403, 404, 405, 413, 422}


def everything(house: House, address: str) -> Iterator[tuple[str, bytes]]:
    """Every route and method, as a stranger, with a session, and with its token; and worse."""
    for path, method in product(routes(house), METHODS):
        if path in FILES and method in {"GET", "HEAD"}:
            continue
        yield f"{method} {path}", request(method, path)
        if method in {"GET", "HEAD", "POST"}:
            cookie, token = first_visit(address)
            form = f"csrf_token={token}&id=wrong&codename=x&copy=y&to=7"
            yield f"{method} {path} in a session", request(method, path, cookie=cookie)
            yield f"{method} {path} with a token", request(method, path, cookie=cookie, form=form)
    yield "GET / foreign host", request("GET", "/").replace(b"localhost", b"example.org")
    yield "POST /return forged", request("POST", "/return", extra=("Origin: http://evil",))
    yield "POST /return large", request("POST", "/return", form="codename=" + "x" * 400_000)
    yield "GET / as a telephone", request("GET", "/", extra=("User-Agent: iPhone",))
    cookie, token = first_visit(address)
    yield (
        "POST /leave elsewhere",
        request("POST", "/leave", cookie=cookie, form=f"csrf_token={token}&to=0"),
    )
    yield from ((f"no request {number}", sent) for number, sent in enumerate(NO_REQUESTS))


def test_nothing_is_set_before_a_session(house: House, address: str) -> None:
    for path in routes(house):
        answer = ask(address, request("GET", path))
        assert answer.value("Set-Cookie") is None, path
        for name in ("ETag", "Date", "Server", "Last-Modified", "Vary"):
            assert answer.value(name) is None, path


def test_what_a_program_asks_for_has_the_same_head(address: str) -> None:
    usual = [name for name, _ in ask(address, request("GET", "/")).common]
    for path in FILES:
        answer = ask(address, request("GET", path))
        assert answer.status == 200
        assert len(answer.head) == HEAD_BYTES
        assert [name for name, _ in answer.common] == usual
