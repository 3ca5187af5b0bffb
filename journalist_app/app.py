"""The journalist app's assembly: guards first, then the routes."""

from pathlib import Path

from babel.dates import format_date
from flask import Flask, Response, g, request

from journalist_app.bundles import BundleViews
from journalist_app.couriers import CourierViews
from journalist_app.deleting import DeletingViews
from journalist_app.entry import EntryViews
from journalist_app.inbox import InboxViews
from journalist_app.refusals import SignInFirst
from journalist_app.replying import ReplyingViews
from journalist_app.session import ReviewerSessions, current_visit
from journalist_app.wording import Wording
from web.csrf import check_token
from web.figures import show_day, show_size
from web.gate import Gate
from web.headers import content_security_policy, strict_headers
from web.hosts import guard_hosts
from web.languages import link, load_catalogues, set_up_languages
from web.pages import page, read_style, set_up_errors, set_up_pages
from web.requests import SmallFormRequest
from web.responses import see_other
from web.services import Services

FOLDER = Path(__file__).parent
PUBLIC, REVIEWER = "public", "reviewer"


def create_app(services: Services) -> Flask:
    """Build the app on `services`; nothing in it reads a global or the environment.

    `app.extensions["gate"]` holds the table of routes with their permissions.
    """
    app = Flask("journalist_app", static_folder=None)
    app.request_class = SmallFormRequest
    style = read_style(FOLDER)
    wording = _set_up_looks(app, services, style)
    sessions = ReviewerSessions(services)
    app.before_request(sessions.load)
    guard_hosts(app, services.instance.config.hosts, services.onion)
    strict_headers(app, content_security_policy(style))
    gate = Gate(app, _admit, _check_token)
    _add_routes(gate, services, sessions, wording)
    app.extensions["gate"] = gate
    return app


def _set_up_looks(app: Flask, services: Services, style: str) -> Wording:
    config = services.instance.config
    catalogues = load_catalogues([FOLDER.parent / "web" / "translations", FOLDER / "translations"])
    wording = Wording(catalogues)
    set_up_languages(app, catalogues, config.language)
    set_up_pages(app, FOLDER, style)
    set_up_errors(app, wording.gettext)
    app.register_error_handler(SignInFirst, lambda refusal: _send_in(refusal, wording))
    app.jinja_env.globals["instance_name"] = config.name
    app.jinja_env.globals["link"] = link
    app.jinja_env.filters["size"] = lambda size: show_size(size, g.language)
    app.jinja_env.filters["day"] = lambda day: show_day(day, g.language)
    app.jinja_env.filters["short_day"] = lambda day: format_date(day, "medium", locale=g.language)
    return wording


def _add_routes(
    gate: Gate, services: Services, sessions: ReviewerSessions, wording: Wording
) -> None:
    entry = EntryViews(services, sessions)
    inbox = InboxViews(services, sessions)
    bundles = BundleViews(services, sessions, wording)
    couriers = CourierViews(services)
    deleting = DeletingViews(services, sessions, wording)
    gate.get("/login", entry.ask, PUBLIC)
    gate.post("/login", entry.sign_in, PUBLIC, token=False)  # no session yet: Origin guards it
    gate.post("/logout", entry.sign_out, REVIEWER)
    gate.get("/language/<language>", entry.choose_language, PUBLIC)
    gate.get("/", inbox.show, REVIEWER)
    gate.post("/bundle", bundles.collect, REVIEWER)
    gate.get("/bundle/<bundle>", bundles.again, REVIEWER)
    gate.get("/courier", couriers.ask, REVIEWER)
    gate.post("/courier", couriers.take, REVIEWER, token=False)  # the stream's first part
    gate.post("/deliveries/delete", deleting.delete, REVIEWER)
    if services.instance.config.quick_replies:
        replying = ReplyingViews(services, sessions, wording)
        gate.post("/deliveries/reply", replying.reply, REVIEWER)


def _admit(permission: str) -> None:
    if permission != PUBLIC and g.reviewer is None:
        raise SignInFirst


def _check_token() -> None:
    check_token(current_visit().csrf, request.form.get("csrf_token", ""))


def _send_in(refusal: SignInFirst, wording: Wording) -> Response:
    """Send whoever asked for a page to the log-in; tell whoever sent a form that it did nothing."""
    if request.method in {"GET", "HEAD"}:
        return see_other(link("/login"))
    return page("error.html", refusal.status, sentence=wording.gettext(refusal.sentence))
