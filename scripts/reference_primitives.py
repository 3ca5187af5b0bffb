"""Primitives of reference_vectors.py: fixed inputs, and algorithms as other libraries do them."""

import hashlib

from argon2.low_level import Type, hash_secret_raw
from nacl import bindings

Case = dict[str, object]


def octets(name: str, size: int) -> bytes:
    """Return bytes that look random and are the same every time."""
    return hashlib.shake_256(name.encode()).digest(size)


def blake2b(size: int, data: bytes, key: bytes = b"", person: bytes = b"") -> bytes:
    """Return BLAKE2b, computed by two libraries that must agree."""
    one = hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()
    other = bindings.crypto_generichash_blake2b_salt_personal(
        data, digest_size=size, key=key, person=person
    )
    if one != other:
        raise SystemExit("hashlib and libsodium disagree on BLAKE2b")
    return one


def argon2id(password: bytes, salt: bytes, passes: int, kib: int) -> bytes:
    """Return 32 bytes of Argon2id with one lane."""
    return hash_secret_raw(password, salt, passes, kib, 1, 32, Type.ID)


def aead(key: bytes, nonce: bytes, context: bytes, data: bytes) -> bytes:
    """Return the XChaCha20-Poly1305 box of `data`."""
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(data, context, nonce, key)


def padded(data: bytes, block: int) -> bytes:
    """Return `data` with ISO/IEC 7816-4 padding."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def flipped(data: bytes, at: int) -> bytes:
    """Return `data` with one bit changed."""
    altered = bytearray(data)
    altered[at] ^= 1
    return bytes(altered)
