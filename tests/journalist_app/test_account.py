"""The page of one's account: who one is here, and where one is logged in."""

import re

from journalist_app.session import COOKIE_NAME
from storage.models import SessionRow
from tests.journalist_app.house import House


def names(page: str) -> list[str]:
    return re.findall(r'name="session" value="(\w+)"', page)


def ids(house: House) -> set[bytes]:
    with house.services.db.read() as transaction:
        return {row.id for row in transaction.query(SessionRow)}


def test_it_says_who_one_is(house: House) -> None:
    page = house.sign_in("sam").get("/account").text

    assert "<dd>sam</dd>" in page
    assert "Équipe nord, Équipe sud" in page
    assert "administrez" not in page
    assert "administrez" in house.sign_in("ada").get("/account").text


def test_ones_own_sessions_are_listed_and_the_present_one_is_marked(house: House) -> None:
    first, _ = house.sign_in("lou"), house.sign_in("max")
    house.clock.forward(3600)
    second = house.sign_in("lou")

    page = second.get("/account").text

    assert len(names(page)) == 2
    assert page.count("C’est celle-ci") == 1
    assert "21\u00a0novembre, 12:15" in page  # the first began at 12:00:10
    assert "21\u00a0novembre, 13:15" in page
    assert first.get("/").status_code == 200


def test_a_session_is_named_by_a_word_that_opens_nothing(house: House) -> None:
    browser, other = house.sign_in("lou"), house.sign_in("lou")
    page = browser.get("/account").text
    cookies = [each.http.get_cookie(COOKIE_NAME) for each in (browser, other)]

    for id_ in ids(house):
        assert id_.hex()[:16] not in page
    for cookie in cookies:
        assert cookie is not None
        assert cookie.value not in page
    assert set(names(page)).isdisjoint(names(other.get("/account").text))


def test_another_session_is_ended_at_once(house: House) -> None:
    browser, other = house.sign_in("lou"), house.sign_in("lou")
    _, theirs = names(browser.get("/account").text)

    answer = browser.post("/account/sessions/end", session=theirs)

    assert answer.headers["Location"] == "/account"
    assert "1 séance a été fermée" in browser.get("/account").text
    assert other.get("/").status_code == 303


def test_ending_the_present_one_is_leaving(house: House) -> None:
    browser = house.sign_in("lou")
    mine = names(browser.get("/account").text)[0]

    answer = browser.post("/account/sessions/end", session=mine)

    assert answer.headers["Location"].startswith("/login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert ids(house) == set()


def test_all_others_are_ended_together(house: House) -> None:
    browser, stranger = house.sign_in("lou"), house.sign_in("max")
    others = [house.sign_in("lou") for _ in range(3)]

    browser.post("/account/sessions/end", others="1")

    assert "3 séances ont été fermées" in browser.get("/account").text
    assert all(other.get("/").status_code == 303 for other in others)
    assert stranger.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(house: House) -> None:
    browser, stranger = house.sign_in("lou"), house.sign_in("max")
    theirs = names(browser.get("/account").text)

    for name in [*theirs, *(id_.hex() for id_ in ids(house))]:
        assert stranger.post("/account/sessions/end", session=name).status_code == 404
    assert browser.get("/").status_code == 200


def test_a_name_that_is_none_is_refused_kindly(house: House) -> None:
    browser = house.sign_in("lou")
    for name in ("", "0" * 16, "é", "x" * 10_000):
        answer = browser.post("/account/sessions/end", session=name)
        assert answer.status_code == 404
        assert "déjà fermée" in answer.text


def test_who_has_no_desk_is_told(house: House) -> None:
    assert "aucune" in house.sign_in("ada").get("/account").text
