"""A request that never spools: forms stay small and in memory, files are refused."""

import time
from io import BytesIO
from typing import IO, NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from web.body import Body
from web.errors import BadForm, Stalled

FORM_MAX_BYTES = 256 << 10  # the longest quick reply, percent-encoded, and room to spare
FORM_SECONDS = 20  # a form is a few Tor cells; one that drips would hold its thread for hours


class SmallFormRequest(Request):
    """Parse small forms only. Werkzeug would write an uploaded file to a temporary file."""

    max_content_length = FORM_MAX_BYTES
    max_form_memory_size = FORM_MAX_BYTES
    max_form_parts = 5_000  # a page of deliveries with every box ticked

    def _get_file_stream(self, *_: object, **__: object) -> NoReturn:
        raise BadForm

    def _get_stream_for_parsing(self) -> IO[bytes]:
        body = Body(self.environ)
        if body.length > FORM_MAX_BYTES:
            raise RequestEntityTooLarge
        return BytesIO(_read_in_time(body))


def _read_in_time(body: Body) -> bytes:
    until = time.monotonic() + FORM_SECONDS
    held = bytearray()
    while chunk := body.read():
        held += chunk
        if time.monotonic() > until:
            raise Stalled
    return bytes(held)
