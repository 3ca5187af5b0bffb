"""Reviewers' second factor: RFC 6238 codes, each good once, from a secret sealed at rest."""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Sequence
from typing import Self

import pyotp

from crypto import aead
from crypto.errors import BadBox
from crypto.secret import Key, Secret

STEP = 30  # seconds: RFC 6238, section 5.2
DRIFT = 1  # steps either way: telephones' clocks are off by seconds, and typing takes some
DIGITS = 6  # what every authenticator shows


class TotpSecret(Secret):
    """What a reviewer's authenticator holds."""

    __slots__ = ()

    SIZE = 20  # bytes: RFC 4226, section 4, R6

    @property
    def base32(self) -> str:
        """The form in which authenticators take it when no picture can be read."""
        return b32encode(self.reveal()).decode("ascii")


class TotpSealingKey(Key):
    """Seals the reviewers' TOTP secrets in the database; it is kept outside of it."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw a key."""
        return cls(secrets.token_bytes(cls.SIZE))


def new_totp_secret() -> TotpSecret:
    """Draw a secret."""
    return TotpSecret(secrets.token_bytes(TotpSecret.SIZE))


def totp_uri(secret: TotpSecret, reviewer: str, instance: str) -> str:
    """Return the `otpauth://` address that an authenticator takes. It holds the secret."""
    return pyotp.TOTP(secret.base32, digits=DIGITS, interval=STEP).provisioning_uri(
        name=reviewer, issuer_name=instance
    )


def check_code(secret: TotpSecret, code: str, unix_time: int, last_step: int) -> int | None:
    """Return the step whose code this is, or None.

    `last_step` is the step accepted last, 0 if none was: no code of it or of an earlier step is
    taken again, so the caller stores what is returned here. Spaces in the code make no difference.
    """
    typed = "".join(code.split()).encode("utf-8", "replace")
    counter = pyotp.HOTP(secret.base32, digits=DIGITS)
    present = unix_time // STEP
    accepted = None
    for step in range(max(present - DRIFT, 0), present + DRIFT + 1):
        is_right = hmac.compare_digest(counter.at(step).encode("ascii"), typed)
        if is_right and step > last_step:
            accepted = step
    return accepted


def seal_totp(key: TotpSealingKey, reviewer: str, secret: TotpSecret) -> bytes:
    """Return the secret sealed for the row of this reviewer, and of no other."""
    return aead.seal(key, reviewer.encode(), secret.reveal())


def open_totp(key: TotpSealingKey, reviewer: str, box: bytes) -> TotpSecret:
    """Return the secret of this reviewer; raise `BadBox`."""
    return TotpSecret(aead.open_box(key, reviewer.encode(), box))


def open_totp_under(keys: Sequence[TotpSealingKey], reviewer: str, box: bytes) -> TotpSecret:
    """Return the secret of this reviewer under the first of `keys` that opens it; raise `BadBox`.

    Which of them it was tells only how far a rotation is.
    """
    for key in keys:
        try:
            return open_totp(key, reviewer, box)
        except BadBox:
            continue
    raise BadBox
