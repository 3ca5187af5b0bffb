"""What stands before a page has one length, and says neither who serves nor when."""

from typing import Any

import pytest
from flask import Flask, Response
from gunicorn.config import Config
from hypothesis import given
from hypothesis import strategies as st

from admin.serving.answer import HEAD_BYTES, BadRequest, QuietResponse, filled
from web.pages import plain_bad_request

VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300)


class Request:
    version = (1, 1)
    method = "GET"

    def should_close(self) -> bool:
        return False


def head(status: str, *headers: tuple[str, str]) -> str:
    request: Any = Request()
    unused: Any = None
    response = QuietResponse(request, unused, Config())
    response.start_response(status, [("Content-Length", "5"), *headers])
    own = [f"{name}: {value}\r\n" for name, value in response.headers]
    return "".join([*response.default_headers(), *own]) + "\r\n"


@pytest.mark.parametrize("status", ["200 OK", "303 SEE OTHER", "507 INSUFFICIENT STORAGE"])
@pytest.mark.parametrize("headers", [(), (("Set-Cookie", "vasistas=" + "x" * 60),)])
def test_whatever_it_says_it_is_as_long(status: str, headers: tuple[tuple[str, str], ...]) -> None:
    said = head(status, *headers)
    assert len(said) == HEAD_BYTES
    lines = said.split("\r\n")
    assert lines[0] == f"HTTP/1.1 {status}"
    assert lines[1].rstrip() == "Connection: keep-alive"
    assert not [line for line in lines if line.startswith(("Server", "Date"))]


@given(VALUES, st.lists(VALUES, max_size=20))
def test_a_line_is_lengthened_by_spaces_at_its_end_alone(line: str, others: list[str]) -> None:
    longer = filled(line, others)
    assert longer.rstrip(" ") == line.rstrip(" ")
    assert longer.startswith(line)
    assert (len(longer) + 2 + sum(len(other) + 2 for other in others) + 2) % HEAD_BYTES == 0


def test_what_is_no_request_is_answered_like_every_page() -> None:
    app = Flask("like", static_folder=None)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Order"] = "kept"
        response.headers["Onion-Location"] = "http://x.onion/"
        return response

    sent = BadRequest.like(app).encode()
    said, _, page = sent.partition(b"\r\n\r\n")
    assert len(said) + 4 == HEAD_BYTES
    assert page == plain_bad_request()
    names = [line.partition(b":")[0] for line in said.split(b"\r\n")[1:]]
    assert names == [b"Connection", b"Content-Type", b"Content-Length", b"X-Order"]
    assert f"Content-Length: {len(page)}".encode() in said
