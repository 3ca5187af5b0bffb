"""The pages on which admins keep desks: made, paused, resumed, closed."""

from http import HTTPStatus

from flask import Response, request

from crypto.fingerprint import fingerprint
from journalist_app.desk_keeping import DeskKeeping
from journalist_app.keeping_refusals import KeepingRefused
from journalist_app.session import ReviewerSessions, current_reviewer
from storage.models import DeskState
from web.errors import BadForm, RequestRefused
from web.pages import page
from web.responses import see_other
from web.services import Services


class AdminDeskViews:
    """/admin/desks, and the state of a desk."""

    def __init__(self, services: Services, sessions: ReviewerSessions) -> None:
        self._services, self._sessions = services, sessions

    def show(self) -> Response:
        """List the desks."""
        listed = self._keeping().list_desks()
        return page("admin_desks.html", desks=listed, notices=self._sessions.told())

    def show_one(self, slug: str) -> Response:
        """Show a desk, its keys and its station."""
        keeping = self._keeping()
        return page(
            "admin_desk.html",
            desk=keeping.find(slug),
            keys=keeping.keys(slug),
            station=_station_fingerprint(keeping, slug),
            notices=self._sessions.told(),
        )

    def ask_new(self) -> Response:
        """Show the form of a new desk."""
        return self._new()

    def add(self) -> Response:
        """Add a desk. It takes deliveries once it has a key."""
        slug = request.form.get("slug", "").strip()
        try:
            self._keeping().add(slug, request.form.get("name", ""))
        except KeepingRefused as refusal:
            return self._new(refusal)
        return see_other(f"/admin/desks/{slug}")

    def _new(self, refusal: RequestRefused | None = None) -> Response:
        typed = {name: request.form.get(name, "") for name in ("slug", "name")}
        status = refusal.status if refusal else HTTPStatus.OK
        return page("admin_desk_new.html", status, refusal=refusal, typed=typed)

    def set_state(self, slug: str) -> Response:
        """Pause, resume, or close a desk; closing asks first."""
        try:
            state = DeskState(request.form.get("state", ""))
        except ValueError:
            raise BadForm from None
        desk = self._keeping().find(slug)
        if state is DeskState.CLOSED and request.form.get("confirm") != "1":
            return page("admin_desk_close.html", desk=desk)
        self._keeping().set_state(slug, state)
        return see_other(f"/admin/desks/{slug}")

    def _keeping(self) -> DeskKeeping:
        return DeskKeeping(self._services, current_reviewer().name)


def _station_fingerprint(keeping: DeskKeeping, slug: str) -> str | None:
    public = keeping.station(slug)
    return None if public is None else fingerprint(public)
