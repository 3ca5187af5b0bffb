"""Standard answers: the texts that a desk wrote in advance, in both languages."""

import re
from http import HTTPStatus

from flask import Response, request

from formats.handles import is_item_id, new_item_id
from formats.reply import REPLY_LIMIT
from journalist_app.refusals import AnswerGone, AnswerIncomplete, AnswersFull, AnswerTooLong
from journalist_app.session import CurrentReviewer, ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import answers
from storage.answers import NewAnswer
from storage.history import Deed
from web.errors import BadForm, RequestRefused
from web.history import note
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

ANSWERS_MAX = 50  # of a desk: a list that a person still chooses from
TITLE_MAX_CHARACTERS = 80

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # what no one types, and PostgreSQL refuses

KEPT = mark("La réponse type est enregistrée.")
REMOVED = mark("La réponse type est supprimée.")


class AnsweringViews:
    """GET /answers, and the forms that go to POST /answers."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def show(self) -> Response:
        """Show the answers of the reviewer's desks, and a form for one more or a changed one."""
        wanted = request.args.get("id")
        found = self._find(wanted, current_reviewer()) if wanted else None
        return self._page(found)

    def _page(self, edited: NewAnswer | None, refusal: RequestRefused | None = None) -> Response:
        reviewer = current_reviewer()
        with self._services.db.read() as transaction:
            kept = answers.of_desks(transaction, reviewer.desks)
        return page(
            "answers.html",
            refusal.status if refusal else HTTPStatus.OK,
            reviewer=reviewer,
            answers=kept,
            edited=edited,
            refusal=refusal,
            notices=self._sessions.told(),
            limit=REPLY_LIMIT,
            title_limit=TITLE_MAX_CHARACTERS,
        )

    def change(self) -> Response:
        """Keep a new or changed answer, or remove one."""
        reviewer = current_reviewer()
        if request.form.get("remove") == "1":
            self._remove(reviewer)
            return self._back(REMOVED)
        typed = _typed(reviewer)
        try:
            _check(typed)
            self._keep(reviewer, typed, is_new=not request.form.get("id"))
        except RequestRefused as refusal:
            return self._page(typed, refusal)
        return self._back(KEPT)

    def _back(self, said: str) -> Response:
        self._sessions.tell(self._wording.gettext(said))
        return see_other("/answers")

    def _keep(self, reviewer: CurrentReviewer, typed: NewAnswer, *, is_new: bool) -> None:
        with self._services.db.write() as transaction:
            if not is_new and not answers.change(transaction, typed):
                raise AnswerGone
            if is_new and answers.count(transaction, typed.desk) >= ANSWERS_MAX:
                raise AnswersFull
            if is_new:
                answers.add(transaction, typed)
            changed = Deed.ANSWERS_CHANGED
            note(self._services, transaction, changed, who=reviewer.name, desk=typed.desk)

    def _remove(self, reviewer: CurrentReviewer) -> None:
        found = self._find(request.form.get("id", ""), reviewer)
        with self._services.db.write() as transaction:
            if not answers.remove(transaction, found.id, found.desk):
                raise AnswerGone
            changed = Deed.ANSWERS_CHANGED
            note(self._services, transaction, changed, who=reviewer.name, desk=found.desk)

    def _find(self, untrusted_id: str, reviewer: CurrentReviewer) -> NewAnswer:
        with self._services.db.read() as transaction:
            found = answers.get(transaction, untrusted_id) if is_item_id(untrusted_id) else None
        if found is None or found.desk not in reviewer.desks:
            raise AnswerGone
        return NewAnswer(
            id=found.id,
            desk=found.desk,
            title=found.title,
            french=found.french,
            english=found.english,
        )


def _typed(reviewer: CurrentReviewer) -> NewAnswer:
    desk, known = request.form.get("desk", ""), request.form.get("id", "")
    if desk not in reviewer.desks or (known and not is_item_id(known)):
        raise BadForm
    texts = (request.form.get(name, "") for name in ("title", "french", "english"))
    title, french, english = (text.replace("\r\n", "\n").strip() for text in texts)
    return NewAnswer(
        id=known or new_item_id(), desk=desk, title=title, french=french, english=english
    )


def _check(typed: NewAnswer) -> None:
    if any(_UNSEEN.search(text) for text in (typed.title, typed.french, typed.english)):
        raise BadForm
    if not (typed.title and typed.french and typed.english):
        raise AnswerIncomplete
    if len(typed.title) > TITLE_MAX_CHARACTERS:
        raise AnswerTooLong
    if max(len(typed.french), len(typed.english)) > REPLY_LIMIT:
        raise AnswerTooLong
