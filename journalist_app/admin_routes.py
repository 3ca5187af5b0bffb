"""The routes of those who administer."""

from journalist_app.admin_desks import AdminDeskViews
from journalist_app.admin_keys import AdminKeyViews
from journalist_app.admin_limits import AdminLimitViews
from journalist_app.admin_reviewers import AdminReviewerViews
from journalist_app.permissions import ADMIN
from journalist_app.proof import Proof
from journalist_app.session import ReviewerSessions
from journalist_app.wording import Wording
from web.gate import Gate
from web.services import Services


def add_admin_routes(
    gate: Gate, services: Services, sessions: ReviewerSessions, proof: Proof, wording: Wording
) -> None:
    """Add /admin/reviewers and /admin/desks."""
    _add_reviewers(gate, AdminReviewerViews(services, sessions, proof, wording))
    _add_desks(gate, AdminDeskViews(services, sessions))
    _add_keys(gate, AdminKeyViews(services, sessions, proof, wording))
    limits = AdminLimitViews(services, sessions, proof, wording)
    gate.get("/admin/desks/<slug>/limits", limits.ask, ADMIN)
    gate.post("/admin/desks/<slug>/limits", limits.change, ADMIN)


def _add_reviewers(gate: Gate, views: AdminReviewerViews) -> None:
    one = "/admin/reviewers/<reviewer>"
    gate.get("/admin/reviewers", views.show, ADMIN)
    gate.get("/admin/reviewers/add", views.ask_new, ADMIN)
    gate.post("/admin/reviewers/add", views.add, ADMIN)
    gate.get(one, views.show_one, ADMIN)
    gate.get(f"{one}/change", views.ask_change, ADMIN)
    gate.post(f"{one}/change", views.change, ADMIN)
    gate.get(f"{one}/reset", views.ask_reset, ADMIN)
    gate.post(f"{one}/reset", views.reset, ADMIN)
    gate.get(f"{one}/remove", views.ask_remove, ADMIN)
    gate.post(f"{one}/remove", views.remove, ADMIN)


def _add_desks(gate: Gate, views: AdminDeskViews) -> None:
    gate.get("/admin/desks", views.show, ADMIN)
    gate.get("/admin/new-desk", views.ask_new, ADMIN)  # no slug: a desk may be called "add"
    gate.post("/admin/new-desk", views.add, ADMIN)
    gate.get("/admin/desks/<slug>", views.show_one, ADMIN)
    gate.post("/admin/desks/<slug>/state", views.set_state, ADMIN)


def _add_keys(gate: Gate, views: AdminKeyViews) -> None:
    key = "/admin/desks/<slug>/key"
    station = "/admin/desks/<slug>/station"
    gate.get(key, views.ask_key, ADMIN)
    gate.post(key, views.add_key, ADMIN, token=False)  # the stream's first part
    gate.get(f"{key}/<fingerprint>/retire", views.ask_retire, ADMIN)
    gate.post(f"{key}/<fingerprint>/retire", views.retire, ADMIN)
    gate.get(station, views.ask_station, ADMIN)
    gate.post(station, views.add_station, ADMIN, token=False)  # the stream's first part
    gate.get(f"{station}/remove", views.ask_remove_station, ADMIN)
    gate.post(f"{station}/remove", views.remove_station, ADMIN)
