"""The source app's assembly: guards first, then the routes."""

from pathlib import Path

from flask import Flask, g, request
from markupsafe import Markup

from source_app.copying import CopyingViews
from source_app.delivering import DeliveringViews
from source_app.encryption_offer import PATH as ENCRYPTION
from source_app.encryption_offer import EncryptionOffer
from source_app.entry import EntryViews
from source_app.forgetting import ForgettingViews
from source_app.leaving import LeavingViews
from source_app.level_picture import level_picture
from source_app.mailbox import MailboxViews
from source_app.progress_frame import PATH as PROGRESS
from source_app.progress_frame import ProgressFrame
from source_app.public import PublicViews
from source_app.recognition import Recogniser
from source_app.session import SourceSessions, current_source
from source_app.ways_out import ways_out
from web.csrf import check_token
from web.errors import FormWithoutSession, NoSession
from web.figures import (
    show_day,
    show_fingerprint,
    show_languages,
    show_number,
    show_size,
)
from web.gate import Gate
from web.headers import content_security_policy, strict_headers
from web.hosts import guard_hosts, overlap_at
from web.languages import link, load_catalogues, same_in, set_up_languages
from web.pages import read_frame_style, read_style, set_up_errors, set_up_pages
from web.pagesize import pad_pages
from web.requests import BriefFormRequest
from web.services import Services

FOLDER = Path(__file__).parent
PUBLIC, SESSION = "public", "session"


def create_app(services: Services) -> Flask:
    """Build the app on `services`; nothing in it reads a global or the environment.

    `app.extensions["gate"]` holds the table of routes with their permissions.
    """
    app = Flask("source_app", static_folder=None)
    config = services.instance.config
    app.request_class = BriefFormRequest
    style = read_style(FOLDER)
    frame_style = read_frame_style(FOLDER)
    _set_up_looks(app, services, style)
    app.jinja_env.globals["frame_style"] = Markup(frame_style)  # noqa: S704  as in web.pages
    sessions = SourceSessions(services, by_itself=frozenset({PROGRESS}))
    app.before_request(sessions.load)
    guard_hosts(app, config.hosts, services.onion)
    ways = ways_out(config.ways_out)
    targets = tuple(way.origin for way in ways)
    policy = content_security_policy(style, frame_style, framed=True, targets=targets)
    strict_headers(app, policy, services.onion, framed=True)
    pad_pages(app)
    gate = Gate(app, _admit, _check_token)
    offer = EncryptionOffer(config.browser_encryption, (style, frame_style), targets)
    leaving = LeavingViews(sessions, ways)
    leaving.set_up(app)
    _add_routes(gate, services, sessions, offer, leaving)
    app.extensions["gate"] = gate
    return app


def _set_up_looks(app: Flask, services: Services, style: str) -> None:
    config = services.instance.config
    catalogues = load_catalogues([FOLDER.parent / "web" / "translations", FOLDER / "translations"])
    set_up_languages(app, catalogues, config.language)
    set_up_pages(app, FOLDER, style)
    set_up_errors(app, lambda text: catalogues.of(g.language).gettext(text))
    app.jinja_env.globals["instance_name"] = config.name
    app.jinja_env.filters["size"] = lambda size: show_size(size, g.language)
    app.jinja_env.filters["number"] = lambda number: show_number(number, g.language)
    app.jinja_env.filters["day"] = lambda day: show_day(day, g.language)
    app.jinja_env.filters["languages"] = lambda codes: show_languages(codes, g.language)
    app.jinja_env.filters["groups"] = show_fingerprint
    app.jinja_env.globals["link"] = link
    app.jinja_env.globals["same_in"] = same_in
    app.jinja_env.globals["moving_from_here"] = lambda: overlap_at(services.onion)
    app.jinja_env.filters["level_picture"] = level_picture


def _add_routes(
    gate: Gate,
    services: Services,
    sessions: SourceSessions,
    offer: EncryptionOffer,
    leaving: LeavingViews,
) -> None:
    recogniser = Recogniser(services)
    entry = EntryViews(services, sessions, recogniser)
    delivering = DeliveringViews(services, sessions, recogniser, offer)
    mailbox = MailboxViews(services, sessions, recogniser)
    public = PublicViews(services)
    copying = CopyingViews(sessions)
    forgetting = ForgettingViews(services, recogniser, leaving)
    gate.get("/", entry.landing, PUBLIC)
    gate.post("/codename", entry.first_visit, PUBLIC, token=False)
    gate.get("/return", entry.ask_codename, PUBLIC)
    gate.post("/return", entry.come_back, PUBLIC, token=False)
    gate.post("/leave", leaving.leave, PUBLIC, token=False)  # the view checks it if there is one
    gate.get("/elsewhere", leaving.ask_where, PUBLIC)
    gate.post("/elsewhere", leaving.choose_where, SESSION)
    gate.get("/copy", copying.ask, SESSION)
    gate.post("/copy", copying.judge, SESSION)
    gate.get("/forget", forgetting.ask, SESSION)
    gate.post("/forget", forgetting.forget, SESSION)
    gate.get("/language/<language>", entry.choose_language, PUBLIC)
    gate.get("/deliver", delivering.form, SESSION)
    gate.post("/deliver", delivering.deliver, SESSION, token=False)  # the stream's first part
    gate.get(PROGRESS, ProgressFrame(services).show, PUBLIC)
    gate.get(ENCRYPTION, offer.script, PUBLIC)
    gate.get("/mailbox", mailbox.show, SESSION)
    gate.post("/mailbox/reply/delete", mailbox.delete_reply, SESSION)
    gate.post("/mailbox/delivery/withdraw", mailbox.withdraw_delivery, SESSION)
    gate.get("/keys", public.keys, PUBLIC)
    gate.get("/keys/<slug>.asc", public.desk_keys, PUBLIC)
    gate.get("/instance.json", public.identity, PUBLIC)
    gate.get("/announcement-key.json", public.announcement_key, PUBLIC)
    gate.get("/announcement.json", public.announcement, PUBLIC)
    gate.get("/succession.json", public.succession, PUBLIC)
    gate.get("/safety", public.safety, PUBLIC)


def _admit(permission: str) -> None:
    if permission != PUBLIC and g.source is None:
        raise FormWithoutSession if request.method == "POST" else NoSession


def _check_token() -> None:
    check_token(current_source().csrf, request.form.get("csrf_token", ""))
