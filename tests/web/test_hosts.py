from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from web.errors import ForeignHost, ForeignOrigin, ReadAlong, RequestRefused
from web.hosts import guard_hosts, overlap_at
from web.onion import OnionNames, Overlap

ONION = "vasistasxyz.onion"


def app(hosts: tuple[str, ...] = ("VasistasXYZ.onion",), onion: str | None = None) -> Flask:
    made = Flask("guarded", static_folder=None)
    guard_hosts(made, hosts, None if onion is None else lambda: OnionNames(onion))
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


OWN_ONION = "a" * 56 + ".onion"
CIRCUIT = "fc00:dead:beef:4dad::1:2"
LOCAL = ["localhost", "localhost:8080", "127.0.0.1", "vasistas.example"]


def answer_to(method: str, host: str, address: str | None, onion: str | None, **sent: str) -> str:
    """Ask as a visitor from an address does, of an app with an onion service or without."""
    headers = [(name.replace("_", "-"), value) for name, value in sent.items()]
    environ = EnvironBuilder("/", method=method, headers=headers).get_environ()
    environ["HTTP_HOST"] = host
    if address is not None:
        environ["REMOTE_ADDR"] = address
    body, _, _ = run_wsgi_app(app(("vasistas.example",), onion).wsgi_app, environ)
    return b"".join(body).decode()


@pytest.mark.parametrize("host", [OWN_ONION, f"{OWN_ONION}:80", OWN_ONION.upper()])
def test_through_tor_the_onion_services_own_name_is_answered(host: str) -> None:
    assert answer_to("GET", host, CIRCUIT, OWN_ONION) == "ok"
    origin = f"http://{host.removesuffix(':80')}"  # as browsers write it
    assert answer_to("POST", host, CIRCUIT, OWN_ONION, Origin=origin) == "ok"


@pytest.mark.parametrize(
    "host", [*LOCAL, "b" * 56 + ".onion", f"x.{OWN_ONION}", f"{OWN_ONION}.evil.example", "", "None"]
)
def test_through_tor_no_other_name_is_ours_not_even_a_local_one(host: str) -> None:
    for method in ("GET", "POST"):
        assert answer_to(method, host, CIRCUIT, OWN_ONION) == ForeignHost.__name__


@pytest.mark.parametrize("host", [*LOCAL, OWN_ONION, "None", ""])
def test_what_comes_through_tor_where_no_onion_service_is_is_refused(host: str) -> None:
    assert answer_to("GET", host, CIRCUIT, None) == ForeignHost.__name__


@pytest.mark.parametrize("address", [None, "127.0.0.1", ""])
def test_not_through_tor_local_names_are_ours_and_the_onions_is_not(address: str | None) -> None:
    for host in LOCAL:
        assert answer_to("GET", host, address, OWN_ONION) == "ok"
    assert answer_to("GET", OWN_ONION, address, OWN_ONION) == ForeignHost.__name__


READERS = {
    "X-Tor2Web": ["1", "encrypted", ""],
    "X-Forwarded-For": ["1.2.3.4"],
    "X-Forwarded-Host": ["abc.onion.example"],
    "Forwarded": ["for=1.2.3.4"],
    "Via": ["1.1 gateway"],
    "x-tor2web": ["1"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in READERS.items() for value in values]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_through_tor_whoever_reads_along_is_told_so(method: str, name: str, value: str) -> None:
    """A gateway from the web sees the codename: its visitor must learn that."""
    sent = {name.replace("-", "_"): value}
    assert answer_to(method, OWN_ONION, CIRCUIT, OWN_ONION, **sent) == ReadAlong.__name__
    # Even where the gateway asks for its own name.
    assert answer_to(method, "x.example", CIRCUIT, OWN_ONION, **sent) == ReadAlong.__name__


@pytest.mark.parametrize("name", READERS)
def test_a_proxy_of_the_admins_own_is_no_reader(name: str) -> None:
    sent = {name.replace("-", "_"): "1"}
    assert answer_to("GET", "vasistas.example", "127.0.0.1", OWN_ONION, **sent) == "ok"


def test_through_tor_forms_from_elsewhere_are_refused_as_everywhere() -> None:
    for origin in ("http://evil.example", "null", f"https://x.{OWN_ONION}"):
        refused = answer_to("POST", OWN_ONION, CIRCUIT, OWN_ONION, Origin=origin)
        assert refused == ForeignOrigin.__name__
    assert answer_to("POST", OWN_ONION, CIRCUIT, OWN_ONION, Origin=f"http://{OWN_ONION}") == "ok"


NAMES = OnionNames(ONION, Overlap("b" * 56 + ".onion", date(2026, 12, 30), announced=True))


@pytest.mark.parametrize(
    ("names", "host", "found"),
    [
        (None, ONION, None),
        (OnionNames(ONION), ONION, None),
        (NAMES, f"{ONION}:80", NAMES),
        (NAMES, ONION.upper(), NAMES),
        (NAMES, "b" * 56 + ".onion", None),
        (NAMES, "localhost", None),
    ],
)
def test_a_move_is_told_of_at_the_old_address_alone(
    names: OnionNames | None, host: str, found: OnionNames | None
) -> None:
    made = Flask("moving", static_folder=None)
    with made.test_request_context("/", base_url=f"http://{host}/"):
        assert overlap_at(None if names is None else lambda: names) == found


def test_during_a_move_both_names_are_ours() -> None:
    assert NAMES.hosts == {ONION, "b" * 56 + ".onion"}
    assert OnionNames(ONION).hosts == {ONION}
