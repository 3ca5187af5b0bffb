from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response, abort
from flask.typing import ResponseReturnValue

from web.errors import BadToken, Busy, RequestRefused, WebError
from web.pages import page, plain_bad_request, read_style, set_up_errors, set_up_pages
from web.pagesize import PAGE_BYTES

SECRET = "words of a source"


class Ours(WebError):
    """A fault of ours."""


class Fault(Exception):
    """A fault of anyone's."""


def build(
    folder: Path, view: Callable[[], ResponseReturnValue], error_page: str = "<p>{{ sentence }}</p>"
) -> Flask:
    templates = folder / "templates"
    templates.mkdir()
    (templates / "error.html").write_text(error_page)
    (templates / "own.html").write_text("<style>{{ style }}</style>\n{{ text }}")
    app = Flask("paged", static_folder=None)
    set_up_pages(app, folder, "p > a { color: red }")
    set_up_errors(app, lambda text: f"[{text}]")
    app.add_url_rule("/", "view", view)
    return app


def failing(error: Exception) -> Callable[[], ResponseReturnValue]:
    def view() -> ResponseReturnValue:
        secret = SECRET
        raise error from ValueError(secret)

    return view


@pytest.mark.parametrize("refusal", [BadToken, Busy, RequestRefused])
def test_a_refusal_is_its_sentence_with_its_status(
    tmp_path: Path, refusal: type[BadToken] | type[Busy], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = build(tmp_path, failing(refusal(SECRET))).test_client().get("/")
    assert answer.status_code == refusal.status
    assert answer.text == f"<p>[{refusal.sentence}]</p>"
    assert capsys.readouterr().err == ""  # nobody's fault, and no line of it


@pytest.mark.parametrize("error", [Ours(SECRET), Fault(SECRET), OSError(5, SECRET)])
def test_a_fault_of_ours_is_told_without_its_message(
    tmp_path: Path, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = build(tmp_path, failing(error)).test_client().get("/")
    said = capsys.readouterr()
    assert answer.status_code == 500
    assert "de notre côté" in answer.text
    assert SECRET not in answer.text + said.err + said.out
    assert "Traceback" not in answer.text + said.err


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(404, "n’existe pas"), (405, "ne s’utilise pas ainsi"), (413, "la taille permise"),
     (400, "n’a pas été comprise"), (418, "n’a pas été comprise")],
)  # fmt: skip
def test_an_error_of_http_is_a_page_of_ours(tmp_path: Path, status: int, sentence: str) -> None:
    answer = build(tmp_path, lambda: abort(status)).test_client().get("/")
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Werkzeug" not in answer.text


def test_an_error_in_telling_an_error_says_nothing_of_the_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    app = build(tmp_path, failing(Fault(SECRET)), error_page="{{ 1 // 0 }}")
    with pytest.raises(ZeroDivisionError):  # the server's matter now, which closes the connection
        app.test_client().get("/?words=of-a-source")
    said = capsys.readouterr()
    assert caplog.records == []
    assert said.out == ""
    assert said.err.count("\n") <= 1  # the first fault's one line
    assert SECRET not in said.err
    assert "words" not in said.err


def test_what_a_stranger_wrote_is_escaped_and_our_style_is_not(tmp_path: Path) -> None:
    app = build(tmp_path, lambda: page("own.html", text="<b>&"))
    answer = app.test_client().get("/").text
    assert answer == "<style>p > a { color: red }</style>\n&lt;b&gt;&amp;"


def test_the_style_is_the_shared_sheet_and_the_apps_own(tmp_path: Path) -> None:
    (tmp_path / "style").mkdir()
    (tmp_path / "style" / "own.css").write_text(".own { }")
    style = read_style(tmp_path)
    assert style.endswith(".own { }")
    assert ":focus-visible" in style
    for outside in ("url(", "@import", "@font-face", "//", "<"):
        assert outside not in style


def test_bytes_that_are_no_request_get_one_page_in_both_languages() -> None:
    content = plain_bad_request()
    assert len(content) == PAGE_BYTES
    assert "n’a pas été comprise" in content.decode()
    assert "was not understood" in content.decode()


def test_a_page_is_html_with_its_status(tmp_path: Path) -> None:
    def view() -> Response:
        return page("own.html", text="x")

    answer = build(tmp_path, view).test_client().get("/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
