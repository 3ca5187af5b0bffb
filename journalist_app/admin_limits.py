"""The page of what a desk keeps and takes: retention and the day's quota.

It asks who asks, again: a short retention deletes what nobody has read.
"""

from http import HTTPStatus

from flask import Response, request

from journalist_app.account_refusals import NotProven
from journalist_app.desk_limits import DAYS_MAX, QUOTA_MAX, BadDays, BadQuota, DeskLimits
from journalist_app.keeping_refusals import KeepingRefused, NoSuchDesk
from journalist_app.proof import Proof
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.wording import Wording
from storage import desks
from storage.errors import DeskUnknown
from storage.models import Desk
from web.errors import Busy, RequestRefused
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

CHANGED = mark("Les limites de l’équipe sont changées. Elles valent dès maintenant.")
_FIELDS = ("collected", "arrived", "quota")


class AdminLimitViews:
    """/admin/desks/SLUG/limits."""

    def __init__(
        self, services: Services, sessions: ReviewerSessions, proof: Proof, wording: Wording
    ) -> None:
        self._services, self._sessions = services, sessions
        self._proof, self._wording = proof, wording

    def ask(self, slug: str) -> Response:
        """Show the limits as they stand."""
        desk = self._desk(slug)
        now = (desk.keep_collected_days, desk.keep_days, desk.day_quota)
        shown = ["" if number is None else str(number) for number in now]
        return self._page(desk, dict(zip(_FIELDS, shown, strict=True)))

    def change(self, slug: str) -> Response:
        """Set all three, or none of them."""
        desk = self._desk(slug)
        typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
        try:
            collected, arrived = (_number(typed[name], DAYS_MAX, BadDays) for name in _FIELDS[:2])
            quota = _number(typed["quota"], QUOTA_MAX, BadQuota)
            self._proof.check()
            limits = DeskLimits(self._services, current_reviewer().name)
            limits.set_retention(slug, collected=collected, arrived=arrived)
            limits.set_quota(slug, quota)
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._page(desk, typed, refusal)
        self._sessions.tell(self._wording.gettext(CHANGED))
        return see_other(f"/admin/desks/{slug}")

    def _desk(self, slug: str) -> Desk:
        try:
            with self._services.db.read() as transaction:
                return desks.get_desk(transaction, slug)
        except DeskUnknown:
            raise NoSuchDesk from None

    def _page(
        self, desk: Desk, typed: dict[str, str], refusal: RequestRefused | Busy | None = None
    ) -> Response:
        status = refusal.status if refusal else HTTPStatus.OK
        return page("admin_desk_limits.html", status, desk=desk, typed=typed, refusal=refusal)


def _number(typed: str, most: int, wrong: type[KeepingRefused]) -> int | None:
    """Read a whole number from 1 to `most`; nothing typed is no limit."""
    if not typed:
        return None
    is_whole = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    if not is_whole or not 1 <= int(typed) <= most:
        raise wrong
    return int(typed)
