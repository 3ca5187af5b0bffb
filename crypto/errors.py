"""What can go wrong in this room: one class for each cause that a caller treats differently."""

from typing import ClassVar, Literal

CodenameFault = Literal["length", "unknown", "checksum"]
KeyFault = Literal[
    "secret",
    "none",
    "several",
    "no-encryption",
    "expired",
    "revoked",
    "weak",
    "sha1",
    "too-many",
    "unreadable",
]


class CryptoError(Exception):
    """The cryptographic operation failed."""


class NotACodename(CryptoError):
    """These words are not a codename: check their spelling and their order.

    It says where to look and never holds the words themselves.
    """

    def __init__(
        self, reason: CodenameFault, count: int, unknown_positions: tuple[int, ...] = ()
    ) -> None:
        """Take the number of words given and the places, from 1, of those in no list."""
        super().__init__(reason)
        self.reason: CodenameFault = reason
        self.count = count
        self.unknown_positions = unknown_positions


class BadDeskKey(CryptoError):
    """This file is not a public key that the desk's envelopes can be sealed to."""

    SENTENCES: ClassVar[dict[KeyFault, str]] = {
        "secret": (
            "This file holds a SECRET key. It was not stored. Its owner must consider it "
            "exposed: make a new one at the viewing station, and give only the public file."
        ),
        "none": "This file holds no OpenPGP public key.",
        "several": "This file holds more than one key; give one file for each.",
        "no-encryption": "This key has no valid subkey for encryption.",
        "expired": "This key has expired.",
        "revoked": "This key was revoked.",
        "weak": "This key is too weak: it must be Curve25519, NIST P-256 or RSA 3072, or better.",
        "sha1": "This key is signed by its owner with SHA-1, which can be forged: make a new one.",
        "too-many": "This key has more subkeys for encryption than a calendar of a day each needs.",
        "unreadable": "This file cannot be read as an OpenPGP key.",
    }

    def __init__(self, reason: KeyFault) -> None:
        """Take the reason as a slug; its sentence is in `SENTENCES`."""
        super().__init__(self.SENTENCES[reason])
        self.reason: KeyFault = reason


class BadKey(CryptoError):
    """A key, a salt or a nonce does not have its form or its length."""


class SealFailed(CryptoError):
    """The envelope could not be sealed, and nothing of it may be kept."""


class NoUsableKey(SealFailed):
    """The desk has no key to seal to, or one of its keys can no longer be sealed to."""


class BadPackets(SealFailed):
    """The OpenPGP message does not have the packets of an envelope."""


class OpenFailed(CryptoError):
    """The envelope could not be opened whole, and nothing that came out of it may be used."""


class NotForUs(OpenFailed):
    """No key here opens this envelope, or its passphrase is wrong."""


class WrongSessionKey(OpenFailed):
    """The head does not belong to this body: its session key does not fit it."""


class RewrapFailed(CryptoError):
    """The new head does not open as it should, so it is not used."""


class BadBox(CryptoError):
    """The sealed data was altered, is not whole, or is meant for another key."""


class BadSignature(CryptoError):
    """The signature is not right: the file was altered or comes from someone else."""
