"""Any form to any route, by anybody: a page with a reason, never a fault, never half a change."""

import hashlib
import re
import sqlite3
import string
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from formats.handles import new_handle, new_item_id
from journalist_app.refusals import ReplyNotSealed
from tests.journalist_app.house import BOUNDARY, Browser, House
from web.requests import FORM_MAX_BYTES

# What a session or a throttle may write while a request is refused; nothing else may change.
FLEETING = {"sessions", "log_in_waits"}
FIELDS = [
    *("id", "desk", "day", "number", "confirm", "all_new", "letters_only", "show", "view"),
    *("starred", "text", "answer", "fill", "title", "french", "english", "remove", "after"),
    *("username", "passphrase", "code", "name", "slug", "admin", "state", "armored", "words"),
    *("collected", "arrived", "quota", "csrf_token", "session", "all"),
]
# Where a form is nearly right it goes deeper: each route's own fields, with values that fit.
OWN = {
    "/bundle": ["id", "desk", "all_new", "letters_only", "show", "view"],
    "/courier": ["confirm", "courier"],
    "/deliveries/star": ["id", "starred", "view"],
    "/deliveries/delete": ["id", "confirm", "view"],
    "/deliveries/clear": ["desk", "day", "number", "confirm"],
    "/deliveries/reply": ["id", "text", "answer", "fill", "view"],
    "/answers": ["id", "desk", "title", "french", "english", "remove"],
    "/": ["desk", "state", "starred", "day", "after"],
    "/history": ["after"],
}
FITTING = {
    "desk": ["nord", "sud"],
    "day": ["2026-11-21"],
    "number": ["1", "2"],
    **{name: ["1"] for name in ("confirm", "all_new", "show", "fill", "remove", "starred")},
    "state": ["new", "collected", "answered"],
    "text": ["Merci."],
}
PEOPLE = [None, "lou", "max", "sam", "ada"]


@pytest.fixture
def crowded(talking_house: House) -> House:
    """A house in which there is something of each kind to be broken."""
    talking_house.sign_in("lou").post("/answers", desk="nord", title="t", french="f", english="e")
    for desk in ("nord", "sud"):
        talking_house.add_delivery(desk, files=70_000)
        talking_house.sign_in("sam").post("/bundle", id=talking_house.add_delivery(desk))
    return talking_house


def known(house: House) -> list[str]:
    """Give ids that exist: the worst ones to hand to the wrong place."""
    with closing(sqlite3.connect(house.services.instance.places.database)) as database:
        queries = (
            "SELECT id FROM deliveries",
            "SELECT id FROM bundles",
            "SELECT id FROM standard_answers",
            "SELECT id FROM reviewers",
            "SELECT slug FROM desks",
            "SELECT fingerprint FROM desk_keys",
        )
        return [row[0] for query in queries for row in database.execute(query)]


def lasting(house: House) -> str:
    """Give a digest of all rows that a refused request must leave alone."""
    with closing(sqlite3.connect(house.services.instance.places.database)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in tables if name not in FLEETING)
        digest = hashlib.sha256()
        for name in names:
            rows = sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))  # noqa: S608
            digest.update(repr((name, rows)).encode())
    return digest.hexdigest()


