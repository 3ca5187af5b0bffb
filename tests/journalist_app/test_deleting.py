"""Deleting by hand: asked first, with the number."""

import re

import pytest
from werkzeug.test import TestResponse

from storage.errors import NoSuchBlob
from storage.models import EnvelopeKind
from tests.journalist_app.house import House


def words(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def test_the_first_answer_asks_and_names_the_number(house: House) -> None:
    ids = [house.add_delivery("nord") for _ in range(3)]
    browser = house.sign_in("lou")

    answer = browser.post("/deliveries/delete", id=ids)

    assert answer.status_code == 200
    assert "Effacer 3 dépôts ?" in words(answer)
    assert all(delivery in answer.text for delivery in ids)
    assert all(house.delivery(delivery) is not None for delivery in ids)


def test_it_warns_of_what_nobody_has_collected(house: House) -> None:
    taken, fresh = house.add_delivery("nord"), house.add_delivery("nord")
    browser = house.sign_in("lou")
    browser.post("/bundle", id=taken)

    assert "emporté par personne" not in words(browser.post("/deliveries/delete", id=taken))
    both = words(browser.post("/deliveries/delete", id=[taken, fresh]))
    assert "1 dépôt n’a été emporté par personne" in both


def test_confirmed_it_takes_rows_and_blobs(house: House) -> None:
    kept = house.add_delivery("nord")
    gone = house.add_delivery("nord", files=70_000)
    blobs = [house.body_blob(gone, kind) for kind in EnvelopeKind]
    browser = house.sign_in("lou")

    answer = browser.post("/deliveries/delete", id=gone, confirm="1")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert house.delivery(gone) is None
    assert house.delivery(kept) is not None
    for blob in blobs:
        with pytest.raises(NoSuchBlob):
            house.services.blobs.open(blob)


def test_another_desks_deliveries_are_left_out(house: House) -> None:
    mine, theirs = house.add_delivery("nord"), house.add_delivery("sud")
    browser = house.sign_in("lou")

    asked = browser.post("/deliveries/delete", id=[mine, theirs])
    browser.post("/deliveries/delete", id=[mine, theirs], confirm="1")

    assert "Effacer 1 dépôt ?" in words(asked)
    assert theirs not in asked.text
    assert house.delivery(mine) is None
    assert house.delivery(theirs) is not None


def test_deleting_what_is_gone_is_told(house: House) -> None:
    delivery = house.add_delivery("nord")
    browser = house.sign_in("lou")
    browser.post("/deliveries/delete", id=delivery, confirm="1")

    assert browser.post("/deliveries/delete", id=delivery, confirm="1").status_code == 404
    assert browser.post("/deliveries/delete").status_code == 422
    assert browser.post("/deliveries/delete", id="x").status_code == 400
