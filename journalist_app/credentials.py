"""What a reviewer logs in with, drawn here: shown once and kept as hashes and boxes."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from crypto.passphrase import Passphrase, hash_passphrase, new_passphrase
from crypto.recovery import RecoveryCode, hash_recovery_code, new_recovery_codes
from crypto.totp import TotpSecret, new_totp_secret, seal_totp, totp_uri
from journalist_app.argon2_slot import argon2_slot
from storage import log_in_waits, recovery_codes, reviewers
from web.services import Services


@dataclass(frozen=True)
class Login:
    """What a reviewer needs to log in; shown once and kept nowhere."""

    name: str
    passphrase: Passphrase = field(repr=False)
    totp: TotpSecret = field(repr=False)
    totp_uri: str = field(repr=False)
    recovery_codes: tuple[RecoveryCode, ...] = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """A log-in and what is stored of it."""

    login: Login
    passphrase_hash: str = field(repr=False)

    def totp_box(self, services: Services) -> bytes:
        """Seal the secret with the key in force., within the transaction that stores it.

        A rotation holds the database while it looks for what is sealed with the old one.
        """
        return seal_totp(services.instance.totp_key, self.login.name, self.login.totp)


def draw_credentials(services: Services, name: str) -> Credentials:
    """Draw a whole log-in; raises Busy. It takes long: do it outside of any transaction."""
    config = services.instance.config
    passphrase, secret = new_passphrase(config.language), new_totp_secret()
    uri = totp_uri(secret, name, config.name)
    login = Login(name, passphrase, secret, uri, new_recovery_codes())
    with argon2_slot(services):
        passphrase_hash = hash_passphrase(passphrase)
    return Credentials(login, passphrase_hash)


def store_codes(transaction: Session, reviewer: str, codes: tuple[RecoveryCode, ...]) -> None:
    """Keep the hashes of these codes; those from before are void."""
    hashes = [hash_recovery_code(code, reviewer) for code in codes]
    recovery_codes.replace(transaction, reviewer, hashes)


def replace_credentials(
    services: Services, transaction: Session, reviewer: str, drawn: Credentials
) -> None:
    """Put these in the place of a reviewer's, and let no wait stand before the first log-in."""
    reviewers.set_passphrase(transaction, reviewer, drawn.passphrase_hash)
    reviewers.set_totp(transaction, reviewer, drawn.totp_box(services))
    store_codes(transaction, reviewer, drawn.login.recovery_codes)
    log_in_waits.clear(transaction, reviewer)
