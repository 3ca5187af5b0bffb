"""The star: put on and taken off by whoever may see the delivery."""

import pytest

from formats.handles import new_handle
from tests.journalist_app.house import House
from tests.journalist_app.test_inbox import handles, row


def starred(house: House, delivery: str) -> bool:
    found = house.delivery(delivery)
    assert found is not None
    return found.starred


def test_a_star_is_put_on_and_taken_off(house: House) -> None:
    first, second = house.add_delivery("nord"), house.add_delivery("nord")
    browser = house.sign_in("lou")

    answer = browser.post("/deliveries/star", id=[first, second], view="state=new")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/?state=new")
    assert starred(house, first)
    assert starred(house, second)
    page = browser.get("/").text
    assert "Étoile mise à 2 dépôts." in page
    assert "étoile" in row(page, first)

    browser.post("/deliveries/star", id=first, starred="0")

    assert not starred(house, first)
    page = browser.get("/").text
    assert "Étoile ôtée à 1 dépôt." in page
    assert "étoile" not in row(page, first)
    assert handles(browser.get("/?starred=1").text) == [second]


def test_another_desks_delivery_gets_no_star(house: House) -> None:
    theirs, mine = house.add_delivery("sud"), house.add_delivery("nord")
    browser = house.sign_in("lou")

    assert browser.post("/deliveries/star", id=theirs).status_code == 404
    assert browser.post("/deliveries/star", id=[mine, theirs]).status_code == 303

    assert starred(house, mine)
    assert not starred(house, theirs)


@pytest.mark.parametrize("fields", [{}, {"id": "x"}, {"id": new_handle(), "starred": "2"}])
def test_what_is_no_such_form_is_refused(house: House, fields: dict[str, str]) -> None:
    assert house.sign_in("lou").post("/deliveries/star", **fields).status_code in {400, 422}


@pytest.mark.parametrize(
    ("view", "where"),
    [
        ("//elsewhere.example/", "/"),
        ("http://elsewhere.example", "/"),
        ("desk=sud", "/"),
        ("desk=nord&day=2026-11-20", "/?desk=nord&day=2026-11-20"),
        ("day=\r\nSet-Cookie: x", "/"),
    ],
)
def test_a_form_leads_back_into_the_list_and_nowhere_else(
    house: House, view: str, where: str
) -> None:
    delivery = house.add_delivery("nord")

    answer = house.sign_in("lou").post("/deliveries/star", id=delivery, view=view)

    assert answer.headers["Location"] == where


def test_a_star_stands_in_no_history(house: House) -> None:
    browser = house.sign_in("lou")
    browser.post("/deliveries/star", id=house.add_delivery("nord"))

    assert "Rien n’est encore noté" in browser.get("/history").text
