"""What the changes of one's own way in share: a credential put down until its proof.

Each begins with the present passphrase and a present code. A new passphrase and a new TOTP come
into effect on a second form, once they are proven to be held; then every session of the account
ends, and the browser in hand gets a new one. That is safe, and no more than a new log-in would
give: it has just proven the old credentials and the new one, while the cookie it came with, which
someone else may have, opens nothing any more.
"""

from datetime import timedelta
from typing import Literal

from flask import Response, g

from journalist_app.account_refusals import NothingPending
from journalist_app.own_account import OwnAccount
from journalist_app.session import Pending, ReviewerSessions, current_reviewer, current_visit
from journalist_app.wording import Wording
from web.responses import see_other
from web.services import Services

PENDING = timedelta(minutes=15)  # to fetch pen and paper, and no longer


class Changing:
    """The change that waits in this session for its proof."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def account(self) -> OwnAccount:
        """Give the account of who asks."""
        return OwnAccount(self._services, current_reviewer(), g.open_session.id)

    def put_down(self, kind: Literal["passphrase", "totp"], kept: str) -> None:
        """Keep what was drawn, in the session's sealed box."""
        until = int((self._services.now() + PENDING).timestamp())
        current_visit().pending = Pending(kind, kept, until)
        self._sessions.save()

    def take_up(self, kind: Literal["passphrase", "totp"]) -> str:
        """Give what was kept; raises NothingPending."""
        pending = current_visit().pending
        now = int(self._services.now().timestamp())
        if pending is None or pending.kind != kind or pending.until <= now:
            raise NothingPending
        return pending.kept

    def begin_anew(self, sentence: str) -> Response:
        """Start a session under a new cookie after all have ended, and say why."""
        self._sessions.start(current_reviewer().id, current_visit().language)
        self._sessions.tell(self._wording.gettext(sentence))
        response = see_other("/account")
        self._sessions.keeper.give_cookie(response, g.open_session)
        return response
