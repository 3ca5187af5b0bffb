"""Every HTML page of the source app has the same length, so that its size says nothing."""

from flask import Flask, Response

PAGE_BYTES = 64 << 10
_OPEN, _CLOSE = b"\n<!--", b"-->\n"


def fill(page: bytes) -> bytes:
    """Lengthen a page by a comment to the next multiple of PAGE_BYTES."""
    least = len(page) + len(_OPEN) + len(_CLOSE)
    target = -(-least // PAGE_BYTES) * PAGE_BYTES
    return page + _OPEN + b" " * (target - least) + _CLOSE


def pad_pages(app: Flask) -> None:
    """Pad each HTML answer of `app`, errors and redirects included."""

    def pad(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.direct_passthrough:
            response.set_data(fill(response.get_data()))
        return response

    app.after_request(pad)