def routes(app: Flask) -> list[tuple[str, str]]:
    return sorted(
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


# Stands for an id that exists when the request is sent: drawing must not depend on the house.
EXISTING = st.integers(min_value=0, max_value=99).map(lambda number: f"\1{number}\2")

words = st.one_of(
    st.text(max_size=20),
    st.text(string.hexdigits + "-./\\\0\r\n'\"<>&=%;", max_size=40),
    st.sampled_from(["", "0", "1", "-1", "2026-11-21", "9" * 30, "\0", "٣", "../..", "é" * 300]),
    st.builds(new_handle),
    st.builds(new_item_id),
)


@st.composite
def any_request(draw: st.DrawFn, table: list[tuple[str, str]]) -> dict[str, object]:
    """Draw a request: route, arguments of its path, query, body and its type."""
    value = st.one_of(words, EXISTING)
    method, rule = draw(st.sampled_from(table))
    path = re.sub(r"<[^>]+>", lambda _: quote(draw(value), safe="") or "x", rule)
    pairs = st.lists(st.tuples(st.sampled_from(FIELDS), value), max_size=12)
    return {
        "method": method,
        "path": path,
        "query_string": urlencode(draw(pairs), errors="replace") if draw(st.booleans()) else "",
        "fields": draw(pairs),
        "with_token": draw(st.booleans()) or draw(st.booleans()),
        "kind": draw(st.sampled_from(["form", "form", "form", "multipart", "json", "garbage"])),
    }


@st.composite
def nearly_right(draw: st.DrawFn, path: str) -> dict[str, object]:
    """Draw a form with the route's own fields, of which most fit and some do not."""
    fields = []
    for name in OWN[path]:
        fitting = st.sampled_from(FITTING[name]) if name in FITTING else EXISTING
        right = [st.lists(fitting, min_size=1, max_size=2)] * 4
        values = draw(st.one_of(*right, st.just([]), st.lists(words, max_size=2)))
        fields += [(name, value) for value in values]
    query = urlencode(fields, errors="replace") if path in {"/", "/history"} else ""
    method = "GET" if path in {"/", "/history"} else "POST"
    asked = {"method": method, "path": path, "query_string": query, "fields": fields}
    return asked | {"with_token": True, "kind": draw(st.sampled_from(["form", "multipart"]))}


def body(asked: dict[str, object], token: str) -> tuple[bytes, str]:
    fields = list(asked["fields"])  # type: ignore[call-overload]  # pairs
    if asked["with_token"]:
        fields = [("csrf_token", token), *fields]
    match asked["kind"]:
        case "form":
            return urlencode(fields, errors="replace").encode(), "application/x-www-form-urlencoded"
        case "multipart":
            parts = b"".join(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
                + value.encode("utf-8", "replace")
                + b"\r\n"
                for name, value in fields
            )
            end = f"--{BOUNDARY}--\r\n".encode()
            return parts + end, f"multipart/form-data; boundary={BOUNDARY}"
        case "json":
            return b'{"id": "x"}', "application/json"
    return b"\xff\0" * 50, "multipart/form-data"


def send(house: House, browser: Browser, asked: dict[str, object]) -> TestResponse:
    data, content_type = body(asked, browser.token)
    sent = {"data": named(house, data), "content_type": content_type}
    return browser.http.open(
        named(house, str(asked["path"]).encode()).decode(),
        method=str(asked["method"]),
        query_string=named(house, str(asked["query_string"]).encode()).decode(),
        **(sent if asked["method"] == "POST" else {}),  # type: ignore[arg-type]  # as it takes them
    )


def named(house: House, text: bytes) -> bytes:
    """Put ids that exist in the place of those that were drawn."""
    ids = known(house)
    mark = re.compile(rb"(?:%01|\x01)([0-9]+)(?:%02|\x02)")
    return mark.sub(lambda found: ids[int(found[1]) % len(ids)].encode(), text)


def check(house: House, answer: TestResponse, before: str, said: str) -> None:
    """`said` is what stands on standard error: the desks' keys here are none, and no fault."""
    refused = answer.status_code >= 400
    assert answer.status_code < 500 or sealing_failed(answer), answer.status
    assert b"Traceback" not in answer.data
    assert not [line for line in said.splitlines() if "NoUsableKey" not in line]
    if refused:
        assert answer.mimetype == "text/html"
        assert re.search(r"<p[ >]", answer.text), "a reason"
        assert lasting(house) == before, "half a change"


def sealing_failed(answer: TestResponse) -> bool:
    return answer.status_code == ReplyNotSealed.status and "scellée" in answer.text


RELAXED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(RELAXED, max_examples=100)
@given(data=st.data())
def test_any_form_at_any_route(
    crowded: House, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    app = crowded.app()
    asked = data.draw(any_request(routes(app)))
    name = data.draw(st.sampled_from(PEOPLE))
    if name is None or not alive(crowded, name):
        browser = Browser(app.test_client(), "0" * 32)
    else:
        browser = crowded.sign_in(name, app)
    before = lasting(crowded)

    answer = send(crowded, browser, asked)

    check(crowded, answer, before, capsys.readouterr().err)


@pytest.mark.parametrize("path", OWN)
@settings(RELAXED, max_examples=40)
@given(data=st.data())
def test_a_form_that_is_nearly_right(
    crowded: House, capsys: pytest.CaptureFixture[str], data: st.DataObject, path: str
) -> None:
    browser = crowded.sign_in(data.draw(st.sampled_from(["sam", "sam", "lou"])))
    asked = data.draw(nearly_right(path))
    before = lasting(crowded)

    answer = send(crowded, browser, asked)

    check(crowded, answer, before, capsys.readouterr().err)


def alive(house: House, name: str) -> bool:
    """A drawn request may have removed an account by the rules."""
    with closing(sqlite3.connect(house.services.instance.places.database)) as database:
        return bool(database.execute("SELECT 1 FROM reviewers WHERE name = ?", (name,)).fetchone())


@pytest.mark.parametrize("name", ["lou", "ada"])
def test_every_route_with_nothing_and_with_too_much(
    crowded: House, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    app = crowded.app()
    for method, rule in routes(app):
        if rule == "/logout":
            continue
        path = re.sub(r"<[^>]+>", "x", rule)
        browser = crowded.sign_in(name, app)
        before = lasting(crowded)
        if method == "GET":
            check(crowded, browser.get(path), before, capsys.readouterr().err)
            continue
        for data in ({}, {"csrf_token": browser.token}):
            answer = browser.http.post(path, data=data)
            check(crowded, answer, before, capsys.readouterr().err)
        large = b"csrf_token=" + browser.token.encode() + b"&id=" + b"x" * FORM_MAX_BYTES
        form = "application/x-www-form-urlencoded"
        answer = browser.http.post(path, data=large, content_type=form)
        check(crowded, answer, before, capsys.readouterr().err)
        assert answer.status_code >= 400


METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_are_refused(crowded: House, method: str) -> None:
    browser, before = crowded.sign_in("lou"), lasting(crowded)
    for path in ("/", "/bundle", "/courier", "/deliveries/delete", "/history"):
        answer = browser.http.open(path, method=method)
        assert answer.status_code == 405
        check(crowded, answer, before, "")
