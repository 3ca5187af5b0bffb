"""Forget me takes replies and uncollected deliveries, after it asked, and nothing else."""

from contextlib import ExitStack

import pytest

from admin.compose import sweep_once
from source_app import mailbox_search, recognition
from storage.models import Delivery, Reply
from tests.source_app.house import House, new_keys


def test_it_asks_first_and_says_what_would_go(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("Un premier message.")
    page = browser.get("/forget").text
    assert "vos dépôts que personne n’a encore relevés\u00a0: 1." in page
    assert "Restent vos dépôts" not in page
    assert house.stored(Delivery) == 1


def test_then_all_of_it_goes_and_the_session_ends(house: House) -> None:
    keys = new_keys()
    house.reply(keys, "Merci.")
    house.reply(keys, "Encore.")
    other = house.reply(new_keys(), "À quelqu’un d’autre.")
    browser = house.visit(keys)
    browser.deliver("Un message.")
    answer = browser.post("/forget")
    assert answer.status_code == 200
    assert "disparaît d’ici quelques minutes" in answer.text
    assert answer.headers["Clear-Site-Data"]
    assert browser.get("/mailbox").status_code == 403
    sweep_once(house.services)
    assert house.stored(Delivery) == 0
    assert house.stored(Reply) == 1
    assert other


def test_a_collected_delivery_stays_and_is_told_of(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("Relevé.")
    (collected,) = house.delivery_ids()
    with house.services.db.write() as transaction:
        row = transaction.get(Delivery, collected)
        assert row is not None
        row.collected_day = house.services.today
    browser.deliver("Pas encore.")
    shown = browser.get("/forget").text
    assert "Restent vos dépôts déjà relevés\u00a0: 1." in shown
    assert "sur une boîte vide" not in shown
    browser.post("/forget")
    sweep_once(house.services)
    assert house.delivery_ids() == [collected]


def test_without_its_token_nothing_goes(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("Un message.")
    browser.token = "0" * 32
    assert browser.post("/forget").status_code == 403
    sweep_once(house.services)
    assert house.stored(Delivery) == 1


def test_where_what_is_new_cannot_be_searched_nothing_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_search, "HERE_ROWS", 0)
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.05)
    browser = house.visit(new_keys())
    browser.deliver("Un message.")
    with ExitStack() as held:
        while slot := house.services.derivations.acquire():
            held.enter_context(slot)
        answer = browser.post("/forget")
    assert answer.status_code == 503
    assert "Rien n’a été effacé" in answer.text
    sweep_once(house.services)
    assert house.stored(Delivery) == 1
