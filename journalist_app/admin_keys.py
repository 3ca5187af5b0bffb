"""The pages of a desk's keys and of its station. What is sealed to whom is decided here.

So each asks for the present passphrase and a present code: a session left open must not be enough
to have all later deliveries sealed to one more key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request

from crypto.deskkeys import MAX_FILE_SIZE
from crypto.errors import BadDeskKey
from crypto.fingerprint import fingerprint as digest_of
from journalist_app.account_refusals import NotProven
from journalist_app.desk_keeping import DeskKeeping
from journalist_app.keeping_refusals import KeepingRefused, NoStation, NoSuchKey
from journalist_app.key_refusals import KeyRefused
from journalist_app.proof import Proof
from journalist_app.session import ReviewerSessions, current_reviewer, current_visit
from journalist_app.upload_form import read_upload
from journalist_app.wording import Wording
from web.body import Body
from web.errors import Busy, RequestRefused
from web.figures import show_fingerprint
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

_FIELDS = frozenset({"passphrase", "code", "text", "file"})
KEY_ADDED = mark(
    "La clé %(fingerprint)s est ajoutée : les dépôts sont scellés pour elle dès maintenant. "
    "Comparez cette empreinte avec l’équipe, par un autre chemin que le fichier."
)
KEY_RETIRED = mark("La clé est retirée : plus rien ne sera scellé pour elle.")
STATION_SET = mark(
    "Le poste de lecture est enregistré. Comparez cette empreinte avec l’équipe, par un autre "
    "chemin que le fichier : %(fingerprint)s"
)
STATION_REMOVED = mark("Le poste de lecture est retiré : aucun courrier n’est plus accepté.")


@dataclass(frozen=True, repr=False)
class _Given:
    """What a form with a file gave: the proof, and the file or the text in its place."""

    passphrase: str
    code: str
    content: bytes


class AdminKeyViews:
    """/admin/desks/SLUG/key and /admin/desks/SLUG/station."""

    def __init__(
        self, services: Services, sessions: ReviewerSessions, proof: Proof, wording: Wording
    ) -> None:
        self._services, self._sessions = services, sessions
        self._proof, self._wording = proof, wording

    def ask_key(self, slug: str) -> Response:
        """Show the form of a new key."""
        return self._page("admin_key_add.html", slug)

    def add_key(self, slug: str) -> Response:
        """Add a key that was pasted or chosen as a file."""

        def add(given: bytes) -> str:
            try:
                return self._keeping().add_key(slug, given).fingerprint
            except BadDeskKey as error:
                raise KeyRefused(error) from None

        return self._take("admin_key_add.html", slug, add, KEY_ADDED)

    def ask_retire(self, slug: str, fingerprint: str) -> Response:
        """Say what retiring a key does."""
        return self._retiring(slug, fingerprint)

    def retire(self, slug: str, fingerprint: str) -> Response:
        """Seal nothing more to a key."""
        try:
            self._proof.check()
            self._keeping().retire_key(slug, fingerprint)
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._retiring(slug, fingerprint, refusal)
        return self._done(slug, self._wording.gettext(KEY_RETIRED))

    def _retiring(
        self, slug: str, fingerprint: str, refusal: RequestRefused | Busy | None = None
    ) -> Response:
        keys = {key.fingerprint: key for key in self._keeping().keys(slug)}
        key = keys.get(fingerprint)
        if key is None:
            raise NoSuchKey
        usable = [each for each in keys.values() if each.state == "active"]
        return self._page("admin_key_retire.html", slug, refusal, key=key, is_last=usable == [key])

    def ask_station(self, slug: str) -> Response:
        """Show the form of a station."""
        return self._page("admin_station_add.html", slug)

    def add_station(self, slug: str) -> Response:
        """Pin the station whose public file was pasted or chosen."""

        def add(given: bytes) -> str:
            return digest_of(self._keeping().set_station(slug, given))

        return self._take("admin_station_add.html", slug, add, STATION_SET)

    def ask_remove_station(self, slug: str) -> Response:
        """Say what removing the station does."""
        if self._keeping().station(slug) is None:
            raise NoStation
        return self._page("admin_station_remove.html", slug)

    def remove_station(self, slug: str) -> Response:
        """Accept no courier for the desk any more."""
        try:
            self._proof.check()
            self._keeping().remove_station(slug)
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._page("admin_station_remove.html", slug, refusal)
        return self._done(slug, self._wording.gettext(STATION_REMOVED))

    def _take(self, template: str, slug: str, add: Callable[[bytes], str], said: str) -> Response:
        body = Body(request.environ)
        try:
            given = _read(body)
            self._proof.check_fields(given.passphrase, given.code)
            added = add(given.content)
        except (RequestRefused, Busy) as refusal:
            body.drain()
            response = self._page(template, slug, refusal)
            response.headers["Connection"] = "close"
            return response
        sentence = self._wording.gettext(said)
        return self._done(slug, sentence % {"fingerprint": show_fingerprint(added)})

    def _done(self, slug: str, sentence: str) -> Response:
        self._sessions.tell(sentence)
        return see_other(f"/admin/desks/{slug}")

    def _page(
        self,
        template: str,
        slug: str,
        refusal: RequestRefused | Busy | None = None,
        **values: object,
    ) -> Response:
        status = refusal.status if refusal else HTTPStatus.OK
        return page(template, status, refusal=refusal, desk=self._keeping().find(slug), **values)

    def _keeping(self) -> DeskKeeping:
        return DeskKeeping(self._services, current_reviewer().name)


def _read(body: Body) -> _Given:
    token, content_type = current_visit().csrf, request.content_type or ""
    read = read_upload(body, content_type, token, _FIELDS, MAX_FILE_SIZE)
    return _Given(
        passphrase=read.get("passphrase", b"").decode("utf-8", "replace"),
        code=read.get("code", b"").decode("utf-8", "replace"),
        content=read.get("file") or _unpasted(read.get("text", b"")),
    )


def _unpasted(text: bytes) -> bytes:
    """Undo what pasting does to a file: line ends (WHATWG HTML, form submission), and its edges."""
    lines = text.replace(b"\r\n", b"\n").strip()
    return lines + b"\n" if lines else b""
