"""Whether a name is the address of an onion service: its checksum tells a mistyped one.

Source: rend-spec-v3, section 6.
"""

import base64
import hashlib
import re

_HOST = re.compile(r"[a-z2-7]{56}\.onion")
_KEY_SIZE = 32  # bytes: an Ed25519 public key
_CHECKSUM_SIZE = 2  # bytes
_VERSION = b"\x03"


def is_onion_host(text: str) -> bool:
    """Tell whether `text` is an onion address of version 3, lower case, with its suffix."""
    if not _HOST.fullmatch(text):
        return False
    raw = base64.b32decode(text.removesuffix(".onion").upper())
    key, checksum, version = raw[:_KEY_SIZE], raw[_KEY_SIZE:-1], raw[-1:]
    expected = hashlib.sha3_256(b".onion checksum" + key + version).digest()[:_CHECKSUM_SIZE]
    return version == _VERSION and checksum == expected
