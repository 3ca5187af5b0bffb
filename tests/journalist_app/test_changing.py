"""What all changes of one's own way in have in common."""

import re

import pytest
from werkzeug.test import TestResponse

from crypto.passphrase import verify_passphrase
from journalist_app import signing_in
from journalist_app.changing import PENDING
from journalist_app.session import COOKIE_NAME
from journalist_app.throttle import FREE_FAILURES
from storage import reviewers
from storage.models import Reviewer
from tests.journalist_app.house import PASSPHRASE, Browser, House

CHANGES = ["passphrase", "totp", "recovery"]


def row(house: House, name: str = "lou") -> Reviewer:
    with house.services.db.read() as transaction:
        found = reviewers.by_name(transaction, name)
    assert found is not None
    return found


def proof(house: House, name: str = "lou", **changes: str) -> dict[str, str]:
    """Give what the reviewer types to prove who asks."""
    typed = {"passphrase": PASSPHRASE, "code": house.people[name].code(house.clock.now)}
    return typed | changes


def shown_words(answer: TestResponse) -> str:
    return " ".join(re.findall(r'<li class="mono">(\w+)</li>', answer.text))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "wrong", [{"passphrase": "wrong"}, {"passphrase": ""}, {"code": "000000"}, {"code": ""}]
)
def test_without_the_present_ones_nothing_is_drawn(
    house: House, change: str, wrong: dict[str, str]
) -> None:
    browser, before = house.sign_in("lou"), row(house)

    answer = browser.post(f"/account/{change}", **proof(house, **wrong))

    assert answer.status_code == 403
    assert "Rien n’a été changé" in answer.text
    assert 'href="#passphrase"' in answer.text
    assert "mono secret" not in answer.text
    assert '<li class="mono">' not in answer.text
    after = row(house)
    assert (after.passphrase_hash, after.totp_box) == (before.passphrase_hash, before.totp_box)
    assert browser.post("/account/passphrase/confirm", typed="x").status_code == 409
    assert browser.post("/account/totp/confirm", code="000000").status_code == 409


@pytest.mark.parametrize("change", CHANGES)
def test_the_code_of_the_proof_serves_once(house: House, change: str) -> None:
    browser, typed = house.sign_in("lou"), proof(house)

    assert browser.post(f"/account/{change}", **typed).status_code == 200
    assert browser.post(f"/account/{change}", **typed).status_code == 403


@pytest.mark.parametrize("change", CHANGES)
def test_a_recovery_code_proves_too(house: House, change: str) -> None:
    """Or who lost the telephone could never set another."""
    typed = proof(house, code=house.people["lou"].spare[0].text)

    assert house.sign_in("lou").post(f"/account/{change}", **typed).status_code == 200


@pytest.mark.usefixtures("cheap_verify")
def test_a_stolen_session_cannot_guess_the_code(house: House) -> None:
    browser = house.sign_in("lou")
    for _ in range(FREE_FAILURES + 1):
        browser.post("/account/totp", **proof(house, code="000000"))

    assert browser.post("/account/totp", **proof(house)).status_code == 403


@pytest.fixture
def cheap_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "verify_passphrase", lambda *_: True)


def begin(house: House, browser: Browser, change: str) -> TestResponse:
    answer = browser.post(f"/account/{change}", **proof(house))
    assert answer.status_code == 200
    return answer


def finish(house: House, browser: Browser, change: str, shown: TestResponse) -> TestResponse:
    if change == "passphrase":
        return browser.post("/account/passphrase/confirm", typed=shown_words(shown))
    return browser.post("/account/totp/confirm", code=new_code(house, shown))


def new_code(house: House, shown: TestResponse) -> str:
    import pyotp  # noqa: PLC0415  the second computation: not through crypto.totp

    found = re.search(r'mono secret">([A-Z2-7 ]+)<', shown.text)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", "")).at(house.clock.now)


@pytest.mark.parametrize("change", ["passphrase", "totp"])
def test_a_change_ends_every_session_and_gives_the_browser_in_hand_a_new_one(
    house: House, change: str
) -> None:
    browser, other, stranger = (house.sign_in(name) for name in ("lou", "lou", "max"))
    stolen = browser.http.get_cookie(COOKIE_NAME)
    assert stolen is not None

    answer = finish(house, browser, change, begin(house, browser, change))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert browser.get("/account").status_code == 200
    fresh = browser.http.get_cookie(COOKIE_NAME)
    assert fresh is not None
    assert fresh.value != stolen.value
    assert other.get("/").status_code == 303
    assert stranger.get("/").status_code == 200
    browser.http.set_cookie(COOKIE_NAME, stolen.value)
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("change", ["passphrase", "totp"])
def test_what_was_drawn_waits_for_a_quarter_of_an_hour(house: House, change: str) -> None:
    browser, before = house.sign_in("lou"), row(house)
    shown = begin(house, browser, change)
    house.clock.forward(PENDING.total_seconds())

    assert finish(house, browser, change, shown).status_code == 409
    after = row(house)
    assert (after.passphrase_hash, after.totp_box) == (before.passphrase_hash, before.totp_box)


@pytest.mark.parametrize("change", ["passphrase", "totp"])
def test_a_change_cannot_be_finished_in_another_session(house: House, change: str) -> None:
    shown = begin(house, house.sign_in("lou"), change)

    assert finish(house, house.sign_in("lou"), change, shown).status_code == 409


@pytest.mark.parametrize("change", ["passphrase", "totp"])
def test_a_change_that_an_admins_reset_overtook_undoes_no_reset(
    house: House, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journalist_app import own_account  # noqa: PLC0415  where the reset comes in between
    from journalist_app.team import Team  # noqa: PLC0415

    browser = house.sign_in("lou")
    shown = begin(house, browser, change)

    def reset_first(*_: object) -> int:
        Team(house.services).reset(house.people["lou"].id)
        return 1

    monkeypatch.setattr(own_account, "verify_passphrase", reset_first)
    monkeypatch.setattr(own_account, "check_code", reset_first)
    answer = finish(house, browser, change, shown)

    assert answer.status_code == 403
    assert not verify_passphrase(
        row(house).passphrase_hash, signing_in.Passphrase.from_text(shown_words(shown) or "x")
    )


def test_one_change_does_not_finish_another(house: House) -> None:
    browser = house.sign_in("lou")
    begin(house, browser, "totp")

    assert browser.post("/account/passphrase/confirm", typed="x").status_code == 409


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_shown_once_is_in_no_file(house: House, change: str) -> None:
    browser = house.sign_in("lou")
    shown = begin(house, browser, change)
    secrets_shown = {
        *re.findall(r"\d{5}(?: \d{5}){4}", shown.text),
        *re.findall(r'mono secret">([A-Z2-7 ]+?) ?<', shown.text),
        shown_words(shown) or "-" * 20,
    }

    for file in house.services.instance.places.home.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for secret in secrets_shown:
            assert secret.encode() not in content
            assert secret.replace(" ", "").encode() not in content
    assert shown.headers["Cache-Control"] == "no-store"
