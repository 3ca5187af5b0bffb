"""The way in, the way out, and the language."""

from flask import Response, g, request

from journalist_app.refusals import NotSignedIn
from journalist_app.session import ReviewerSessions, current_visit
from journalist_app.signing_in import Attempt, SigningIn
from web.circuits import CircuitLimits, Spent
from web.errors import Busy
from web.languages import LANGUAGES, link
from web.pages import page
from web.responses import see_other
from web.services import Services

BUSY_RETRY_SECONDS = 60


class EntryViews:
    """/login, /logout and /language."""

    def __init__(self, services: Services, sessions: ReviewerSessions) -> None:
        self._db, self._sessions = services.db, sessions
        self._signing_in = SigningIn(services)
        self._limits = CircuitLimits(services.circuits)

    def ask(self) -> Response:
        """Show the log-in form, or the list to whom is in already."""
        return see_other("/") if g.reviewer else page("login.html", refusal=None)

    def sign_in(self) -> Response:
        """Judge a log-in; start a session, or show the form again with the one sentence."""
        fields = (request.form.get(name, "") for name in ("username", "passphrase", "code"))
        try:
            self._limits.spend(Spent.SIGN_IN)
            known = self._signing_in.judge(Attempt.typed(*fields))
        except NotSignedIn as refusal:
            return page("login.html", refusal.status, refusal=refusal)
        except Busy as refusal:
            return self._busy(refusal)
        asked = request.args.get("l")
        self._sessions.start(known.id, asked if asked in LANGUAGES else known.language)
        response = see_other("/")
        self._sessions.keeper.give_cookie(response, g.open_session)
        return response

    def _busy(self, refusal: Busy) -> Response:
        response = page("login.html", refusal.status, refusal=refusal)
        response.headers["Retry-After"] = str(BUSY_RETRY_SECONDS)
        return response

    def sign_out(self) -> Response:
        """End the session at once and have the browser forget it."""
        self._sessions.end()
        response = see_other(link("/login"))
        # Not "cookies": Chromium then drops the Set-Cookie beside it, which deletes ours, and
        # does not heed this header where an address is no secure context, as http://….onion.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.delete_cookie(self._sessions.keeper.cookie_name, httponly=True, samesite="Strict")
        return response

    def choose_language(self, language: str) -> Response:
        """Change the language: in the session if there is one, else in the links."""
        chosen = language if language in LANGUAGES else g.language
        if g.reviewer is None:
            return see_other(f"/login?l={chosen}")
        current_visit().language = chosen
        self._sessions.save()
        return see_other("/")
