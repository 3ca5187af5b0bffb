"""The page of one's own account, and of one's sessions."""

from flask import Response, g, request

from journalist_app.own_sessions import OwnSessions
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import recovery_codes
from web.pages import page
from web.responses import see_other
from web.services import Services


class AccountViews:
    """GET /account and POST /account/sessions/end."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def show(self) -> Response:
        """Show who one is here, what one logs in with, and where one is logged in."""
        reviewer = current_reviewer()
        with self._services.db.read() as transaction:
            codes_left = recovery_codes.left(transaction, reviewer.id)
        return page(
            "account.html",
            reviewer=reviewer,
            notices=self._sessions.told(),
            codes_left=codes_left,
            own_sessions=self._own().living(),
        )

    def end_sessions(self) -> Response:
        """End one session, or all others."""
        if request.form.get("others") == "1":
            self._tell_ended(self._own().end_others())
            return see_other("/account")
        ended = self._own().end(request.form.get("session", ""))
        if ended.present:
            return self._sessions.leave()
        self._tell_ended(1)
        return see_other("/account")

    def _own(self) -> OwnSessions:
        return OwnSessions(self._services, g.open_session)

    def _tell_ended(self, number: int) -> None:
        self._sessions.tell(
            self._wording.ngettext(
                "%(num)s séance a été fermée.", "%(num)s séances ont été fermées.", number
            )
        )
