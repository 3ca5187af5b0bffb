"""The page of a quick reply, where the instance allows them."""

from http import HTTPStatus

from flask import Response, request

from formats.handles import is_item_id
from formats.reply import REPLY_LIMIT
from journalist_app.chosen import chosen_ids, view_of_form, visible
from journalist_app.quick_reply import QuickReplies
from journalist_app.refusals import AnswerGone, DeliveryGone
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import answers
from storage.models import Delivery
from web.errors import BadForm, RequestRefused
from web.languages import LANGUAGES
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

SENT = mark("La réponse est scellée. La source la trouvera à son retour.")


class ReplyingViews:
    """POST /deliveries/reply: without a text, the form; with one, the deed.

    With `fill=1` the form again, with the standard answer that `answer=ID.LANGUAGE` names.
    """

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording
        self._replies = QuickReplies(services)

    def reply(self) -> Response:
        """Answer one delivery."""
        delivery = self._delivery()
        text = request.form.get("text")
        if request.form.get("fill") == "1":
            return self._form(delivery, self._standard(delivery) or text or "")
        if text is None:
            return self._form(delivery)
        try:
            self._replies.send(delivery, text)
        except RequestRefused as refusal:
            return self._form(delivery, text, refusal)
        self._sessions.tell(self._wording.gettext(SENT))
        return see_other(view_of_form().address)

    def _standard(self, delivery: Delivery) -> str | None:
        """Give the standard answer that was chosen, None where none was."""
        answer, _, language = request.form.get("answer", "").partition(".")
        if not is_item_id(answer) or language not in LANGUAGES:
            return None
        with self._services.db.read() as transaction:
            found = answers.get(transaction, answer)
        if found is None or found.desk != delivery.desk:
            raise AnswerGone
        return found.french if language == "fr" else found.english

    def _delivery(self) -> Delivery:
        ids = chosen_ids()
        if len(ids) > 1:
            raise BadForm
        with self._services.db.read() as transaction:
            found = visible(transaction, current_reviewer(), ids)
        if not found:
            raise DeliveryGone
        return found[0]

    def _form(
        self, delivery: Delivery, text: str = "", refusal: RequestRefused | None = None
    ) -> Response:
        with self._services.db.read() as transaction:
            kept = answers.of_desks(transaction, [delivery.desk])
        return page(
            "reply.html",
            refusal.status if refusal else HTTPStatus.OK,
            delivery=delivery,
            answers=kept,
            view=view_of_form(),
            text=text,
            refusal=refusal,
            limit=REPLY_LIMIT,
        )
