from pathlib import Path

from flask import Flask, g

from web.languages import load_catalogues, set_up_languages
from web.pages import set_up_pages
from web.responses import see_other

WEB = Path(__file__).parents[2] / "web"


def test_the_browser_is_sent_on_with_get_and_a_page_that_says_so(tmp_path: Path) -> None:
    app = Flask("moving", static_folder=None)
    set_up_languages(app, load_catalogues([WEB / "translations"]), "fr")
    set_up_pages(app, tmp_path, "")
    app.add_url_rule("/", "move", lambda: see_other('/x?a=1&b="'), methods=["POST"])
    answer = app.test_client().post("/?l=en")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/x?a=1&b=")
    assert 'href="/x?a=1&amp;b=&#34;"' in answer.text
    assert "Continue" in answer.text
    with app.app_context():
        assert "language" not in g
