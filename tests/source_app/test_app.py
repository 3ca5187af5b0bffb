"""The whole app from outside: its table of routes, and what all its answers have in common."""

import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest
from werkzeug.test import TestResponse

from crypto.codename import generate
from formats.reply import REPLY_LIMIT
from storage import desks, intake
from storage.errors import DatabaseBusy
from storage.models import DeskState
from tests.source_app.conftest import Furnish
from tests.source_app.faults import broken, fail_at
from tests.source_app.house import DESK, PAGE, Browser, House, new_keys
from tests.web.forms import Field
from web.gate import Gate, Policy
from web.services import Services
from web.sessions import SessionKeeper

TABLE = {
    "GET /": Policy("public"),
    "POST /codename": Policy("public", token=False),
    "GET /return": Policy("public"),
    "POST /return": Policy("public", token=False),
    "POST /leave": Policy("public", token=False),
    "GET /language/<language>": Policy("public"),
    "GET /deliver": Policy("session"),
    "POST /deliver": Policy("session", token=False),
    "GET /elsewhere": Policy("public"),
    "POST /elsewhere": Policy("session"),
    "GET /copy": Policy("session"),
    "POST /copy": Policy("session"),
    "GET /forget": Policy("session"),
    "POST /forget": Policy("session"),
    "GET /progress": Policy("public"),
    "GET /encryption/<name>": Policy("public"),
    "GET /mailbox": Policy("session"),
    "POST /mailbox/reply/delete": Policy("session"),
    "POST /mailbox/delivery/withdraw": Policy("session"),
    "GET /keys": Policy("public"),
    "GET /keys/<slug>_asc": Policy("public"),
    "GET /instance_json": Policy("public"),
    "GET /announcement_json": Policy("public"),
    "GET /announcement-key_json": Policy("public"),
    "GET /succession_json": Policy("public"),
    "GET /safety": Policy("public"),
}
PATHS = [
    "/", "/codename", "/return", "/leave", "/language/fr", "/language/en", "/language/xx",
    "/deliver", "/mailbox", "/mailbox?p=7", "/mailbox/reply/delete", "/mailbox/delivery/withdraw",
    "/keys", "/keys/nowhere.asc", "/safety", "/nowhere", "/static/style.css", "/favicon.ico",
    "/mailbox/", "/keys//ville.asc", "/%00", "/é", "/..%2fkeys",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"]
NOT_PAGES = {"/keys/ville.asc", "/instance.json"}
# What an answer may carry besides; all else is the same everywhere.
SOMETIMES = {"Location", "Set-Cookie", "Clear-Site-Data"}


def test_the_table_of_routes_is_this_one(house: House) -> None:
    app = house.app
    gate = app.extensions["gate"]
    assert isinstance(gate, Gate)
    assert gate.policies == TABLE
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) - {"HEAD"} == {rule.endpoint.split()[0]}


@pytest.mark.parametrize(
    "endpoint", [name for name, policy in TABLE.items() if policy.permission == "session"]
)
def test_without_a_session_what_needs_one_is_refused(house: House, endpoint: str) -> None:
    method, path = endpoint.split()
    answer = house.browser().client.open(path, method=method)
    assert answer.status_code == 403
    assert "Votre séance est terminée" in answer.text


def test_a_permission_that_nobody_knows_is_refused(house: House) -> None:
    house.app.extensions["gate"].get("/new", lambda: "secret", "sesion")
    answer = house.browser().get("/new")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def answers(house: House, language: str) -> Iterator[tuple[str, TestResponse]]:
    """Every route with every method, as a stranger and with a session, right and wrong."""
    for path in PATHS:
        for method in METHODS:
            yield f"{method} {path}", open_with(house.browser(language), method, path)
        for method in ("GET", "HEAD", "POST"):
            visitor = house.visit(new_keys())
            yield f"{method} {path} with a session", open_with(visitor, method, path)
            form = {"csrf_token": visitor.token}
            yield f"{method} {path} with a token", open_with(visitor, method, path, **form)
    yield from the_way(house, language)
    yield from the_wrong_ways(house, language)


def open_with(browser: Browser, method: str, path: str, **form: str) -> TestResponse:
    headers = {"Accept-Language": browser.language}
    return browser.client.open(path, method=method, data=form or None, headers=headers)


