"""The way in, the way out, and the language."""

from flask import Response, g, request

from journalist_app.refusals import NotSignedIn
from journalist_app.session import ReviewerSessions, current_visit
from journalist_app.signing_in import Attempt, SignedIn, SigningIn
from journalist_app.wording import Wording
from web.circuits import CircuitLimits, Spent
from web.errors import Busy
from web.languages import LANGUAGES
from web.marking import mark
from web.pages import page
from web.responses import see_other

BUSY_RETRY_SECONDS = 60
CODE_USED = mark(
    "Vous avez utilisé un code de secours. Il vous en reste %(num)s ; vous pouvez en faire de "
    "nouveaux depuis votre compte."
)


class EntryViews:
    """/login, /logout and /language."""

    def __init__(
        self,
        sessions: ReviewerSessions,
        signing_in: SigningIn,
        wording: Wording,
        limits: CircuitLimits,
    ) -> None:
        self._sessions, self._signing_in = sessions, signing_in
        self._wording, self._limits = wording, limits

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
        g.language = current_visit().language
        self._warn(known)
        response = see_other("/")
        self._sessions.keeper.give_cookie(response, g.open_session)
        return response

    def _warn(self, known: SignedIn) -> None:
        """Say on the first page what its owner should know of how the account was used."""
        if known.failures:
            self._sessions.warn(
                self._wording.ngettext(
                    "Depuis votre dernière connexion, quelqu’un a donné votre phrase de passe "
                    "avec un mauvais code. Si ce n’était pas vous, changez-la sans attendre.",
                    "Depuis votre dernière connexion, quelqu’un a donné votre phrase de passe "
                    "avec un mauvais code, %(num)s fois. Si ce n’était pas vous, changez-la sans "
                    "attendre.",
                    known.failures,
                )
            )
        if known.codes_left is not None:
            sentence = self._wording.gettext(CODE_USED)
            self._sessions.tell(sentence % {"num": known.codes_left})

    def _busy(self, refusal: Busy) -> Response:
        response = page("login.html", refusal.status, refusal=refusal)
        response.headers["Retry-After"] = str(BUSY_RETRY_SECONDS)
        return response

    def sign_out(self) -> Response:
        """End the session at once and have the browser forget it."""
        return self._sessions.leave()

    def choose_language(self, language: str) -> Response:
        """Change the language: in the session if there is one, else in the links."""
        chosen = language if language in LANGUAGES else g.language
        if g.reviewer is None:
            return see_other(f"/login?l={chosen}")
        current_visit().language = chosen
        self._sessions.save()
        return see_other("/")
