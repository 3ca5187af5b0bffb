"""A small form with a file in it, read in memory as it streams in: the session's token first."""

from collections.abc import Container

from journalist_app.keeping_refusals import KeyTooLarge
from web.body import Body
from web.csrf import TOKEN_MAX_CHARACTERS, check_token
from web.errors import BadForm, BadToken
from web.multipart import Part, read_parts

FORM_OVERHEAD_BYTES = 64 << 10  # boundaries, part headers, and the fields that are typed
PARTS_MAX = 8  # more fields than any of these forms has


def read_upload(
    body: Body, content_type: str, token: str, fields: Container[str], most: int
) -> dict[str, bytes]:
    """Give the form's fields, those of `fields`, each of at most `most` bytes.

    Raises BadToken, BadForm, KeyTooLarge, or what `read_parts` raises.
    """
    if body.length > 2 * most + FORM_OVERHEAD_BYTES:
        raise KeyTooLarge
    read: dict[str, bytes] = {}
    is_first = True
    for part in read_parts(body, content_type, PARTS_MAX):
        if is_first:
            _check_first(part, token)
            is_first = False
        elif part.name in fields and part.name not in read:
            read[part.name] = _hold(part, most)
        else:
            raise BadForm
    if is_first:
        raise BadToken
    return read


def _check_first(part: Part, token: str) -> None:
    if part.name != "csrf_token":
        raise BadToken
    check_token(token, part.text(TOKEN_MAX_CHARACTERS))


def _hold(part: Part, most: int) -> bytes:
    held = bytearray()
    for chunk in part.chunks:
        held += chunk
        if len(held) > most:
            raise KeyTooLarge
    return bytes(held)
