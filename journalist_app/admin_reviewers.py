"""The pages on which admins keep accounts. What they do is `team`'s; each asks who asks, again."""

from http import HTTPStatus

from flask import Response, request

from journalist_app.account_refusals import NotProven
from journalist_app.credentials import Login
from journalist_app.keeping_refusals import KeepingRefused
from journalist_app.proof import Proof
from journalist_app.qr import qr_picture
from journalist_app.session import ReviewerSessions, current_reviewer
from journalist_app.team import Actor, Team
from journalist_app.wording import Wording
from storage import desks
from web.errors import Busy, RequestRefused
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

CHANGED = mark("Le compte est changé. C’est en vigueur dès maintenant.")
REMOVED = mark("Le compte est supprimé, et ses séances sont fermées.")


class AdminReviewerViews:
    """/admin/reviewers and what is below it."""

    def __init__(
        self, services: Services, sessions: ReviewerSessions, proof: Proof, wording: Wording
    ) -> None:
        self._services, self._sessions = services, sessions
        self._proof, self._wording = proof, wording

    def show(self) -> Response:
        """List the accounts."""
        members = self._team().members()
        notices = self._sessions.told()
        return page("admin_reviewers.html", members=members, desks=self._desks(), notices=notices)

    def show_one(self, reviewer: str) -> Response:
        """Show one account and what can be done to it."""
        return self._page("admin_reviewer.html", reviewer)

    def ask_new(self) -> Response:
        """Show the form of a new account."""
        return self._new()

    def add(self) -> Response:
        """Add an account; show its log-in, this once."""
        name = request.form.get("name", "").strip()
        try:
            self._proof.check()
            login = self._team().add(name, _asked_desks(), admin=_asks_admin())
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._new(refusal)
        return _show_login(login)

    def _new(self, refusal: RequestRefused | Busy | None = None) -> Response:
        return page(
            "admin_reviewer_new.html",
            refusal.status if refusal else HTTPStatus.OK,
            refusal=refusal,
            desks=self._desks(),
            name=request.form.get("name", ""),
            chosen=_asked_desks(),
            admin=_asks_admin(),
        )

    def ask_change(self, reviewer: str) -> Response:
        """Show the form of an account's desks and role."""
        return self._page("admin_reviewer_change.html", reviewer)

    def change(self, reviewer: str) -> Response:
        """Give an account other desks, or another role."""
        try:
            self._proof.check()
            self._team().change(reviewer, _asked_desks(), admin=_asks_admin())
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._page("admin_reviewer_change.html", reviewer, refusal)
        self._sessions.tell(self._wording.gettext(CHANGED))
        return see_other("/admin/reviewers")

    def ask_reset(self, reviewer: str) -> Response:
        """Say what a reset does."""
        return self._page("admin_reviewer_reset.html", reviewer)

    def reset(self, reviewer: str) -> Response:
        """Give an account a new log-in; show it, this once."""
        try:
            self._proof.check()
            login = self._team().reset(reviewer)
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._page("admin_reviewer_reset.html", reviewer, refusal)
        return _show_login(login)

    def ask_remove(self, reviewer: str) -> Response:
        """Say what removing does."""
        return self._page("admin_reviewer_remove.html", reviewer)

    def remove(self, reviewer: str) -> Response:
        """Remove an account."""
        try:
            self._proof.check()
            self._team().remove(reviewer)
        except (NotProven, Busy, KeepingRefused) as refusal:
            return self._page("admin_reviewer_remove.html", reviewer, refusal)
        self._sessions.tell(self._wording.gettext(REMOVED))
        return see_other("/admin/reviewers")

    def _page(
        self, template: str, reviewer: str, refusal: RequestRefused | Busy | None = None
    ) -> Response:
        return page(
            template,
            refusal.status if refusal else HTTPStatus.OK,
            refusal=refusal,
            member=self._team().member(reviewer),
            oneself=reviewer == current_reviewer().id,
            desks=self._desks(),
        )

    def _team(self) -> Team:
        reviewer = current_reviewer()
        return Team(self._services, Actor(reviewer.id, reviewer.name))

    def _desks(self) -> dict[str, str]:
        with self._services.db.read() as transaction:
            return {desk.slug: desk.name for desk in desks.list_desks(transaction)}


def _asked_desks() -> list[str]:
    return request.form.getlist("desk")


def _asks_admin() -> bool:
    return request.form.get("admin") == "1"


def _show_login(login: Login) -> Response:
    return page("admin_login_shown.html", login=login, picture=qr_picture(login.totp_uri))
