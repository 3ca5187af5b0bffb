"""After a flood: all new deliveries of one day and desk deleted, their number said first."""

from datetime import date

from flask import Response, request

from journalist_app.paging import View, read_day
from journalist_app.refusals import DeliveryGone, NothingNew
from journalist_app.session import CurrentReviewer, ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import listing, retention
from storage.history import Deed
from storage.listing import Filters, State
from web.errors import BadForm
from web.history import note
from web.pages import page
from web.responses import see_other
from web.services import Services

NUMBER_MAX_DIGITS = 9  # more than any disk holds


class ClearingViews:
    """POST /deliveries/clear: `desk` and `day`, then `number` and `confirm=1`."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def clear(self) -> Response:
        """Ask first, with the number; confirmed, delete that many and no more."""
        reviewer = current_reviewer()
        desk, day = _asked(reviewer)
        confirmed = request.form.get("confirm") == "1"
        return self._do(reviewer, desk, day) if confirmed else self._ask(desk, day)

    def _ask(self, desk: str, day: date) -> Response:
        filters = Filters(State.NEW, day=day)
        with self._services.db.read() as transaction:
            all_of_them = 10**NUMBER_MAX_DIGITS - 1
            number = listing.count(transaction, [desk], filters, all_of_them)[desk]
        if not number:
            raise NothingNew
        view = View(desk, day=day)
        name = current_reviewer().desks[desk]
        return page("clear.html", number=number, desk=desk, name=name, day=day, view=view)

    def _do(self, reviewer: CurrentReviewer, desk: str, day: date) -> Response:
        """Queue as many as were said. What came since is as unread: some of it may go instead."""
        said = _number()
        with self._services.db.write() as transaction:
            number = retention.queue_new_of_day(transaction, desk, day, at_most=said)
            if not number:
                raise NothingNew
            note(
                self._services,
                transaction,
                Deed.DELETED,
                who=reviewer.name,
                desk=desk,
                number=number,
            )
        sentence = self._wording.ngettext(
            "%(num)s nouveau dépôt ne paraît plus ; il sera détruit dans les minutes qui suivent.",
            "%(num)s nouveaux dépôts ne paraissent plus ; ils seront détruits dans les minutes "
            "qui suivent.",
            number,
        )
        self._sessions.tell(sentence)
        return see_other(View(desk, day=day).address)


def _asked(reviewer: CurrentReviewer) -> tuple[str, date]:
    day = read_day(request.form.get("day", ""))
    if day is None:
        raise BadForm
    desk = request.form.get("desk", "")
    if desk not in reviewer.desks:
        raise DeliveryGone
    return desk, day


def _number() -> int:
    text = request.form.get("number", "")
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_MAX_DIGITS):
        raise BadForm
    return int(text)
