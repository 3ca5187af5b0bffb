"""Ed25519 signatures of what travels: the instance's, the station's, and announcements.

What is signed is the line `vasistas/KIND/1` and a newline, then the manifest's bytes, so that no
signature on one kind of file can pass for one on another. Each has types of its own: a bundle
cannot be checked with a station's key, nor a courier with an instance's.
"""

import re
import secrets
from collections.abc import Sequence
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto.errors import BadKey, BadSignature
from crypto.kinds import KEY_SIZE, SIGNATURE_SIZE
from crypto.secret import Key

SIGNATURES_MOST = 2  # the key in force, and in an overlap the one before it

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
        self.public = public
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


def sign_with_all(signers: Sequence[InstanceSigner], kind: str, manifest: bytes) -> bytes:
    """Return the signatures of all these keys, one behind the other: 64 bytes each.

    While one key follows another, a station that trusts either finds the one it can check.
    """
    return b"".join(signer.sign(kind, manifest) for signer in signers)


class StationSigner(_Signer):
    """Signs couriers: the viewing station's key."""


class AnnouncementSigner(_Signer):
    """Signs announcements of a move: a key that never leaves its viewing station."""


class InstanceVerifier(_Verifier):
    """Checks bundles, at the station. Raises `BadKey` when the key has another size."""

    def verify_one_of(self, kind: str, manifest: bytes, signatures: bytes) -> None:
        """Return if one of the signatures is this key's; raise `BadSignature`.

        There are at most `SIGNATURES_MOST`; whose the others are, nobody asks.
        """
        number, rest = divmod(len(signatures), SIGNATURE_SIZE)
        if rest or number > SIGNATURES_MOST:
            raise BadSignature
        for at in range(0, len(signatures), SIGNATURE_SIZE):
            try:
                self.verify(kind, manifest, signatures[at : at + SIGNATURE_SIZE])
            except BadSignature:
                continue
            return
        raise BadSignature


class StationVerifier(_Verifier):
    """Checks couriers, at the server. Raises `BadKey` when the key has another size."""


class AnnouncementVerifier(_Verifier):
    """Checks announcements, anywhere. Raises `BadKey` when the key has another size."""


def _signed(kind: str, manifest: bytes) -> bytes:
    if not _KIND.fullmatch(kind):
        raise ValueError("a kind of file is a short lower-case word")
    return f"vasistas/{kind}/1\n".encode("ascii") + manifest
