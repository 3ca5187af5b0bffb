"""A new passphrase is the system's, is shown once, and counts once it was typed back."""

import pytest

from crypto.passphrase import WORDS
from journalist_app.signing_in import Attempt, SigningIn
from storage.history import Deed
from storage.models import HistoryLine
from tests.journalist_app.house import PASSPHRASE, House
from tests.journalist_app.test_changing import proof, row, shown_words


def test_the_new_words_are_in_effect_once_they_were_typed_back(house: House) -> None:
    browser = house.sign_in("lou")
    words = shown_words(browser.post("/account/passphrase", **proof(house)))
    assert len(words.split()) == WORDS
    house.clock.forward(30)

    typed = words.upper().replace(" ", "  ")
    assert browser.post("/account/passphrase/confirm", typed=typed).status_code == 303

    assert "Votre phrase de passe est changée" in browser.get("/account").text
    code = house.people["lou"].code(house.clock.now)
    known = SigningIn(house.services).judge(Attempt.typed("lou", words, code))
    assert known.id == house.people["lou"].id


@pytest.mark.parametrize("typed", ["", "wrong", PASSPHRASE, "é" * 5_000])
def test_what_was_not_noted_locks_nobody_out(house: House, typed: str) -> None:
    browser, before = house.sign_in("lou"), row(house).passphrase_hash
    browser.post("/account/passphrase", **proof(house))

    answer = browser.post("/account/passphrase/confirm", typed=typed)

    assert answer.status_code == 422
    assert 'href="#typed"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert row(house).passphrase_hash == before
    assert browser.get("/account/passphrase/confirm").status_code == 200  # one more try


def test_the_page_that_asks_for_the_words_does_not_show_them(house: House) -> None:
    browser = house.sign_in("lou")
    words = shown_words(browser.post("/account/passphrase", **proof(house)))

    page = browser.get("/account/passphrase/confirm").text

    assert not any(f">{word}<" in page for word in words.split())


def test_without_new_words_there_is_nothing_to_type(house: House) -> None:
    assert house.sign_in("lou").get("/account/passphrase/confirm").status_code == 409


def test_the_change_stands_in_the_history(house: House) -> None:
    browser = house.sign_in("lou")
    words = shown_words(browser.post("/account/passphrase", **proof(house)))
    browser.post("/account/passphrase/confirm", typed=words)

    with house.services.db.read() as transaction:
        lines = [(line.deed, line.who) for line in transaction.query(HistoryLine)]
    assert lines == [(Deed.PASSPHRASE_CHANGED, "lou")]
