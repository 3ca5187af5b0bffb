"""Rendering: templates, the one inline style sheet, and the page that tells of an error."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, make_response, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from web.body import drain_request
from web.errors import Busy, RequestRefused, WebError
from web.faults import report_fault
from web.marking import mark
from web.pagesize import fill

_HERE = Path(__file__).parent
_SENTENCES = {
    HTTPStatus.NOT_FOUND: mark("Cette page n’existe pas. Revenez à l’accueil."),
    HTTPStatus.METHOD_NOT_ALLOWED: mark("Cette page ne s’utilise pas ainsi. Revenez à l’accueil."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: mark(
        "Votre envoi dépasse la taille permise. Rien n’a été enregistré."
    ),
}
_OUR_FAULT = mark(
    "Une erreur s’est produite de notre côté. Rien n’a été enregistré. "
    "Recommencez ; si elle revient, attendez quelques heures."
)


def read_style(app_folder: Path) -> str:
    """Join the shared style sheet and the app's own into the one that each page carries."""
    sheets = sorted((_HERE / "style").glob("*.css")) + sorted((app_folder / "style").glob("*.css"))
    return "\n".join(sheet.read_text("utf-8") for sheet in sheets)


def read_frame_style(app_folder: Path) -> str:
    """Join the palette and the sheet of the app's small frame."""
    return "\n".join(
        sheet.read_text("utf-8")
        for sheet in (_HERE / "style" / "palette.css", app_folder / "frame" / "frame.css")
    )


def set_up_pages(app: Flask, app_folder: Path, style: str) -> None:
    """Find templates in the app's folder, then here; give each the style sheet."""
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(app_folder / "templates"), FileSystemLoader(_HERE / "templates")]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["style"] = Markup(style)  # noqa: S704  our own file, hashed in the CSP


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    """Render a template into an answer."""
    return make_response(render_template(template, **values), status)


def set_up_errors(app: Flask, gettext: Callable[[str], str]) -> None:
    """Answer every error with the app's `error.html`: a sentence, and never a traceback."""
    # Flask would log an error in the answering of an error: path, traceback, message and all.
    app.logger.disabled = True

    def refused(error: RequestRefused | Busy) -> Response:
        drain_request()
        return page("error.html", error.status, sentence=gettext(error.sentence))

    def failed(error: WebError) -> Response:
        report_fault(error)
        return page("error.html", HTTPStatus.INTERNAL_SERVER_ERROR, sentence=gettext(_OUR_FAULT))

    def http(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
        sentence = _SENTENCES.get(status, RequestRefused.sentence)
        return page("error.html", status, sentence=gettext(sentence))

    def fault(error: Exception) -> Response:
        report_fault(error)
        return page("error.html", HTTPStatus.INTERNAL_SERVER_ERROR, sentence=gettext(_OUR_FAULT))

    app.register_error_handler(RequestRefused, refused)
    app.register_error_handler(Busy, refused)
    app.register_error_handler(WebError, failed)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, fault)


def plain_bad_request() -> bytes:
    """Give the page for bytes that are no HTTP request, in both languages, of the usual size."""
    return fill(
        "<!doctype html><html lang=fr><meta charset=utf-8><title>400</title>"
        "<p>Cette demande n’a pas été comprise. Rien n’a été enregistré.</p>"
        "<p lang=en>This request was not understood. Nothing was stored.</p></html>".encode()
    )