def the_way(house: House, language: str) -> Iterator[tuple[str, TestResponse]]:
    """Go the whole way of a source."""
    browser = house.browser(language)
    yield "codename", browser.post("/codename", desk=DESK)
    yield "form", browser.get("/deliver")
    yield "delivered", browser.deliver("x", [("a", b"1")])
    yield "receipt", browser.get("/mailbox")
    yield "form again", browser.get("/deliver")
    source = house.session(browser)
    keys = source.mailbox_keys
    assert keys is not None
    for text in ("<" * REPLY_LIMIT, "court", "'" * REPLY_LIMIT):
        house.reply(keys, text)
    house.reply(keys, b"damaged")
    for number in range(4):
        yield f"mailbox {number}", browser.get(f"/mailbox?p={number}")
    again = house.session(browser)
    for route, ids in (("reply/delete", again.replies), ("delivery/withdraw", again.deliveries)):
        yield f"{route} wrong", browser.post(f"/mailbox/{route}", id="wrong")
        yield f"{route} one", browser.post(f"/mailbox/{route}", id=ids[0])
        yield f"{route} notice", browser.get("/mailbox")
        yield f"{route} all", browser.post(f"/mailbox/{route}", all="1")
        yield f"{route} notice", browser.get("/mailbox")
    yield "left", browser.post("/leave")
    assert source.codename is not None
    yield "returned", house.browser(language).post("/return", codename=source.codename)


