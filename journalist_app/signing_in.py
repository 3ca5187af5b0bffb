"""Whether a log-in is good. Every refusal says the same after the same work.

Whatever the name, one Argon2id run, one TOTP computation and one committed write are done. The
verdict falls inside one transaction that holds the row: of two log-ins with the same code one
succeeds, and guesses sent side by side meet the throttle one after another.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto.errors import BadBox
from crypto.kinds import SESSION_ID_SIZE
from crypto.passphrase import DUMMY_HASH, Passphrase, verify_passphrase
from crypto.totp import TotpSecret, check_code, new_totp_secret, open_totp
from journalist_app.refusals import NotSignedIn
from journalist_app.throttle import wait_seconds
from storage import reviewers, sessions
from storage.models import Reviewer, Visitor
from web.errors import Busy
from web.faults import report_fault
from web.services import Services

QUEUE_SECONDS = 15  # a wait that a person still takes for a slow page
NAME_MAX_CHARACTERS = 100
PASSPHRASE_MAX_CHARACTERS = 400  # seven words take a quarter of it
CODE_MAX_CHARACTERS = 16  # six digits, and spaces


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
    """The reviewer whose log-in was good."""

    id: str
    language: str


class SigningIn:
    """Judges log-ins."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._nobodys_secret = new_totp_secret()

    def judge(self, attempt: Attempt) -> SignedIn:
        """Give the reviewer; raises NotSignedIn, or Busy when too many wait already."""
        stored = self._stored_hash(attempt.name)
        with self._slot():
            right = verify_passphrase(stored or DUMMY_HASH, attempt.passphrase)
        now = int(self._services.now().timestamp())
        with self._services.db.write() as transaction:
            row = reviewers.by_name(transaction, attempt.name)
            last_step = row.totp_step if row else 0
            step = check_code(self._secret(row), attempt.code, now, last_step)
            # A passphrase that was changed during the run is not the one that was tried.
            right = right and row is not None and row.passphrase_hash == stored
            if row is not None and _passes(transaction, row, step, now, right=right):
                reviewers.clear_failures(transaction, row.id)
                return SignedIn(row.id, row.language)
            _write_as_much(transaction)
        raise NotSignedIn

    def _stored_hash(self, name: str) -> str | None:
        with self._services.db.read() as transaction:
            row = reviewers.by_name(transaction, name)
            return None if row is None else row.passphrase_hash

    @contextmanager
    def _slot(self) -> Iterator[None]:
        slot = self._services.derivations.acquire(timeout=QUEUE_SECONDS)
        if slot is None:
            raise Busy
        with slot:
            yield

    def _secret(self, row: Reviewer | None) -> TotpSecret:
        if row is None:
            return self._nobodys_secret
        try:
            return open_totp(self._services.instance.totp_key, row.name, row.totp_box)
        except BadBox as error:
            # The instance's key is not the one this was sealed under: the admin must know, and
            # the log-in form must not tell that the name exists.
            report_fault(error)
            return self._nobodys_secret


def _passes(
    transaction: Session, row: Reviewer, step: int | None, now: int, *, right: bool
) -> bool:
    """Tell whether it is time, passphrase and code are right; count the failure if not.

    What is tried too early does not count: no one can put off the end of a wait.
    """
    if row.retry_at > now:
        return False
    if right and step is not None and reviewers.accept_step(transaction, row.id, step):
        return True
    wait = wait_seconds(row.failures + 1, passphrase_right=right)
    reviewers.note_failure(transaction, row.id, now + wait)
    return False


def _write_as_much(transaction: Session) -> None:
    """Have every refusal wait for the disk, also where there is no row to count it in."""
    decoy = secrets.token_bytes(SESSION_ID_SIZE)
    over = sessions.NewSession(id=decoy, kind=Visitor.REVIEWER, box=b"", expires=0, ends=0)
    sessions.put(transaction, over)
    sessions.delete_session(transaction, decoy)
