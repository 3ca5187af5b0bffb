"""New recovery codes: ten, at once, in the place of the old ones."""

import re

from journalist_app.signing_in import Attempt, SigningIn
from storage import recovery_codes
from storage.history import Deed
from storage.models import HistoryLine
from tests.journalist_app.house import PASSPHRASE, House
from tests.journalist_app.test_changing import proof


def test_new_codes_open_and_the_old_ones_do_not(house: House) -> None:
    browser = house.sign_in("lou")

    shown = browser.post("/account/recovery", **proof(house))

    codes = re.findall(r"\d{5}(?: \d{5}){4}", shown.text)
    assert len(set(codes)) == 10
    signing = SigningIn(house.services)
    assert signing.judge(Attempt.typed("lou", PASSPHRASE, codes[9])).codes_left == 9
    old = house.people["lou"].spare[0].text
    answer = (
        house.app()
        .test_client()
        .post("/login", data={"username": "lou", "passphrase": PASSPHRASE, "code": old})
    )
    assert answer.status_code == 403


def test_sessions_go_on_and_the_account_counts_the_codes(house: House) -> None:
    browser, other = house.sign_in("lou"), house.sign_in("lou")
    with house.services.db.write() as transaction:
        recovery_codes.replace(transaction, house.people["lou"].id, [b"1" * 32])
    assert "il en reste 1" in browser.get("/account").text

    browser.post("/account/recovery", **proof(house))

    assert "il en reste 10" in other.get("/account").text


def test_it_stands_in_the_history(house: House) -> None:
    house.sign_in("lou").post("/account/recovery", **proof(house))

    with house.services.db.read() as transaction:
        lines = [(line.deed, line.who) for line in transaction.query(HistoryLine)]
    assert lines == [(Deed.CODES_MADE, "lou")]