def the_wrong_ways(house: House, language: str) -> Iterator[tuple[str, TestResponse]]:
    """Do what is refused, one thing after another."""
    stranger = house.browser(language)
    for typed in ("", "trop court", "x " * 8, "<" * 5000, generate("fr").text[::-1]):
        yield f"typed {typed[:9]}", stranger.post("/return", codename=typed)
    yield "no such desk", stranger.post("/codename", desk="nowhere")
    yield "other host", stranger.client.get("/", headers={"Host": "example.org"})
    yield "no host", stranger.client.get("/", headers={"Host": "é"})
    yield "other site", stranger.client.post("/return", headers={"Origin": "http://evil"})
    yield "large form", stranger.post("/return", codename="x" * 300_000)
    yield (
        "file in a small form",
        stranger.client.post(
            "/return", data={"codename": (__file__, "x")}, content_type="multipart/form-data"
        ),
    )
    browser = house.visit(new_keys())
    for message in ("", generate("en").text, "x" * 420_000):
        yield f"message {message[:9]}", browser.deliver(message)
    yield "forged", browser.send([Field("csrf_token", b"x")])
    yield "no form", browser.send(b"", "text/plain")
    yield "cut", browser.send(b"------geckoformboundary1f\r\n")
    yield "wrong desk", browser.deliver("x", desk="nowhere")
    yield (
        "no length",
        browser.client.open("/deliver", method="POST", environ_overrides={"CONTENT_LENGTH": ""}),
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_answer_is_one_page_long_with_the_same_headers_in_the_same_order(
    house: House, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = [name for name, _ in house.browser().get("/").headers]
    statuses = set()
    for what, answer in answers(house, language):
        statuses.add(answer.status_code)
        assert answer.mimetype == "text/html", what
        assert answer.content_length == PAGE, what
        assert len(answer.data) in ({0} if what.startswith("HEAD") else {PAGE}), what
        assert [name for name, _ in answer.headers if name not in SOMETIMES] == expected, what
        assert "Werkzeug" not in answer.text, what
    assert statuses == {200, 303, 400, 403, 404, 405, 411, 413, 422}
    said = capsys.readouterr()
    assert said.out + said.err == ""


def with_state(to: DeskState) -> Callable[[House], None]:
    def change(house: House) -> None:
        with house.services.db.write() as transaction:
            desks.set_state(transaction, DESK, to)

    return change


def without_key(house: House) -> None:
    with house.services.db.write() as transaction:
        desks.retire_key(transaction, DESK, house.desk.fingerprint)


def after_a_full_day(house: House) -> None:
    with house.services.db.write() as transaction:
        intake.add_bytes(transaction, house.services.today, 1 << 60)


STATES: dict[str, Callable[[House], None]] = {
    "paused": with_state(DeskState.PAUSED),
    "closed": with_state(DeskState.CLOSED),
    "no key": without_key,
    "full day": after_a_full_day,
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("change", STATES.values(), ids=STATES.keys())
def test_a_house_that_takes_nothing_answers_alike(
    house: House, language: str, change: Callable[[House], None]
) -> None:
    expected = [name for name, _ in house.browser().get("/").headers]
    change(house)
    stranger, visitor = house.browser(language), house.visit(new_keys())
    visitor.get(f"/language/{language}")
    given = [stranger.get(path) for path in ("/", "/keys", "/return", "/safety")]
    given += [visitor.get(path) for path in ("/", "/keys", "/deliver", "/mailbox")]
    refused = visitor.deliver("x", [("a", b"1")])
    assert refused.status_code in {422, 503}
    for answer in [*given, refused]:
        assert len(answer.data) == PAGE
        assert [name for name, _ in answer.headers if name not in SOMETIMES] == expected
    assert house.delivery_ids() == []


def test_a_fault_of_ours_answers_alike(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = [name for name, _ in house.browser().get("/").headers]
    for language in ("fr", "en"):
        with monkeypatch.context() as patch:
            fail_at(patch, desks, "list_desks", broken())
            answer = house.browser(language).get("/")
        assert answer.status_code == 500
        assert len(answer.data) == PAGE
        assert [name for name, _ in answer.headers] == expected
    assert capsys.readouterr().err.count("fault: OSError at ") == 1


@pytest.mark.parametrize("path", ["/", "/mailbox", "/progress", "/nowhere"])
def test_a_session_that_cannot_be_read_answers_alike(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    browser = house.visit()
    fail_at(monkeypatch, SessionKeeper, "find", DatabaseBusy())
    answer = browser.get(path)
    assert answer.status_code == 500
    assert "de notre côté" in answer.text
    assert len(answer.data) == PAGE


@pytest.mark.parametrize("size", [1_000, 60_000, 100_000])
def test_a_page_that_gives_a_long_message_back_takes_the_next_multiple(
    furnish: Furnish, size: int
) -> None:
    house = furnish(files_floor_bytes=1 << 60)
    browser = house.visit(new_keys())
    answer = browser.deliver("é" * size, [("a", b"1")])
    assert answer.status_code == 507
    assert len(answer.data) % PAGE == 0
    assert len(answer.data) - 2 * PAGE < 2 * size


@pytest.mark.parametrize("path", sorted(NOT_PAGES))
def test_files_are_given_as_they_are_with_the_strict_headers(house: House, path: str) -> None:
    answer = house.browser().get(path)
    assert answer.status_code == 200
    assert answer.mimetype != "text/html"
    assert len(answer.data) < PAGE
    page = [name for name, _ in house.browser().get("/").headers]
    assert [name for name, _ in answer.headers] == page


def test_a_page_holds_nothing_that_a_browser_would_fetch(house: House) -> None:
    browser = house.visit(new_keys(), codename=generate("fr").text)
    frame = '<iframe class="progress" name="progress" src="/progress"'
    assert browser.get("/deliver").text.count(frame) == 1
    for path in ("/", "/return", "/deliver", "/mailbox", "/keys", "/safety"):
        html = browser.get(path).text.replace(frame, "")  # the one stated exception
        html = html.replace('src="data:image/', "")  # inside the page
        for outside in (
            "<script",
            "<svg",
            "src=",
            "@import",
            "url(",
            "http://",
            "https://",
        ):
            assert outside not in html
        assert 'rel="icon" href="data:,"' in html
        assert " style=" not in html


def test_the_policy_allows_the_style_of_the_page(house: House) -> None:
    answer = house.browser().get("/")
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_no_request_leaves_a_line(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("x")
    browser.get("/nowhere")
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_two_apps_in_one_process_share_nothing(furnish: Furnish) -> None:
    def name_of(services: Services) -> str:
        return services.instance.config.name

    first, second = furnish(name="Une"), furnish(name="Deux")
    assert name_of(first.services) in first.browser().get("/").text
    apps = first.app, second.app
    assert "Deux" not in apps[0].test_client().get("/").text
    assert "Une " not in apps[1].test_client().get("/").text.split("<main")[0]
