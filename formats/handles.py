"""What things are called: handles of deliveries, ids of items, slugs of desks, hashes."""

import re
import secrets
from collections.abc import Callable

RandomBytes = Callable[[int], bytes]

# Douglas Crockford's base 32, in lower case: no i, l, o or u to misread or to spell words with.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SYMBOL_BITS = 5
_GROUPS = 3
_GROUP_SYMBOLS = 4
_HANDLE_BITS = _GROUPS * _GROUP_SYMBOLS * _SYMBOL_BITS
_ITEM_ID_BYTES = 16

_HANDLE = re.compile(rf"[{_ALPHABET}]{{4}}(-[{_ALPHABET}]{{4}}){{2}}")
_ITEM_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_SLUG = re.compile(r"[a-z0-9-]{1,40}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def new_handle(random: RandomBytes = secrets.token_bytes) -> str:
    """Return a delivery's handle, such as `k7qm-3vtx-9fwd`: 60 random bits.

    Short enough to be read out between two machines; among a million deliveries two are the
    same with a probability below one in two million, and the database refuses the second.
    """
    number = int.from_bytes(random(8), "big") >> (64 - _HANDLE_BITS)
    symbols = "".join(
        _ALPHABET[number >> shift & 31] for shift in range(0, _HANDLE_BITS, _SYMBOL_BITS)
    )
    return "-".join(
        symbols[at : at + _GROUP_SYMBOLS] for at in range(0, len(symbols), _GROUP_SYMBOLS)
    )


def is_handle(text: str) -> bool:
    """Tell whether `text` has the form of a delivery's handle."""
    return _HANDLE.fullmatch(text) is not None


def new_item_id(random: RandomBytes = secrets.token_bytes) -> str:
    """Return the random id of a bundle, a courier, a reply or an instance: 32 hex digits."""
    return random(_ITEM_ID_BYTES).hex()


def is_item_id(text: str) -> bool:
    """Tell whether `text` has the form of an item's id: 32 lower-case hex digits."""
    return _ITEM_ID.fullmatch(text) is not None


def is_desk_slug(text: str) -> bool:
    """Tell whether `text` can name a desk: 1 to 40 of a-z, 0-9 and hyphen."""
    return _SLUG.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """Tell whether `text` is 32 bytes in lower-case hex, as SHA-256 gives them."""
    return _SHA256.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """Tell whether `text` is a two-letter language code, as ISO 639-1 has them."""
    return _LANGUAGE.fullmatch(text) is not None


def is_fingerprint(text: str) -> bool:
    """Tell whether `text` can name an OpenPGP key of version 4: 40 capital hex digits."""
    return _FINGERPRINT.fullmatch(text) is not None
