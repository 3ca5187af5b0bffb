"""The journalist app's assembly: guards first, then the routes."""

from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, Response, g, request
from markupsafe import Markup

from journalist_app.account_routes import add_account_routes
from journalist_app.admin_routes import add_admin_routes
from journalist_app.answering import AnsweringViews
from journalist_app.bundles import BundleViews
from journalist_app.clearing import ClearingViews
from journalist_app.couriers import CourierViews
from journalist_app.deleting import DeletingViews
from journalist_app.entry import EntryViews
from journalist_app.history import HistoryViews
from journalist_app.inbox import InboxViews
from journalist_app.nav import set_up_nav
from journalist_app.permissions import ADMIN, PUBLIC, REVIEWER
from journalist_app.proof import Proof
from journalist_app.refusals import AdminsOnly, SignInFirst
from journalist_app.replying import ReplyingViews
from journalist_app.session import ReviewerSessions, current_visit
from journalist_app.signing_in import SigningIn
from journalist_app.starring import StarringViews
from journalist_app.wording import Wording
from web.circuits import CircuitLimits
from web.csrf import check_token
from web.figures import show_day, show_fingerprint, show_moment, show_size
from web.gate import Gate
from web.headers import content_security_policy, inline_source, strict_headers
from web.hosts import guard_hosts, overlap_at
from web.languages import link, load_catalogues, set_up_languages
from web.pages import page, read_style, set_up_errors, set_up_pages
from web.requests import SmallFormRequest
from web.responses import see_other
from web.services import Services

FOLDER = Path(__file__).parent


def create_app(services: Services) -> Flask:
    """Build the app on `services`; nothing in it reads a global or the environment.

    `app.extensions["gate"]` holds the table of routes with their permissions.
    """
    app = Flask("journalist_app", static_folder=None)
    app.request_class = SmallFormRequest
    style = read_style(FOLDER)
    script = (FOLDER / "script" / "inbox.js").read_text("utf-8")
    wording = _set_up_looks(app, services, style, script)
    sessions = ReviewerSessions(services)
    app.before_request(sessions.load)
    guard_hosts(app, services.instance.config.hosts, services.onion)
    strict_headers(app, content_security_policy(style, scripts=(inline_source(script),)))
    app.jinja_env.globals["warnings"] = sessions.warned
    gate = Gate(app, _admit, _check_token)
    _add_routes(gate, services, sessions, wording)
    app.extensions["gate"] = gate
    return app


def _set_up_looks(app: Flask, services: Services, style: str, script: str) -> Wording:
    config = services.instance.config
    catalogues = load_catalogues([FOLDER.parent / "web" / "translations", FOLDER / "translations"])
    wording = Wording(catalogues)
    set_up_languages(app, catalogues, config.language)
    set_up_pages(app, FOLDER, style)
    set_up_errors(app, wording.gettext)
    app.register_error_handler(SignInFirst, lambda refusal: _send_in(refusal, wording))
    app.jinja_env.globals["instance_name"] = config.name
    app.jinja_env.globals["link"] = link
    app.jinja_env.globals["moving_from_here"] = lambda: overlap_at(services.onion)
    app.jinja_env.globals["script"] = Markup(script)  # noqa: S704  our own file, hashed in the CSP
    set_up_nav(app, services)
    app.jinja_env.filters["size"] = lambda size: show_size(size, g.language)
    app.jinja_env.filters["figure"] = lambda number: format_decimal(number, locale=g.language)
    app.jinja_env.filters["day"] = lambda day: show_day(day, g.language)
    app.jinja_env.filters["short_day"] = lambda day: format_date(day, "medium", locale=g.language)
    app.jinja_env.filters["fingerprint"] = show_fingerprint
    app.jinja_env.filters["moment"] = lambda moment: show_moment(moment, g.language)
    return wording


def _add_routes(
    gate: Gate, services: Services, sessions: ReviewerSessions, wording: Wording
) -> None:
    signing_in = SigningIn(services)
    entry = EntryViews(sessions, signing_in, wording, CircuitLimits(services.circuits))
    gate.get("/login", entry.ask, PUBLIC)
    gate.post("/login", entry.sign_in, PUBLIC, token=False)  # no session yet: Origin guards it
    gate.post("/logout", entry.sign_out, REVIEWER)
    gate.get("/language/<language>", entry.choose_language, PUBLIC)
    _add_inbox_routes(gate, services, sessions, wording)
    proof = Proof(signing_in)
    add_account_routes(gate, services, sessions, proof, wording)
    add_admin_routes(gate, services, sessions, proof, wording)


def _add_inbox_routes(
    gate: Gate, services: Services, sessions: ReviewerSessions, wording: Wording
) -> None:
    inbox = InboxViews(services, sessions)
    bundles = BundleViews(services, sessions, wording)
    couriers = CourierViews(services)
    starring = StarringViews(services, sessions, wording)
    deleting = DeletingViews(services, sessions, wording)
    clearing = ClearingViews(services, sessions, wording)
    gate.get("/", inbox.show, REVIEWER)
    gate.post("/bundle", bundles.collect, REVIEWER)
    gate.get("/bundle/<bundle>", bundles.again, REVIEWER)
    gate.get("/courier", couriers.ask, REVIEWER)
    gate.post("/courier", couriers.take, REVIEWER, token=False)  # the stream's first part
    gate.post("/deliveries/star", starring.star, REVIEWER)
    gate.post("/deliveries/delete", deleting.delete, REVIEWER)
    gate.post("/deliveries/clear", clearing.clear, REVIEWER)
    gate.get("/history", HistoryViews(services).show, REVIEWER)
    if services.instance.config.quick_replies:
        replying = ReplyingViews(services, sessions, wording)
        answering = AnsweringViews(services, sessions, wording)
        gate.post("/deliveries/reply", replying.reply, REVIEWER)
        gate.get("/answers", answering.show, REVIEWER)
        gate.post("/answers", answering.change, REVIEWER)


def _admit(permission: str) -> None:
    if permission == PUBLIC:
        return
    if g.reviewer is None:
        raise SignInFirst
    if permission != REVIEWER and not (permission == ADMIN and g.reviewer.admin):
        raise AdminsOnly


def _check_token() -> None:
    check_token(current_visit().csrf, request.form.get("csrf_token", ""))


def _send_in(refusal: SignInFirst, wording: Wording) -> Response:
    """Send whoever asked for a page to the log-in; tell whoever sent a form that it did nothing."""
    if request.method in {"GET", "HEAD"}:
        return see_other(link("/login"))
    return page("error.html", refusal.status, sentence=wording.gettext(refusal.sentence))
