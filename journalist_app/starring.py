"""The star that a team puts on deliveries it wants to find again."""

from flask import Response, request

from journalist_app.chosen import chosen_ids, view_of_form, visible
from journalist_app.refusals import DeliveryGone
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import deliveries
from web.errors import BadForm
from web.responses import see_other
from web.services import Services

_STARRED = {"1": True, "0": False}


class StarringViews:
    """POST /deliveries/star."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording

    def star(self) -> Response:
        """Put the star on the ticked deliveries, or take it off with `starred=0`."""
        starred = _STARRED.get(request.form.get("starred", "1"))
        if starred is None:
            raise BadForm
        with self._services.db.write() as transaction:
            found = visible(transaction, current_reviewer(), chosen_ids())
            deliveries.star(transaction, [each.id for each in found], starred=starred)
        if not found:
            raise DeliveryGone
        self._tell(len(found), starred=starred)
        return see_other(view_of_form().address)

    def _tell(self, number: int, *, starred: bool) -> None:
        if starred:
            said = self._wording.ngettext(
                "Étoile mise à %(num)s dépôt.", "Étoile mise à %(num)s dépôts.", number
            )
        else:
            said = self._wording.ngettext(
                "Étoile ôtée à %(num)s dépôt.", "Étoile ôtée à %(num)s dépôts.", number
            )
        self._sessions.tell(said)
