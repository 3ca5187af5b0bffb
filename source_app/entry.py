"""The two ways in, the way out, and the language."""

from http import HTTPStatus

from flask import Response, g, request

from crypto.codename import generate, parse
from crypto.errors import NotACodename
from source_app.desk_list import desks_for_sources
from source_app.recognition import Recogniser
from source_app.refusals import DeskMissing
from source_app.session import SourceSession, SourceSessions
from web.circuits import CircuitLimits, Spent
from web.csrf import check_token
from web.errors import Busy
from web.faults import report_fault
from web.languages import LANGUAGES
from web.pages import page
from web.responses import see_other
from web.services import Services

TYPED_MAX_CHARACTERS = 400  # eight words, generously spaced


class EntryViews:
    """/, /codename, /return, /leave and /language."""

    def __init__(self, services: Services, sessions: SourceSessions, recogniser: Recogniser):
        self._services, self._sessions, self._recogniser = services, sessions, recogniser
        self._limits = CircuitLimits(services.circuits)

    def landing(self) -> Response:
        """Show the two ways in. Sets no cookie."""
        return self._landing()

    def _landing(self, refusal: DeskMissing | None = None) -> Response:
        status = refusal.status if refusal else HTTPStatus.OK
        shown = desks_for_sources(self._services)
        return page("landing.html", status, desks=shown, refusal=refusal)

    def first_visit(self) -> Response:
        """Start a session with a new codename, and go where it is shown."""
        slug = request.form.get("desk") or None
        known = [desk.slug for desk in desks_for_sources(self._services)]
        if slug is not None and slug not in known:
            return self._landing(DeskMissing())
        self._limits.spend(Spent.FIRST_VISIT)
        desk = slug or (known[0] if len(known) == 1 else None)
        codename = generate(g.language)
        opened = self._sessions.start(
            SourceSession(language=g.language, desk=desk, codename=codename.text)
        )
        response = see_other("/deliver")
        self._sessions.keeper.give_cookie(response, opened)
        return response

    def ask_codename(self) -> Response:
        """Ask for the codename."""
        return page("return.html")

    def come_back(self) -> Response:
        """Open the mailbox of a codename: every well-formed one has one, most of them empty."""
        typed = request.form.get("codename", "")
        try:
            codename = parse(typed)
        except NotACodename as fault:
            return _ask_again(HTTPStatus.UNPROCESSABLE_ENTITY, typed, fault)
        source = SourceSession(language=g.language)
        try:
            self._limits.spend(Spent.CODENAME)
            source.remember_keys(self._recogniser.derive(codename))
            self._recogniser.refresh(source)
        except Busy:
            response = _ask_again(HTTPStatus.SERVICE_UNAVAILABLE, typed, None)
            response.headers["Retry-After"] = "60"
            return response
        response = see_other("/mailbox")
        self._sessions.keeper.give_cookie(response, self._sessions.start(source))
        return response

    def leave(self) -> Response:
        """End the session at once and have the browser forget it."""
        if g.source is not None:
            check_token(g.source.csrf, request.form.get("csrf_token", ""))
        ended = self._end_session()
        response = page("left.html", ended=ended)
        # Not "cookies": Chromium then drops the Set-Cookie beside it, which deletes ours, and
        # does not heed this header where an address is no secure context, as http://….onion.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.delete_cookie(self._sessions.keeper.cookie_name, httponly=True, samesite="Strict")
        return response

    def _end_session(self) -> bool:
        """End the session; tell whether its row is gone. The browser must forget in any case."""
        try:
            self._sessions.end()
        except Exception as error:  # noqa: BLE001  a full disk, say: the row expires by itself
            report_fault(error)
            g.open_session = g.source = None
            return False
        return True

    def choose_language(self, language: str) -> Response:
        """Change the language: in the session if there is one, else in the links."""
        chosen = language if language in LANGUAGES else g.language
        if g.source is None:
            return see_other(f"/?l={chosen}")
        g.source.language = chosen
        self._sessions.save()
        return see_other("/mailbox" if g.source.keys else "/deliver")


def _ask_again(status: HTTPStatus, typed: str, fault: NotACodename | None) -> Response:
    """Give the page back with what was typed: one wrong letter must not cost eight words."""
    typed = typed[:TYPED_MAX_CHARACTERS]
    return page("return.html", status, fault=fault, busy=fault is None, typed=typed)
