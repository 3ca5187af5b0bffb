from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from web.errors import ForeignHost, ForeignOrigin, RequestRefused
from web.hosts import guard_hosts

ONION = "vasistasxyz.onion"


def app() -> Flask:
    made = Flask("guarded", static_folder=None)
    guard_hosts(made, ("VasistasXYZ.onion",))
    made.register_error_handler(RequestRefused, lambda error: (type(error).__name__, error.status))
    made.add_url_rule("/", "any", lambda: "ok", methods=["GET", "POST", "PUT", "DELETE"])
    return made


def answer(method: str, host: str | None, **changes: Any) -> str:
    headers = [
        (name.replace("_", "-"), value) for name, value in changes.items() if name[0].isupper()
    ]
    environ = EnvironBuilder("/", method=method, headers=headers).get_environ()
    environ.pop("HTTP_HOST")
    if host is not None:
        environ["HTTP_HOST"] = host
    environ.update({name: value for name, value in changes.items() if name[0].islower()})
    body, _, _ = run_wsgi_app(app().wsgi_app, environ)
    return b"".join(body).decode()


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost", "localhost:8080", "127.0.0.1", "127.0.0.1:1", ONION, f"{ONION}:80",
     "VASISTASXYZ.ONION"],
)  # fmt: skip
def test_our_hosts_are_answered_with_any_port_and_in_any_case(host: str) -> None:
    assert answer("GET", host) == "ok"


@pytest.mark.parametrize(
    "host",
    ["example.org", "localhost.example.org", "example.org:80", "localhost:80:90", "127.0.0.2",
     "[::1]", "[::1]:8080", "::1", "", ":80", "localhost.", f"x.{ONION}", "loc alhost", "é.fr",
     "localhost/", "user@localhost"],
)  # fmt: skip
def test_another_host_is_refused_whatever_the_method(host: str) -> None:
    assert answer("GET", host) == ForeignHost.__name__
    assert answer("POST", host) == ForeignHost.__name__


def test_without_a_host_the_socket_decides() -> None:
    assert answer("GET", None) == "ok"  # HTTP/1.0 on 127.0.0.1
    environ = EnvironBuilder("/").get_environ()
    environ.pop("HTTP_HOST")
    environ |= {"SERVER_NAME": "/srv/run/source.sock", "SERVER_PORT": ""}
    body, _, _ = run_wsgi_app(app().wsgi_app, environ)
    assert b"".join(body) == ForeignHost.__name__.encode()


OWN = f"http://{ONION}"
SENT = [
    # Origin, Sec-Fetch-Site, whether the form is taken
    (None, None, True),
    (OWN, None, True),
    (OWN, "same-origin", True),
    (None, "same-origin", True),
    (None, "none", True),
    ("null", "same-origin", True),
    ("null", None, False),
    ("null", "none", False),
    ("null", "cross-site", False),
    ("http://evil.example", None, False),
    ("http://evil.example", "same-origin", False),
    (OWN, "cross-site", False),
    (OWN, "same-site", False),
    (OWN, "Same-Origin", False),
    (OWN, "", False),
    (None, "cross-site", False),
    (f"{OWN}:81", None, False),
    (f"{OWN}.evil.example", None, False),
    (f"http://evil.example/{ONION}", None, False),
    (ONION, None, False),
    ("", None, False),
]


@pytest.mark.parametrize(("origin", "site", "taken"), SENT)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_form_from_elsewhere_is_refused(
    method: str, origin: str | None, site: str | None, *, taken: bool
) -> None:
    headers = {"Origin": origin, "Sec_Fetch_Site": site}
    sent = {name: value for name, value in headers.items() if value is not None}
    assert answer(method, ONION, **sent) == ("ok" if taken else ForeignOrigin.__name__)


@pytest.mark.parametrize(("origin", "site", "_taken"), SENT)
def test_a_page_may_be_asked_for_from_anywhere(
    origin: str | None, site: str | None, *, _taken: bool
) -> None:
    headers = {"Origin": origin, "Sec_Fetch_Site": site}
    sent = {name: value for name, value in headers.items() if value is not None}
    assert answer("GET", ONION, **sent) == "ok"


def test_a_port_must_be_the_same_in_origin_and_host() -> None:
    assert answer("POST", "localhost:8080", Origin="http://localhost:8080") == "ok"
    assert answer("POST", "localhost:8080", Origin="http://localhost:8081") != "ok"
    assert answer("POST", "localhost:8080", Origin="http://localhost") != "ok"
