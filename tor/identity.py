"""An onion service's identity: the Ed25519 key whose public half is its address.

Sources: rend-spec-v3, section 6 (addresses) and appendix "Hidden service directory format"; the
expanded form of the secret is that of RFC 8032, section 5.1.5, steps 1 to 3.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import NoReturn, Self

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp
from stem.descriptor.hidden_service import HiddenServiceDescriptorV3

from tor.errors import KeyDamaged

SEED_BYTES = 32
EXPANDED_BYTES = 64  # the scalar, then the prefix that signing hashes
SCALAR_BYTES = 32
SECRET_HEADER = b"== ed25519v1-secret: type0 ==\0\0\0"
PUBLIC_HEADER = b"== ed25519v1-public: type0 ==\0\0\0"


@dataclass(frozen=True)
class OnionAddress:
    """An address of version 3, without its suffix: 56 characters of base 32."""

    label: str

    @property
    def host(self) -> str:
        """What a browser is given: `LABEL.onion`."""
        return f"{self.label}.onion"

    def __str__(self) -> str:
        return self.host


class OnionIdentity:
    """The secret key of a service, expanded as tor keeps it."""

    __slots__ = ("_expanded",)

    def __init__(self, expanded: bytes) -> None:
        if len(expanded) != EXPANDED_BYTES or _clamped(expanded) != expanded:
            raise KeyDamaged("This is not the secret key of an onion service.")
        self._expanded = expanded

    @classmethod
    def new(cls) -> Self:
        """Draw a key."""
        return cls(_clamped(hashlib.sha512(secrets.token_bytes(SEED_BYTES)).digest()))

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read the content of tor's `hs_ed25519_secret_key`; raises KeyDamaged."""
        if not content.startswith(SECRET_HEADER):
            raise KeyDamaged("This is not the secret key of an onion service.")
        return cls(content.removeprefix(SECRET_HEADER))

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return crypto_scalarmult_ed25519_base_noclamp(self._expanded[:SCALAR_BYTES])

    @property
    def address(self) -> OnionAddress:
        """The address that this key makes."""
        label = HiddenServiceDescriptorV3.address_from_identity_key(self.public, suffix=False)
        return OnionAddress(str(label))

    def secret_file(self) -> bytes:
        """Give the content of `hs_ed25519_secret_key`."""
        return SECRET_HEADER + self._expanded

    def public_file(self) -> bytes:
        """Give the content of `hs_ed25519_public_key`."""
        return PUBLIC_HEADER + self.public

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an onion service's key is not pickled")


def _clamped(expanded: bytes) -> bytes:
    """Set and clear the bits that RFC 8032 section 5.1.5 names (little-endian)."""
    scalar = bytearray(expanded[:SCALAR_BYTES])
    scalar[0] &= 0b1111_1000
    scalar[31] = (scalar[31] & 0b0111_1111) | 0b0100_0000
    return bytes(scalar) + expanded[SCALAR_BYTES:]
