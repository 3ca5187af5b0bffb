import base64
import hashlib

import pytest
from flask import Flask, Response, abort, make_response, redirect
from flask.typing import ResponseReturnValue

from web.headers import content_security_policy, inline_source, strict_headers
from web.onion import OnionNames

CSS = "body { color: red }"
STRICT = [
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Cache-Control",
]


def app() -> Flask:
    made = Flask("hardened", static_folder=None)
    strict_headers(made, content_security_policy(CSS))

    def varied() -> Response:
        response = make_response("ok")
        response.headers["Vary"] = "Cookie"
        return response

    def broken() -> ResponseReturnValue:
        raise ValueError

    made.add_url_rule("/", "home", lambda: "ok")
    made.add_url_rule("/varied", "varied", varied)
    made.add_url_rule("/away", "away", lambda: redirect("/"))
    made.add_url_rule("/denied", "denied", lambda: abort(403))
    made.add_url_rule("/broken", "broken", broken)
    made.logger.disabled = True
    return made


@pytest.mark.parametrize("path", ["/", "/varied", "/away", "/denied", "/broken", "/nowhere"])
def test_every_answer_has_the_same_strict_headers_in_the_same_order(path: str) -> None:
    answer = app().test_client().get(path)
    names = [name for name in answer.headers.keys() if name in STRICT]  # noqa: SIM118  pairs
    assert names == STRICT
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Vary" not in answer.headers


def test_nothing_is_allowed_but_our_own_style_and_forms() -> None:
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in content_security_policy(CSS).split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "script-src": "'none'",
        "img-src": "data:",
        "connect-src": "'none'",
        "frame-src": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_a_named_script_is_allowed_and_no_other() -> None:
    policy = content_security_policy(CSS, scripts=("'sha256-abc'",))
    assert "script-src 'sha256-abc';" in policy


def test_another_style_has_another_name() -> None:
    assert inline_source(CSS) != inline_source(CSS + " ")


ONION = "a" * 56 + ".onion"
CIRCUIT = "fc00:dead:beef:4dad::1:2"


def known(onion: str | None) -> Flask:
    made = Flask("hardened", static_folder=None)
    names = None if onion is None else lambda: OnionNames(onion)
    strict_headers(made, content_security_policy(CSS), names)
    made.add_url_rule("/", "home", lambda: "ok")
    made.add_url_rule("/denied", "denied", lambda: abort(403))
    return made


@pytest.mark.parametrize("path", ["/", "/?l=en", "/denied", "/nowhere?codename=secret"])
def test_whoever_comes_another_way_is_shown_the_onion_services_front_page(path: str) -> None:
    answer = known(ONION).test_client().get(path)
    assert answer.headers.get_all("Onion-Location") == [f"http://{ONION}/"]


@pytest.mark.parametrize("path", ["/", "/denied", "/nowhere"])
def test_who_is_there_already_is_not_shown_it(path: str) -> None:
    come = {"REMOTE_ADDR": CIRCUIT}
    answer = known(ONION).test_client().get(path, environ_overrides=come)
    assert "Onion-Location" not in answer.headers


def test_where_there_is_no_onion_service_none_is_named() -> None:
    assert "Onion-Location" not in known(None).test_client().get("/").headers
