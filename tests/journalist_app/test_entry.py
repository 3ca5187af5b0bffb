"""The pages of logging in and out, as a browser sees them."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin.serving.circuit_ledger import _SPENT
from crypto.sessionbox import SessionKind
from journalist_app import signing_in
from journalist_app.refusals import NotSignedIn
from journalist_app.session import COOKIE_NAME, Visit
from storage import sessions
from storage.models import SessionRow
from tests.journalist_app.house import PASSPHRASE, House
from tests.web.through_tor import CIRCUIT, ONION, Counted, named, through_tor
from web.circuits import Spent
from web.errors import Busy
from web.onion import OnionNames, Overlap
from web.sessions import Lifetimes, SessionKeeper


def log_in(house: House, client: FlaskClient, path: str = "/login", **changes: str) -> TestResponse:
    typed = {
        "username": "lou",
        "passphrase": PASSPHRASE,
        "code": house.people["lou"].code(house.clock.now),
    }
    return client.post(path, data=typed | changes)


def test_the_log_in_form_sets_no_cookie(house: House) -> None:
    answer = house.app().test_client().get("/login")

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_logging_in_gives_a_session_and_the_list(house: House) -> None:
    delivery = house.add_delivery("nord")
    client = house.app().test_client()

    answer = log_in(house, client)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE_NAME}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Expires" not in cookie
    assert delivery in client.get("/").text


def test_a_new_session_takes_the_place_of_the_one_before(house: House) -> None:
    browser = house.sign_in("max")
    before = browser.http.get_cookie(COOKIE_NAME)

    log_in(house, browser.http)

    after = browser.http.get_cookie(COOKIE_NAME)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    browser.http.set_cookie(COOKIE_NAME, before.value)
    assert browser.get("/").status_code == 303


def without_secrets(page: str) -> str:
    return re.sub(r"[0-9a-f]{32}", "", page)


def test_all_refusals_look_the_same(house: House) -> None:
    client = house.app().test_client()
    used = house.people["lou"].code(house.clock.now)
    assert log_in(house, house.app().test_client(), code=used).status_code == 303
    refusals = [
        log_in(house, client, username="nobody"),
        log_in(house, client, passphrase="wrong"),
        log_in(house, client, code="000000"),
        log_in(house, client, code=used),
    ]
    for _ in range(3):
        log_in(house, client, code="000000")
    house.clock.forward(1)
    refusals.append(log_in(house, client, code=used))  # throttled by now

    assert {answer.status_code for answer in refusals} == {403}
    assert len({answer.text for answer in refusals}) == 1
    assert len({tuple(answer.headers) for answer in refusals}) == 1
    assert NotSignedIn.sentence.split(".")[0] in refusals[0].text


def test_no_page_gives_a_typed_secret_back(house: House) -> None:
    answer = log_in(house, house.app().test_client(), code="987654", username="typed-name")

    for typed in (PASSPHRASE, "987654", "typed-name"):
        assert typed not in answer.text


def test_busy_is_told_with_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_self: signing_in.SigningIn, _attempt: signing_in.Attempt) -> None:
        raise Busy

    monkeypatch.setattr(signing_in.SigningIn, "judge", busy)

    answer = log_in(house, house.app().test_client())

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert Busy.sentence.split(".")[0] in answer.text


@pytest.mark.parametrize("field", ["username", "passphrase", "code"])
def test_an_enormous_field_is_refused_like_any_other(house: House, field: str) -> None:
    answer = log_in(house, house.app().test_client(), **{field: "é" * 40_000})

    assert answer.status_code == 403


def test_an_empty_form_is_refused(house: House) -> None:
    assert house.app().test_client().post("/login").status_code == 403


def test_who_is_in_is_sent_to_the_list(house: House) -> None:
    answer = house.sign_in("lou").get("/login")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_leaving_ends_the_session_for_good(house: House) -> None:
    browser = house.sign_in("lou")
    cookie = browser.http.get_cookie(COOKIE_NAME)
    assert cookie is not None

    answer = browser.post("/logout")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    with house.services.db.read() as transaction:
        assert transaction.query(SessionRow).count() == 0
    browser.http.set_cookie(COOKIE_NAME, cookie.value)
    assert browser.get("/").status_code == 303


def test_an_idle_session_ends(house: House) -> None:
    browser = house.sign_in("lou")
    house.clock.forward(house.services.instance.config.reviewer_idle_minutes * 60 + 900)

    assert browser.get("/").status_code == 303


def test_a_sources_cookie_opens_nothing_here(house: House) -> None:
    services = house.services
    lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=1))
    sources = SessionKeeper(services.db, SessionKind.SOURCE, "x", lifetimes, services.now)
    theirs = sources.start(Visit("fr").encode(), house.people["lou"].id)
    client = house.app().test_client()
    client.set_cookie(COOKIE_NAME, theirs.cookie.to_text())

    assert client.get("/").status_code == 303


def test_the_language_goes_from_the_link_into_the_session(house: House) -> None:
    client = house.app().test_client()
    assert '<html lang="en">' in client.get("/login?l=en").text
    log_in(house, client, "/login?l=en")

    assert '<html lang="en">' in client.get("/").text


def test_the_accounts_language_counts_where_no_link_says_otherwise(house: House) -> None:
    client = house.app().test_client()
    english = {"Accept-Language": "en"}
    assert '<html lang="en">' in client.get("/login", headers=english).text
    log_in(house, client)

    assert '<html lang="fr">' in client.get("/", headers=english).text


def test_changing_the_language_within_a_session(house: House) -> None:
    browser = house.sign_in("lou")

    assert browser.get("/language/en").headers["Location"] == "/"
    assert "Deliveries" in browser.get("/").text
    browser.get("/language/de")
    assert "Deliveries" in browser.get("/").text


def test_changing_the_language_before_one(house: House) -> None:
    client = house.app().test_client()

    assert client.get("/language/en").headers["Location"] == "/login?l=en"
    assert client.get("/language/de?l=en").headers["Location"] == "/login?l=en"


@pytest.fixture
def counted(house: House, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Have the house's circuits counted, and nobody sleep."""
    counted = Counted()
    house.services = replace(house.services, circuits=counted, onion=named)
    monkeypatch.setattr("web.circuits.time.sleep", lambda _seconds: None)
    return counted


