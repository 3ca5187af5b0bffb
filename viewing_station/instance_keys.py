"""Which keys of the instance this station believes, and how it comes to believe another.

One key is pinned. When the instance changes it, the one before is believed for a while, because
bundles signed by it alone may still be on their way; that ends with the first one that the new
key has signed alone. A key that was left is never pinned again.
"""

from dataclasses import dataclass
from enum import Enum

from crypto.errors import BadSignature
from crypto.fingerprint import fingerprint, spaced, unspaced
from crypto.kinds import SIGNATURE_SIZE
from crypto.signing import InstanceVerifier
from formats.identity import Identity
from formats.succession import KIND, Succession
from viewing_station.errors import (
    ForgedSuccessionError,
    OlderKeyError,
    OtherInstanceError,
    UnconfirmedKeyError,
    UnrelatedSuccessionError,
)


class Standing(Enum):
    """What a signature tells of how far the instance is."""

    ALONE = "the pinned key signed, and no other"
    TOGETHER = "the pinned key signed first, and the one before it too"
    BEHIND = "a newer key signed first"
    FORMER = "the key before the pinned one signed alone"


@dataclass(frozen=True)
class TrustedInstance:
    """The pinned identity, and the key before it as long as that is believed."""

    identity: Identity
    former: bytes | None = None

    def verify(self, kind: str, manifest: bytes, signatures: bytes) -> Standing:
        """Return what the signatures tell; raise BadSignature if no believed key made one."""
        pinned, first = InstanceVerifier(self.identity.signing_key), signatures[:SIGNATURE_SIZE]
        try:
            pinned.verify_one_of(kind, manifest, signatures)
        except BadSignature:
            if self.former is None or len(signatures) != SIGNATURE_SIZE:
                raise
            InstanceVerifier(self.former).verify(kind, manifest, signatures)
            return Standing.FORMER
        if len(signatures) == SIGNATURE_SIZE:
            return Standing.ALONE
        try:
            pinned.verify(kind, manifest, first)
        except BadSignature:
            return Standing.BEHIND
        return Standing.TOGETHER


@dataclass(frozen=True)
class Trust:
    """What the station believes: a key that is `past` was left for good."""

    instance: TrustedInstance
    past: frozenset[bytes] = frozenset()

    @property
    def pinned(self) -> bytes:
        """The pinned key."""
        return self.instance.identity.signing_key

    def after(self, standing: Standing) -> "Trust":
        """Return what is believed once something with such a signature was found whole."""
        if standing is not Standing.ALONE or self.instance.former is None:
            return self
        return Trust(TrustedInstance(self.instance.identity), self.past)

    def follow(self, succession: Succession, file: object) -> "Trust":
        """Return what is believed after a succession, each link of which is checked.

        Raises OtherInstanceError, OlderKeyError, UnrelatedSuccessionError, ForgedSuccessionError.
        """
        identity, keys = self.instance.identity, list(succession.keys)
        if succession.instance != identity.instance:
            raise OtherInstanceError(file=file)
        if keys[-1] == self.pinned:
            return self
        self._check_not_past(keys[-1], file)
        if self.pinned not in keys:
            raise UnrelatedSuccessionError(file=file)
        links = succession.links[keys.index(self.pinned) :]
        for link in links:
            try:
                InstanceVerifier(link.previous).verify(
                    KIND, succession.signed(link), link.signature
                )
            except BadSignature:
                raise ForgedSuccessionError(file=file) from None
        left = {link.previous for link in links}
        return self._moved(keys[-1], left, former=self.pinned, name=identity.name)

    def confirm(self, identity: Identity, told: str, file: object) -> "Trust":
        """Return what is believed after a fingerprint that was told: the new key and no other.

        Raises OtherInstanceError, OlderKeyError, UnconfirmedKeyError.
        """
        if unspaced(told) != fingerprint(identity.signing_key):
            found = spaced(fingerprint(identity.signing_key))
            raise UnconfirmedKeyError(file=file, found=found)
        self.check_new(identity, file)
        return self._moved(identity.signing_key, {self.pinned}, former=None, name=identity.name)

    def check_new(self, identity: Identity, file: object) -> None:
        """Raise OtherInstanceError or OlderKeyError unless this could be the next key."""
        if identity.instance != self.instance.identity.instance:
            raise OtherInstanceError(file=file)
        self._check_not_past(identity.signing_key, file)

    def _check_not_past(self, key: bytes, file: object) -> None:
        if key in self.past:
            raise OlderKeyError(file=file)

    def _moved(self, key: bytes, left: set[bytes], *, former: bytes | None, name: str) -> "Trust":
        identity = Identity(self.instance.identity.instance, name, key)
        return Trust(TrustedInstance(identity, former), (self.past | left) - {key})
