"""Changing one's own way in: shown first, in effect once it is proven to be held.

Who draws a new passphrase and loses it, or scans nothing, is not locked out: until the proof, the
old one opens. The change and the end of all sessions are one transaction, and it needs the session
that asks: one that an admin's reset has ended meanwhile undoes no reset.
"""

from sqlalchemy.orm import Session

from crypto.errors import BadBox
from crypto.kinds import SessionId
from crypto.passphrase import (
    Passphrase,
    hash_passphrase,
    new_passphrase,
    verify_passphrase,
)
from crypto.recovery import RecoveryCode, new_recovery_codes
from crypto.totp import TotpSecret, check_code, new_totp_secret, open_totp_under, seal_totp
from journalist_app.account_refusals import NewCodeWrong, NotAsShown, NothingPending
from journalist_app.argon2_slot import argon2_slot
from journalist_app.credentials import store_codes
from journalist_app.refusals import SignInFirst
from journalist_app.session import CurrentReviewer
from storage import log_in_waits, reviewers, sessions
from storage.history import Deed
from web.history import note
from web.services import Services


class OwnAccount:
    """One reviewer's account, in their own hands; `session` is the one they ask from."""

    def __init__(self, services: Services, owner: CurrentReviewer, session: SessionId) -> None:
        self._services, self._owner, self._session = services, owner, session

    def draw_passphrase(self) -> tuple[Passphrase, str]:
        """Draw a new passphrase, not in effect yet; give it and its hash."""
        drawn = new_passphrase(self._services.instance.config.language)
        with argon2_slot(self._services):
            return drawn, hash_passphrase(drawn)

    def take_passphrase(self, new_hash: str, typed: Passphrase) -> None:
        """Put a drawn passphrase into effect; raises NotAsShown unless it was typed back."""
        with argon2_slot(self._services):
            if not verify_passphrase(new_hash, typed):
                raise NotAsShown
        with self._services.db.write() as transaction:
            self._end_sessions(transaction)
            reviewers.set_passphrase(transaction, self._owner.id, new_hash)
            log_in_waits.clear(transaction, self._owner.id)
            self._note(transaction, Deed.PASSPHRASE_CHANGED)

    def draw_totp(self) -> bytes:
        """Draw a new TOTP secret, not in effect yet; give it sealed for this account."""
        return self._seal_totp(new_totp_secret())

    def open_totp(self, box: bytes) -> TotpSecret:
        """Open a drawn secret, to be shown; raises NothingPending if it is not of this instance."""
        try:
            return open_totp_under(self._services.instance.totp_keys, self._owner.name, box)
        except BadBox:
            raise NothingPending from None

    def _seal_totp(self, secret: TotpSecret) -> bytes:
        return seal_totp(self._services.instance.totp_key, self._owner.name, secret)

    def take_totp(self, box: bytes, code: str) -> None:
        """Put a drawn secret into effect; raises NewCodeWrong unless the code is one of its."""
        now = int(self._services.now().timestamp())
        secret = self.open_totp(box)
        step = check_code(secret, code, now, 0)
        if step is None:
            raise NewCodeWrong
        with self._services.db.write() as transaction:
            self._end_sessions(transaction)
            # Sealed anew: the key may have been rotated since the secret was drawn.
            reviewers.set_totp(transaction, self._owner.id, self._seal_totp(secret))
            reviewers.accept_step(transaction, self._owner.id, step)  # it opens nothing more
            log_in_waits.clear(transaction, self._owner.id)
            self._note(transaction, Deed.TOTP_CHANGED)

    def new_codes(self) -> tuple[RecoveryCode, ...]:
        """Draw ten recovery codes, in effect at once; those from before are void."""
        drawn = new_recovery_codes()
        with self._services.db.write() as transaction:
            self._check_session(transaction)
            store_codes(transaction, self._owner.id, drawn)
            self._note(transaction, Deed.CODES_MADE)
        return drawn

    def _end_sessions(self, transaction: Session) -> None:
        self._check_session(transaction)
        sessions.delete_of_reviewer(transaction, self._owner.id)

    def _check_session(self, transaction: Session) -> None:
        now = int(self._services.now().timestamp())
        if sessions.get(transaction, self._session, now) is None:
            raise SignInFirst

    def _note(self, transaction: Session, deed: Deed) -> None:
        note(self._services, transaction, deed, who=self._owner.name)