def test_through_tor_a_reviewer_logs_in_at_the_onion_address_alone(
    house: House, counted: Counted
) -> None:
    client = through_tor(house.app())

    assert client.get("/login", base_url="http://localhost/").status_code == 400
    assert client.get("/login", headers={"Via": "1.1 gateway"}).status_code == 403
    assert log_in(house, client).status_code == 303
    assert client.get("/").status_code == 200


def test_a_reviewer_reads_the_new_address_at_the_old_one_once_logged_in(
    house: House, counted: Counted
) -> None:
    del counted
    new = "b" * 56 + ".onion"
    names = OnionNames(ONION, Overlap(new, date(2026, 12, 30)))
    house.services = replace(house.services, onion=lambda: names)
    client = through_tor(house.app())

    assert new not in client.get("/login").text
    log_in(house, client)
    page = client.get("/").text
    assert f"http://{new}" in page
    assert f"{'b' * 56}:descriptor:x25519:" in page
    assert "L’adresse de cette application change" in page
    client.get("/language/en")
    assert "is changing" in client.get("/").text
    assert client.get("/login", base_url=f"http://{new}/").status_code == 200
    assert "change." not in client.get("/login", base_url=f"http://{new}/").text


def test_the_reviewers_onion_address_is_told_to_nobody(house: House, counted: Counted) -> None:
    answer = house.app().test_client().get("/login")

    assert "Onion-Location" not in answer.headers
    assert ONION not in answer.text


def test_a_circuit_that_tries_log_ins_is_refused_and_closed_before_any_work(
    house: House, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = house.app()
    client = through_tor(app)
    tried: list[str] = []

    def judge(_self: signing_in.SigningIn, attempt: signing_in.Attempt) -> None:
        tried.append(attempt.name)
        raise NotSignedIn

    monkeypatch.setattr(signing_in.SigningIn, "judge", judge)
    allowance = _SPENT[Spent.SIGN_IN]
    for _ in range(allowance.free + allowance.grace):
        assert log_in(house, client).status_code == 403
    assert counted.closed == []

    answer = log_in(house, client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert len(tried) == allowance.free + allowance.grace
    assert counted.closed == [CIRCUIT]
    assert log_in(house, through_tor(app, CIRCUIT + 1)).status_code == 403


def belonging(counted: Counted) -> list[tuple[int, object]]:
    return [(circuit, who) for verb, circuit, who in counted.asked if verb == "belongs"]


def test_a_circuit_is_known_to_be_a_reviewers_from_its_first_page_on(
    house: House, counted: Counted
) -> None:
    app: Flask = house.app()
    client = through_tor(app)
    client.get("/login")
    log_in(house, client, code="000000")
    assert belonging(counted) == []
    assert log_in(house, client).status_code == 303
    client.get("/")

    assert set(belonging(counted)) == {(CIRCUIT, house.people["lou"].id)}
    assert len(bytes.fromhex(house.people["lou"].id)) == 16  # what fits on the ledger's wire

    counted.asked.clear()
    client.environ_base["REMOTE_ADDR"] = "fc00:dead:beef:4dad::7"  # the same session, moved on
    client.get("/")
    assert belonging(counted) == [(7, house.people["lou"].id)]


def test_a_session_that_has_ended_names_nobodys_circuit(house: House, counted: Counted) -> None:
    client = through_tor(house.app())
    log_in(house, client)
    with house.services.db.write() as transaction:
        sessions.delete_of_reviewer(transaction, house.people["lou"].id)
    counted.asked.clear()

    assert client.get("/").status_code == 303

    assert belonging(counted) == []


def test_without_tor_no_log_in_is_counted(house: House, counted: Counted) -> None:
    client = house.app().test_client()
    log_in(house, client)
    client.get("/")

    assert counted.asked == []


def test_a_recovery_code_lets_in_and_says_how_many_are_left(house: House) -> None:
    client = house.app().test_client()
    codes = [code.text for code in house.people["lou"].spare]
    for code in codes[:8]:
        log_in(house, client, code=code)
    client.get("/")

    assert log_in(house, client, code=codes[8]).status_code == 303

    page = client.get("/").text
    assert "Vous avez utilisé un code de secours. Il vous en reste 1" in page
    assert "code de secours" not in client.get("/").text


def test_the_owner_is_warned_once_that_someone_has_the_passphrase(house: House) -> None:
    client = house.app().test_client()
    for _ in range(2):
        log_in(house, client, code="000000")
    log_in(house, client, passphrase="wrong")
    log_in(house, client)

    page = client.get("/account").text
    assert "quelqu’un a donné votre phrase de passe avec un mauvais code, 2 fois" in page
    assert 'role="alert"' in page
    assert "quelqu’un" not in client.get("/").text


def test_the_summary_of_a_refusal_leads_to_the_form(house: House) -> None:
    page = log_in(house, house.app().test_client(), code="000000").text

    assert '<a href="#username">' in page
    assert page.partition("</style>")[2].count('aria-invalid="true"') == 3
    assert page.count('id="username-problem"') == 1
    assert page.count("username-problem") == 4  # each field says what is wrong with it
