"""Every HTML page of the source app has the same length, so that its size says nothing."""

from flask import Flask, Response, g

PAGE_BYTES = 64 << 10
FRAME_BYTES = 4 << 10  # of a frame that is asked for again and again, all the same length too
_OPEN, _CLOSE = b"\n<!--", b"-->\n"


def fill(page: bytes, step: int = PAGE_BYTES) -> bytes:
    """Lengthen a page by a comment to the next multiple of `step` bytes."""
    least = len(page) + len(_OPEN) + len(_CLOSE)
    target = -(-least // step) * step
    return page + _OPEN + b" " * (target - least) + _CLOSE


def pad_pages(app: Flask) -> None:
    """Pad each HTML answer of `app`, errors and redirects included."""

    def pad(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.direct_passthrough:
            response.set_data(fill(response.get_data(), g.get("page_bytes", PAGE_BYTES)))
        return response

    app.after_request(pad)
