"""The two ways in, and the language."""

from http import HTTPStatus

from flask import Response, g, request

from crypto.codename import generate, normalise, parse
from crypto.errors import NotACodename
from source_app.desk_list import desks_for_sources
from source_app.recognition import Recogniser
from source_app.refusals import DeskMissing
from source_app.session import SourceSession, SourceSessions
from source_app.visitor import Seems, seems
from web.circuits import CircuitLimits, Spent
from web.codename_choice import read_choice
from web.errors import Busy
from web.languages import LANGUAGES
from web.pages import page
from web.responses import see_other
from web.services import Services

TYPED_MAX_CHARACTERS = 400  # eight words, generously spaced
WORD_MAX_CHARACTERS = 40  # of a word that is named: the longest of our lists has far fewer


class EntryViews:
    """/, /codename, /return and /language."""

    def __init__(self, services: Services, sessions: SourceSessions, recogniser: Recogniser):
        self._services, self._sessions, self._recogniser = services, sessions, recogniser
        self._limits = CircuitLimits(services.circuits)

    def landing(self) -> Response:
        """Show the two ways in. Sets no cookie."""
        return self._landing()

    def _landing(self, refusal: DeskMissing | None = None) -> Response:
        status = refusal.status if refusal else HTTPStatus.OK
        shown = desks_for_sources(self._services)
        return page("landing.html", status, desks=shown, refusal=refusal, seems=_visitor())

    def first_visit(self) -> Response:
        """Start a session with a new codename, and go where it is shown."""
        slug = request.form.get("desk") or None
        known = [desk.slug for desk in desks_for_sources(self._services)]
        if slug is not None and slug not in known:
            return self._landing(DeskMissing())
        self._limits.spend(Spent.FIRST_VISIT)
        desk = slug or (known[0] if len(known) == 1 else None)
        drawn = read_choice(self._services.instance.places.codename_choice)
        codename = generate(g.language, drawn.version)
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
            return _ask_again(HTTPStatus.SERVICE_UNAVAILABLE, typed, None)
        response = see_other("/mailbox")
        self._sessions.keeper.give_cookie(response, self._sessions.start(source))
        return response

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
    words = normalise(typed).split()
    places = () if fault is None else fault.unknown_positions
    unknown = [(at, words[at - 1][:WORD_MAX_CHARACTERS]) for at in places]
    kept = typed[:TYPED_MAX_CHARACTERS]
    told = {"fault": fault, "unknown": unknown, "busy": fault is None, "typed": kept}
    return page("return.html", status, **told)


def _visitor() -> Seems:
    return seems(request.headers.get("User-Agent", ""))
