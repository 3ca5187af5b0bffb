"""Whether a log-in is good. Every refusal says the same after the same work.

Whatever is wrong, one Argon2id run, one opening of a TOTP secret, one check of the code, one look
for a recovery code and one committed change of one row are done. The verdict falls inside one
transaction that holds the row: of two log-ins with the same code one succeeds, and guesses sent
side by side meet the throttle one after another.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto.errors import BadBox
from crypto.passphrase import DUMMY_HASH, Passphrase, verify_passphrase
from crypto.recovery import RecoveryCode, hash_recovery_code
from crypto.totp import TotpSecret, check_code, new_totp_secret, open_totp_under, seal_totp
from journalist_app.argon2_slot import argon2_slot
from journalist_app.refusals import NotSignedIn
from journalist_app.throttle import wait_seconds
from storage import log_in_waits, recovery_codes, reviewers
from storage.history import Deed
from storage.log_in_waits import NOBODY
from storage.models import Reviewer
from web.faults import report_fault
from web.history import note
from web.services import Services

NAME_MAX_CHARACTERS = 100
PASSPHRASE_MAX_CHARACTERS = 400  # seven words take a quarter of it
CODE_MAX_CHARACTERS = 48  # six digits, or the 25 of a recovery code, and what stands between


@dataclass(frozen=True, repr=False)
class Attempt:
    """What was typed into the log-in form, cut to what could be right."""

    name: str
    passphrase: Passphrase
    code: str

    @classmethod
    def typed(cls, name: str, passphrase: str, code: str) -> "Attempt":
        """Take the form's fields, as long as an outsider may make them."""
        return cls(
            name.strip()[:NAME_MAX_CHARACTERS],
            Passphrase.from_text(passphrase[:PASSPHRASE_MAX_CHARACTERS]),
            code[:CODE_MAX_CHARACTERS],
        )


@dataclass(frozen=True)
class SignedIn:
    """The reviewer whose log-in was good.

    `failures` counts the refusals before it of someone who had the passphrase; `codes_left` are
    the recovery codes that are left if one was used just now, else None.
    """

    id: str
    language: str
    failures: int
    codes_left: int | None


class SigningIn:
    """Judges log-ins."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def judge(self, attempt: Attempt) -> SignedIn:
        """Give the reviewer; raises NotSignedIn, or Busy when too many wait already."""
        with self._services.db.read() as transaction:
            stored = self._row(transaction, attempt.name).passphrase_hash
        with argon2_slot(self._services):
            right = verify_passphrase(stored, attempt.passphrase)
        with self._services.db.write() as transaction:
            row = self._row(transaction, attempt.name)
            # A passphrase that was changed during the run is not the one that was tried.
            right = right and row.id != NOBODY and row.passphrase_hash == stored
            known = self._verdict(transaction, row, attempt.code, right=right)
        if known is None:
            raise NotSignedIn
        return known

    def _row(self, transaction: Session, name: str) -> Reviewer:
        nobody = self._nobody()  # made for every name, so that the time tells of none
        return reviewers.by_name(transaction, name) or nobody

    def _nobody(self) -> Reviewer:
        """Give a row like any other, so that a name that does not exist costs what one does."""
        totp_key = self._services.instance.totp_key  # the present one: it can be rotated
        return Reviewer(
            id=NOBODY,
            name="",
            passphrase_hash=DUMMY_HASH,
            totp_box=seal_totp(totp_key, "", new_totp_secret()),
            totp_step=0,
        )

    def _verdict(
        self, transaction: Session, row: Reviewer, typed: str, *, right: bool
    ) -> SignedIn | None:
        """Let in, or change one row: the account's if a code was guessed, else nobody's."""
        now = int(self._services.now().timestamp())
        throttle = log_in_waits.hold(transaction, row.id)
        step = check_code(self._secret(row), typed, now, row.totp_step)
        spare = hash_recovery_code(RecoveryCode.from_text(typed), row.id)
        has_spare = recovery_codes.is_there(transaction, row.id, spare)
        in_time = throttle.retry_at <= now
        failures = throttle.failures
        if right and has_spare and recovery_codes.strike(transaction, row.id, spare):
            note(self._services, transaction, Deed.CODE_USED, who=row.name)
            return _let_in(transaction, row, failures, spare=True)
        if right and in_time and step and reviewers.accept_step(transaction, row.id, step):
            return _let_in(transaction, row, failures, spare=False)
        if right and in_time:
            log_in_waits.count(transaction, row.id, now + wait_seconds(failures + 1))
        else:  # what is tried too early does not count: no one can put off the end of a wait
            log_in_waits.count(transaction, NOBODY, 0)
        return None

    def _secret(self, row: Reviewer) -> TotpSecret:
        try:
            return open_totp_under(self._services.instance.totp_keys, row.name, row.totp_box)
        except BadBox as error:
            # The instance's key is not the one this was sealed under: the admin must know, and
            # the log-in form must not tell that the name exists.
            report_fault(error)
            return new_totp_secret()


def _let_in(transaction: Session, row: Reviewer, failures: int, *, spare: bool) -> SignedIn:
    log_in_waits.clear(transaction, row.id)
    left = recovery_codes.left(transaction, row.id) if spare else None
    return SignedIn(row.id, row.language, failures, left)
