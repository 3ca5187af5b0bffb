"""A new TOTP secret counts with its first code."""

import re

import pytest

from crypto.totp import STEP, TotpSealingKey, open_totp
from journalist_app.signing_in import Attempt, SigningIn
from storage.history import Deed
from storage.models import HistoryLine
from tests.journalist_app.house import PASSPHRASE, House
from tests.journalist_app.test_changing import new_code, proof, row
from web.key_files import KeptKey, KeptKeys, read_keys


def test_the_new_secret_is_in_effect_once_it_gave_a_code(house: House) -> None:
    browser = house.sign_in("lou")
    shown = browser.post("/account/totp", **proof(house))
    code = new_code(house, shown)

    assert browser.post("/account/totp/confirm", code=code).status_code == 303

    assert "Votre application de codes est changée" in browser.get("/account").text
    signing = SigningIn(house.services)
    house.clock.forward(STEP)
    known = signing.judge(Attempt.typed("lou", PASSPHRASE, new_code(house, shown)))
    assert known.id == house.people["lou"].id


def test_the_code_that_proved_it_opens_nothing_more(house: House) -> None:
    browser = house.sign_in("lou")
    code = new_code(house, browser.post("/account/totp", **proof(house)))
    browser.post("/account/totp/confirm", code=code)

    answer = (
        house.app()
        .test_client()
        .post("/login", data={"username": "lou", "passphrase": PASSPHRASE, "code": code})
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("code", ["", "000000", "é" * 1000, "the old one"])
def test_what_was_not_scanned_locks_nobody_out(house: House, code: str) -> None:
    browser, before = house.sign_in("lou"), row(house).totp_box
    shown = browser.post("/account/totp", **proof(house))
    house.clock.forward(STEP)
    old = house.people["lou"].code(house.clock.now)

    answer = browser.post("/account/totp/confirm", code=old if code == "the old one" else code)

    assert answer.status_code == 422
    assert 'href="#new-code"' in answer.text
    assert row(house).totp_box == before
    assert new_code(house, answer) == new_code(house, shown)  # the same secret: try again


def test_picture_and_letters_say_the_same(house: House) -> None:
    browser = house.sign_in("lou")
    shown = browser.post("/account/totp", **proof(house))

    assert re.search(
        r'<img class="qr" src="data:image/png;base64,[\w+/=%]+" alt="[^"]+"', shown.text
    )
    browser.post("/account/totp/confirm", code=new_code(house, shown))
    kept = open_totp(house.services.instance.totp_key, "lou", row(house).totp_box)
    letters = re.search(r'mono secret">([A-Z2-7 ]+)<', shown.text)
    assert letters is not None
    assert letters[1].replace(" ", "") == kept.base32


def test_the_change_stands_in_the_history(house: House) -> None:
    browser = house.sign_in("lou")
    browser.post(
        "/account/totp/confirm",
        code=new_code(house, browser.post("/account/totp", **proof(house))),
    )

    with house.services.db.read() as transaction:
        lines = [(line.deed, line.who) for line in transaction.query(HistoryLine)]
    assert lines == [(Deed.TOTP_CHANGED, "lou")]


@pytest.mark.parametrize("is_retired", [False, True])
def test_a_rotation_between_drawing_and_proving_costs_at_most_another_try(
    house: House, *, is_retired: bool
) -> None:
    """What is stored is sealed with the key in force, or nothing is stored."""
    browser, path = house.sign_in("lou"), house.services.instance.places.totp
    shown, before = browser.post("/account/totp", **proof(house)), row(house).totp_box
    old, new = read_keys(path).present, KeptKey(TotpSealingKey.new().reveal())
    path.write_bytes(KeptKeys(new, None if is_retired else old).encode())

    answer = browser.post("/account/totp/confirm", code=new_code(house, shown))

    if is_retired:
        assert answer.status_code < 500
        assert row(house).totp_box == before
    else:
        assert answer.status_code == 303
        assert open_totp(TotpSealingKey(new.raw), "lou", row(house).totp_box)
