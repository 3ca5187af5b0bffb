"""XChaCha20-Poly1305 with a random nonce: what seals a small thing to be kept, with its context."""

import secrets

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_SIZE,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES as NONCE_SIZE,
)
from nacl.exceptions import CryptoError as LibsodiumError

from crypto.errors import BadBox
from crypto.secret import Key

OVERHEAD = NONCE_SIZE + TAG_SIZE  # bytes: 24 and 16


def seal(key: Key, context: bytes, data: bytes) -> bytes:
    """Return nonce and box, 40 bytes longer than `data`; it opens under `context` only.

    24 random bytes of nonce do not repeat, however often a key is used.
    """
    nonce = secrets.token_bytes(NONCE_SIZE)
    return nonce + encrypt(data, context, nonce, key.reveal())


def open_box(key: Key, context: bytes, box: bytes) -> bytes:
    """Return what was sealed under this key and context; raise `BadBox`."""
    try:
        return decrypt(box[NONCE_SIZE:], context, box[:NONCE_SIZE], key.reveal())
    except (LibsodiumError, ValueError) as error:
        raise BadBox from error
