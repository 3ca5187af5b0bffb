"""The form that hands over a courier, read as it streams in: the token first, then the file.

The file is held in memory, within a cap: it is a few replies and a list, and no part of it may
touch a disk in the clear.
"""

from journalist_app.courier_file import COURIER_MAX_BYTES
from journalist_app.refusals import CourierMissing, CourierTooLarge
from web.body import Body
from web.csrf import TOKEN_MAX_CHARACTERS, check_token
from web.errors import BadForm, BadToken
from web.multipart import Part, read_parts

FORM_OVERHEAD_BYTES = 64 << 10  # boundaries, part headers and the token
_FIELDS = ("csrf_token", "courier")


def receive_courier(body: Body, content_type: str, token: str) -> bytes:
    """Read the whole form and give the file.

    Raises BadToken, CourierMissing, CourierTooLarge, or what `read_parts` raises.
    """
    if body.length > COURIER_MAX_BYTES + FORM_OVERHEAD_BYTES:
        raise CourierTooLarge
    courier = b""
    expected = iter(_FIELDS)
    for part in read_parts(body, content_type, len(_FIELDS)):
        name = next(expected, None)
        if part.name != name:
            raise BadToken if name == "csrf_token" else BadForm
        if name == "csrf_token":
            check_token(token, part.text(TOKEN_MAX_CHARACTERS))
        else:
            courier = _hold(part)
    if next(expected, None) == "csrf_token":
        raise BadToken
    if not courier:
        raise CourierMissing
    return courier


def _hold(part: Part) -> bytes:
    held = bytearray()
    for chunk in part.chunks:
        held += chunk
        if len(held) > COURIER_MAX_BYTES:
            raise CourierTooLarge
    return bytes(held)
