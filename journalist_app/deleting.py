"""Deleting deliveries by hand: a page that names the number, then the deed."""

from collections import Counter

from flask import Response, request

from journalist_app.chosen import chosen_ids, view_of_form, visible
from journalist_app.erasing import erase
from journalist_app.refusals import DeliveryGone
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import deletions
from storage.history import Deed
from web.history import note
from web.pages import page
from web.responses import see_other
from web.services import Services


class DeletingViews:
    """POST /deliveries/delete."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def delete(self) -> Response:
        """Ask first; with `confirm=1`, do it."""
        return self._do() if request.form.get("confirm") == "1" else self._ask()

    def _ask(self) -> Response:
        with self._services.db.read() as transaction:
            found = visible(transaction, current_reviewer(), chosen_ids())
        if not found:
            raise DeliveryGone
        unread = sum(delivery.collected_day is None for delivery in found)
        return page("delete.html", deliveries=found, unread=unread, view=view_of_form())

    def _do(self) -> Response:
        reviewer = current_reviewer()
        with self._services.db.write() as transaction:
            found = visible(transaction, reviewer, chosen_ids())
            blobs = deletions.delete_deliveries(transaction, [each.id for each in found])
            for desk, number in Counter(each.desk for each in found).items():
                note(
                    self._services,
                    transaction,
                    Deed.DELETED,
                    who=reviewer.name,
                    desk=desk,
                    number=number,
                )
        if not found:
            raise DeliveryGone
        erase(self._services, blobs)
        said = self._wording.ngettext(
            "%(num)s dépôt a été effacé de ce serveur.",
            "%(num)s dépôts ont été effacés de ce serveur.",
            len(found),
        )
        self._sessions.tell(said)
        return see_other(view_of_form().address)
