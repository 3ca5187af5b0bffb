"""The page in the place of all others, when the service is closed for good.

It needs no database, no key and no session: nothing of these is left. Whatever is asked for, by
whatever name, and whatever is sent, the answer is the same, of the usual size.
"""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g

from web.body import drain_request
from web.figures import show_day
from web.headers import content_security_policy, strict_headers
from web.languages import load_catalogues, set_up_languages
from web.onion import Onion
from web.pages import page, read_style, set_up_pages
from web.pagesize import pad_pages
from web.requests import BriefFormRequest

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Closing:
    """A service that is closed `since` a day, and says so `until` the end of another."""

    name: str
    language: str
    since: date
    until: date


def create_closing_app(closing: Closing, onion: Onion | None) -> Flask:
    """Build the app that has one page."""
    app = Flask("source_app", static_folder=None)
    app.request_class = BriefFormRequest
    style = read_style(FOLDER)
    catalogues = load_catalogues([FOLDER.parent / "web" / "translations", FOLDER / "translations"])
    set_up_languages(app, catalogues, closing.language)
    set_up_pages(app, FOLDER, style)
    app.logger.disabled = True  # it would write the path of a request that failed
    app.jinja_env.globals["closing"] = closing
    app.jinja_env.filters["day"] = lambda day: show_day(day, g.language)
    strict_headers(app, content_security_policy(style), onion)
    pad_pages(app)

    def answer() -> Response:
        drain_request()  # a browser that is cut off while it sends would not show the answer
        return page("closing.html", HTTPStatus.GONE)

    app.before_request(answer)
    return app
