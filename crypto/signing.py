"""Ed25519 signatures of what travels: the instance's, the station's, and announcements.

What is signed is the line `vasistas/KIND/1` and a newline, then the manifest's bytes, so that no
signature on one kind of file can pass for one on another. Each has types of its own: a bundle
cannot be checked with a station's key, nor a courier with an instance's.
"""

import re
import secrets
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto.errors import BadKey, BadSignature
from crypto.kinds import KEY_SIZE, SIGNATURE_SIZE
from crypto.secret import Key

_KIND = re.compile(r"[a-z][a-z-]{0,31}")


class SigningSeed(Key):
    """The 32 bytes that an Ed25519 key is made from (RFC 8032, section 5.1.5)."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw a seed."""
        return cls(secrets.token_bytes(cls.SIZE))


class _Signer:
    """Signs manifests with one key."""

    def __init__(self, seed: SigningSeed) -> None:
        self._key = SigningKey(seed.reveal())

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes, that the other side pins."""
        return bytes(self._key.verify_key)

    def sign(self, kind: str, manifest: bytes) -> bytes:
        """Return the signature, 64 bytes, of a manifest of this kind."""
        return self._key.sign(_signed(kind, manifest)).signature


class _Verifier:
    """Checks manifests against one pinned key."""

    def __init__(self, public: bytes) -> None:
        if len(public) != KEY_SIZE:
            raise BadKey(f"an Ed25519 public key has {KEY_SIZE} bytes")
        self._key = VerifyKey(public)

    def verify(self, kind: str, manifest: bytes, signature: bytes) -> None:
        """Return if the manifest is signed as this kind; raise `BadSignature`."""
        if len(signature) != SIGNATURE_SIZE:
            raise BadSignature
        try:
            self._key.verify(_signed(kind, manifest), signature)
        except BadSignatureError as error:
            raise BadSignature from error


class InstanceSigner(_Signer):
    """Signs bundles: the server's key."""


class StationSigner(_Signer):
    """Signs couriers: the viewing station's key."""


class AnnouncementSigner(_Signer):
    """Signs announcements of a move: a key that never leaves its viewing station."""


class InstanceVerifier(_Verifier):
    """Checks bundles, at the station. Raises `BadKey` when the key has another size."""


class StationVerifier(_Verifier):
    """Checks couriers, at the server. Raises `BadKey` when the key has another size."""


class AnnouncementVerifier(_Verifier):
    """Checks announcements, anywhere. Raises `BadKey` when the key has another size."""


def _signed(kind: str, manifest: bytes) -> bytes:
    if not _KIND.fullmatch(kind):
        raise ValueError("a kind of file is a short lower-case word")
    return f"vasistas/{kind}/1\n".encode("ascii") + manifest
