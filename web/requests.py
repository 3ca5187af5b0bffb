"""A request that never spools: forms stay small and in memory, files are refused."""

from typing import NoReturn

from flask import Request

from web.errors import BadForm

FORM_MAX_BYTES = 256 << 10  # the longest quick reply, percent-encoded, and room to spare


class SmallFormRequest(Request):
    """Parse small forms only. Werkzeug would write an uploaded file to a temporary file."""

    max_content_length = FORM_MAX_BYTES
    max_form_memory_size = FORM_MAX_BYTES
    max_form_parts = 5_000  # a page of deliveries with every box ticked

    def _get_file_stream(self, *_: object, **__: object) -> NoReturn:
        raise BadForm
