"""A request that never spools: forms stay small and in memory, files are refused."""

import time
from io import BytesIO
from typing import IO, NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from web.body import Body
from web.errors import BadForm, Stalled

FORM_MAX_BYTES = 256 << 10  # the longest quick reply, percent-encoded, and room to spare
BRIEF_FORM_MAX_BYTES = 32 << 10  # a codename, a token, an id
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
        if body.length > (self.max_content_length or 0):
            raise RequestEntityTooLarge
        return BytesIO(_read_in_time(body))


class BriefFormRequest(SmallFormRequest):
    """Parse what a source's small forms hold, in the form in which they wait to be whole.

    A larger one, or one of another kind, would be read in a thread, at its sender's pace
    (admin/serving/lobby.py).
    """

    max_content_length = BRIEF_FORM_MAX_BYTES
    max_form_memory_size = BRIEF_FORM_MAX_BYTES

    def _get_stream_for_parsing(self) -> IO[bytes]:
        if self.mimetype != "application/x-www-form-urlencoded":
            raise BadForm
        return super()._get_stream_for_parsing()


def _read_in_time(body: Body) -> bytes:
    until = time.monotonic() + FORM_SECONDS
    held = bytearray()
    while chunk := body.read():
        held += chunk
        if time.monotonic() > until:
            raise Stalled
    return bytes(held)
