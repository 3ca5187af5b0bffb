"""After a flood: the number first, then that many and no more."""

from datetime import timedelta

import pytest

from storage import deletions
from tests.journalist_app.house import House
from tests.journalist_app.test_deleting import words
from tests.journalist_app.test_inbox import handles


def queued(house: House) -> set[str]:
    with house.services.db.read() as transaction:
        return {row.target for row in deletions.queued(transaction)}


def fields(house: House, **more: str) -> dict[str, str]:
    return {"desk": "nord", "day": house.today.isoformat(), **more}


def test_the_number_is_said_before_anything_is_done(house: House) -> None:
    house.add_rows("nord", house.today, 1_234)
    house.add_rows("nord", house.today - timedelta(days=1), 3)
    browser = house.sign_in("lou")

    answer = browser.post("/deliveries/clear", **fields(house))

    assert answer.status_code == 200
    assert "Effacer 1 234 nouveaux dépôts ?" in words(answer)
    assert 'name="number" value="1234"' in answer.text
    assert queued(house) == set()


def test_confirmed_all_new_ones_of_that_day_and_desk_go(house: House) -> None:
    gone = house.add_rows("nord", house.today, 3)
    before = house.add_rows("nord", house.today - timedelta(days=1), 2)
    taken = house.add_delivery("nord")
    theirs = house.add_rows("sud", house.today, 2)
    browser = house.sign_in("sam")
    browser.post("/bundle", id=taken)

    answer = browser.post("/deliveries/clear", **fields(house, number="3", confirm="1"))

    where = f"/?desk=nord&day={house.today}"
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert queued(house) == set(gone)
    page = browser.get("/").text
    assert set(handles(page)) == {*before, taken, *theirs}
    assert "3 nouveaux dépôts ne paraissent plus" in page


def test_never_more_than_was_said(house: House) -> None:
    house.add_rows("nord", house.today, 5)
    browser = house.sign_in("lou")

    browser.post("/deliveries/clear", **fields(house, number="3", confirm="1"))

    assert len(queued(house)) == 3
    assert len(handles(browser.get("/").text)) == 2


@pytest.mark.parametrize("confirm", ["", "1"])
def test_a_day_without_new_ones_is_told(house: House, confirm: str) -> None:
    answer = house.sign_in("lou").post(
        "/deliveries/clear", **fields(house, number="3", confirm=confirm)
    )

    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"desk": "sud"}, 404),
        ({"desk": "nowhere"}, 404),
        ({"desk": ""}, 404),
        ({"day": ""}, 400),
        ({"day": "2026-13-01"}, 400),
        ({"number": "", "confirm": "1"}, 400),
        ({"number": "-1", "confirm": "1"}, 400),
        ({"number": "9" * 10, "confirm": "1"}, 400),
        ({"number": "٣", "confirm": "1"}, 400),
    ],
)
def test_what_is_no_such_form_changes_nothing(
    house: House, change: dict[str, str], status: int
) -> None:
    house.add_rows("nord", house.today, 2)
    house.add_rows("sud", house.today, 2)

    answer = house.sign_in("lou").post("/deliveries/clear", **fields(house) | change)

    assert answer.status_code == status
    assert queued(house) == set()


def test_it_is_offered_where_one_day_of_one_desk_is_shown(house: House) -> None:
    house.add_rows("nord", house.today, 2)
    day = house.today.isoformat()

    assert "/deliveries/clear" in house.sign_in("lou").get(f"/?day={day}").text
    assert "/deliveries/clear" not in house.sign_in("lou").get("/").text
    assert "/deliveries/clear" not in house.sign_in("sam").get(f"/?day={day}").text
    assert "/deliveries/clear" in house.sign_in("sam").get(f"/?day={day}&desk=nord").text
