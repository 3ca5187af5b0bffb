"""What goes over the wire before a page: no server, no date, and one length whatever it says.

A status has a reason of some length, a redirect an address, a session's first answer a cookie. The
pages have one length; so has what stands before them, by spaces at the end of one line, which
whoever reads an answer takes away again (RFC 9112, section 5.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask
from gunicorn.http import wsgi

from web.pages import plain_bad_request

HEAD_BYTES = 2 << 10  # status line, headers, empty line; the longest have some 1,700
NOT_THERE = "/nowhere"  # the page from which the headers of all are taken
_LINE_END = 2


def filled(line: str, others: Iterable[str]) -> str:
    """Lengthen a header line so that it and the others, each with its end, make HEAD_BYTES.

    What is longer is lengthened to the next multiple.
    """
    length = len(line) + _LINE_END + sum(len(other) + _LINE_END for other in others) + _LINE_END
    return line + " " * (-length % HEAD_BYTES)


class QuietResponse(wsgi.Response):
    """An answer without the Server and Date headers, with a head of one length."""

    def default_headers(self) -> list[str]:
        """Give the status line and what the connection needs."""
        own = ("Server:", "Date:")
        kept = [line.rstrip() for line in super().default_headers() if not line.startswith(own)]
        status, connection, *rest = kept
        others = [status, *rest, *(f"{name}: {value}" for name, value in self.headers)]
        return [f"{line}\r\n" for line in (status, filled(connection, others), *rest)]


@dataclass(frozen=True)
class BadRequest:
    """The one answer for bytes that are no request of ours: like every page, but for its words."""

    headers: tuple[tuple[str, str], ...]

    @classmethod
    def like(cls, app: Flask) -> "BadRequest":
        """Take an app's own headers, but for the one that only some visitors are shown."""
        answer = app.test_client().get(NOT_THERE)
        left_out = {"Onion-Location"}
        return cls(tuple((k, v) for k, v in answer.headers.items() if k not in left_out))

    def encode(self) -> bytes:
        """Return the bytes that are sent."""
        page = plain_bad_request()
        lines = [f"{k}: {len(page) if k == 'Content-Length' else v}" for k, v in self.headers]
        status = "HTTP/1.1 400 BAD REQUEST"
        head = [status, filled("Connection: close", [status, *lines]), *lines, "", ""]
        return "\r\n".join(head).encode("latin-1") + page
