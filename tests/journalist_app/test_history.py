"""The page of what was done: numbers and days, for those whom they concern."""

import re

import pytest

from journalist_app.history import PAGE_LINES
from storage import history
from storage.history import Deed
from storage.models import HistoryHead, HistoryLine
from tests.journalist_app.house import Browser, House
from web.history import note


def lines(browser: Browser, path: str = "/history") -> list[str]:
    page = browser.get(path)
    assert page.status_code == 200
    rows = re.findall(r"<tr>\s*<td.*?</tr>", page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def deeds(house: House, number: int, desk: str | None = "nord") -> None:
    with house.services.db.write() as transaction:
        for at in range(number):
            note(house.services, transaction, Deed.DELETED, who="lou", desk=desk, number=at)


def test_collecting_deleting_and_couriers_are_written_down_in_numbers(house: House) -> None:
    first, second, third = (house.add_delivery("nord") for _ in range(3))
    browser = house.sign_in("lou")
    browser.post("/bundle", id=[first, second])
    browser.post("/deliveries/delete", id=second, confirm="1")
    courier = house.courier("nord", [b"a box", b"another"], [first])
    browser.hand_over(courier.file())
    browser.confirm()
    browser.post(
        "/deliveries/clear", desk="nord", day=house.today.isoformat(), number="1", confirm="1"
    )

    found = lines(browser)

    day = "21 nov. 2026 lou"
    assert found == [
        f"{day} a effacé 1 dépôt",
        f"{day} a remis un courrier : 1 dépôt effacé",
        f"{day} a remis un courrier : 2 réponses",
        f"{day} a effacé 1 dépôt",
        f"{day} a emporté 2 dépôts",
    ]
    page = browser.get("/history").text
    assert not [handle for handle in (first, second, third) if handle in page]


def test_a_courier_that_changed_nothing_is_written_down_and_a_known_one_is_not(
    house: House,
) -> None:
    browser = house.sign_in("lou")
    courier = house.courier("nord", [b"a box"])
    for file in (courier.file(), courier.file(), courier.again().file()):
        browser.hand_over(file)
        browser.confirm()

    assert [line.partition(" lou ")[2] for line in lines(browser)] == [
        "a remis un courrier qui n’a rien changé",
        "a remis un courrier : 1 réponse",
    ]


def test_what_was_refused_leaves_no_line(house: House) -> None:
    browser = house.sign_in("lou")
    theirs = house.add_delivery("sud")
    browser.post("/bundle", id=theirs)
    browser.post("/deliveries/delete", id=theirs, confirm="1")
    browser.post("/bundle", all_new="1")

    assert lines(browser) == []


def test_reviewers_see_their_desks_and_admins_all(house: House) -> None:
    deeds(house, 1)
    deeds(house, 2, "sud")
    deeds(house, 1, None)

    seen = {name: len(lines(house.sign_in(name))) for name in ("lou", "max", "sam", "ada")}

    assert seen == {"lou": 1, "max": 2, "sam": 3, "ada": 4}


def test_pages_hold_each_line_once(house: House) -> None:
    number = PAGE_LINES * 2 + 1
    deeds(house, number)
    browser, path, found = house.sign_in("lou"), "/history", []
    while path:
        found += lines(browser, path)
        following = re.search(r'href="(/history\?after=[0-9a-f]{64})"', browser.get(path).text)
        path = following[1] if following else ""

    told = [int(re.findall(r"effacé (\d+)", line)[0]) for line in found]
    assert told == list(range(number))[::-1]


@pytest.mark.parametrize("after", ["", "x", "0" * 63, "0" * 64, "ff" * 32, "é", "0x" + "0" * 62])
def test_any_place_in_it_is_a_page(house: House, after: str) -> None:
    deeds(house, 2)

    assert house.sign_in("lou").get(f"/history?after={after}").status_code == 200


def test_who_is_no_reviewer_is_told(house: House) -> None:
    with house.services.db.write() as transaction:
        note(house.services, transaction, Deed.EXPIRED, desk="nord", number=4)
        note(house.services, transaction, Deed.RETENTION_SET, desk="nord")
        note(house.services, transaction, Deed.KEY_ADDED, desk="nord", about="A" * 40)

    found = [line.removeprefix("21 nov. 2026 ") for line in lines(house.sign_in("lou"))]

    assert found == [
        f"une commande sur le serveur a ajouté une clé {' '.join(['AAAA'] * 10)}",
        "une commande sur le serveur a changé la durée de conservation",
        "le serveur a effacé 4 dépôts arrivés au bout de leurs jours",
    ]


@pytest.mark.parametrize("deed", [*Deed, "a-later-versions"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_deed_is_told_in_words(house: House, deed: str, language: str) -> None:
    with house.services.db.write() as transaction:
        line = history.Line(day=house.today, deed=deed, desk="nord", about="eve", number=1)
        history.record(transaction, line, lambda digest: digest)
    browser = house.sign_in("lou")
    browser.get(f"/language/{language}")

    page = browser.get("/history").text

    told_by_its_name_alone = f'<span class="mono">{deed}</span>' in page
    assert told_by_its_name_alone == (deed == "a-later-versions")


def test_a_history_whose_end_is_not_sealed_says_so(house: House) -> None:
    deeds(house, 2)
    browser = house.sign_in("lou")
    assert "n’est pas celle que ce serveur a scellée" not in browser.get("/history").text
    with house.services.db.write() as transaction:
        (last,) = transaction.query(HistoryLine).filter_by(number=1)
        transaction.query(HistoryHead).update({"hash": last.previous})
        transaction.delete(last)

    assert "n’est pas celle que ce serveur a scellée" in browser.get("/history").text


def test_the_end_is_shown_to_be_noted(house: House) -> None:
    deeds(house, 1)
    with house.services.db.read() as transaction:
        head = history.head(transaction)
    assert head is not None

    page = house.sign_in("lou").get("/history").text

    digits = head.hash.hex()
    assert f"{digits[:4]} {digits[4:8]} {digits[8:12]} {digits[12:16]}" in page
