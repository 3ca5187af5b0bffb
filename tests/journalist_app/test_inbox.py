"""The list, as a reviewer sees it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from journalist_app.paging import PAGE_ROWS
from storage import deletions, deliveries, desks, restorations, reviewers
from storage.listing import COUNTED_AT_MOST
from storage.models import RowKind
from tests.journalist_app.house import Browser, House
from web.headers import inline_source


def handles(page: str) -> list[str]:
    return re.findall(r'<tr data-delivery="([^"]+)">', page)


def row(page: str, delivery: str) -> str:
    found = re.search(rf'<tr data-delivery="{delivery}">.*?</tr>', page, re.DOTALL)
    assert found is not None
    return found[0]


def walk(browser: Browser, path: str) -> list[list[str]]:
    """Follow the link to the next page to the end."""
    pages = []
    while True:
        text = browser.get(path).text
        pages.append(handles(text))
        following = re.search(r'<a href="([^"]+)" rel="next">', text)
        if following is None:
            return pages
        path = following[1].replace("&amp;", "&")


def test_an_empty_list_says_so(house: House) -> None:
    page = house.sign_in("lou").get("/").text

    assert "Aucun dépôt sur le serveur" in page
    assert "<button" in page  # the way out
    assert "/deliveries/delete" not in page


def test_a_row_tells_handle_day_contents_and_state(house: House) -> None:
    delivery = house.add_delivery("nord", files=70_000)

    shown = row(house.sign_in("lou").get("/").text, delivery)

    for word in (
        delivery,
        "21 nov. 2026",
        "lettre de 16\xa0Kio",
        "fichiers de 64\xa0Kio",
        "nouveau",
    ):
        assert word in shown


def test_a_letter_alone_shows_no_files(house: House) -> None:
    delivery = house.add_delivery("nord")

    assert "fichiers" not in row(house.sign_in("lou").get("/").text, delivery)


def test_a_collected_row_says_by_whom_and_when(house: House) -> None:
    delivery = house.add_delivery("nord")
    house.sign_in("sam").post("/bundle", id=delivery)

    shown = row(house.sign_in("lou").get("/").text, delivery)

    assert "emporté par sam le 21 nov. 2026" in shown
    assert "nouveau" not in shown


def test_a_row_collected_by_someone_removed_since(house: House) -> None:
    delivery = house.add_delivery("nord")
    house.sign_in("sam").post("/bundle", id=delivery)
    with house.services.db.write() as transaction:
        reviewers.remove_reviewer(transaction, house.people["sam"].id)

    shown = row(house.sign_in("lou").get("/").text, delivery)

    assert "emporté le 21 nov. 2026" in shown
    assert "None" not in shown


def test_the_newest_day_stands_first(house: House) -> None:
    days = [house.today - timedelta(days=age) for age in (3, 0, 7, 1)]
    made = {day: house.add_delivery("nord", day=day) for day in days}

    shown = handles(house.sign_in("lou").get("/").text)

    assert shown == [made[day] for day in sorted(days, reverse=True)]


def test_within_a_day_the_order_is_not_that_of_arrival(house: House) -> None:
    made = [house.add_delivery("nord") for _ in range(12)]

    shown = handles(house.sign_in("lou").get("/").text)

    assert sorted(shown) == sorted(made)
    assert shown not in (made, made[::-1])  # by chance once in 240 million


@pytest.mark.parametrize("number", [PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 2 * PAGE_ROWS + 1])
def test_pages_hold_each_delivery_once(house: House, number: int) -> None:
    yesterday = house.today - timedelta(days=1)
    made = house.add_rows("nord", house.today, number // 2)
    made += house.add_rows("sud", yesterday, number - number // 2)

    pages = walk(house.sign_in("sam"), "/")

    assert sorted(handle for page in pages for handle in page) == sorted(made)
    assert len(pages) == -(-number // PAGE_ROWS)
    assert all(len(page) == PAGE_ROWS for page in pages[:-1])


def test_what_comes_between_two_pages_moves_nothing(house: House) -> None:
    made = house.add_rows("nord", house.today - timedelta(days=1), 60)
    browser = house.sign_in("lou")
    first = browser.get("/").text
    following = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert following is not None
    house.add_delivery("nord")

    second = handles(browser.get(following[1]).text)

    assert sorted(handles(first) + second) == sorted(made)


def test_filters_narrow_by_desk_and_state(house: House) -> None:
    north, south = house.add_delivery("nord"), house.add_delivery("sud")
    taken = house.add_delivery("nord")
    browser = house.sign_in("sam")
    browser.post("/bundle", id=taken)

    found = {
        path: set(handles(browser.get(path).text))
        for path in ("/", "/?desk=nord", "/?desk=sud", "/?state=new", "/?state=collected")
    }
    found["both"] = set(handles(browser.get("/?desk=nord&state=new").text))
    browser.post("/deliveries/star", id=[north, taken])
    found["star"] = set(handles(browser.get("/?starred=1&state=collected").text))

    assert found == {
        "/": {north, south, taken},
        "/?desk=nord": {north, taken},
        "/?desk=sud": {south},
        "/?state=new": {north, south},
        "/?state=collected": {taken},
        "both": {north},
        "star": {taken},
    }


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/?state=new", "Aucun nouveau dépôt"),
        ("/?state=collected", "Aucun dépôt emporté"),
        ("/?state=answered", "Aucun dépôt auquel on a répondu"),
        ("/?starred=1", "Aucun dépôt ne répond à ce choix"),
        ("/?day=2020-01-01&state=new", "Aucun dépôt ne répond à ce choix"),
        ("/?after=2020-01-01.0000-0000-0000", "Il n’y a rien de plus"),
    ],
)
def test_every_empty_view_says_what_is_missing(house: House, path: str, words: str) -> None:
    assert words in house.sign_in("lou").get(path).text


def test_what_a_source_withdrew_is_not_shown(house: House) -> None:
    delivery = house.add_delivery("nord")
    with house.services.db.write() as transaction:
        deletions.queue(transaction, RowKind.DELIVERY, [delivery])

    assert delivery not in house.sign_in("lou").get("/").text


def test_all_new_ones_are_offered_with_their_number(house: House) -> None:
    for _ in range(3):
        house.add_delivery("nord")

    assert "Emporter les 3 nouveaux" in house.sign_in("lou").get("/").text


def test_with_new_ones_of_several_desks_one_is_to_be_chosen(house: House) -> None:
    house.add_delivery("nord")
    house.add_delivery("sud")
    browser = house.sign_in("sam")

    everything, south = browser.get("/").text, browser.get("/?desk=sud").text

    assert 'name="all_new"' not in everything
    assert '<a href="/?desk=sud">Équipe sud</a> (1)' in everything
    assert 'name="all_new"' in south
    assert '<input type="hidden" name="desk" value="sud">' in south


def test_a_name_is_shown_as_text(house: House) -> None:
    house.add_reviewer("<b>bold</b>", "nord")
    delivery = house.add_delivery("nord")
    house.sign_in("<b>bold</b>").post("/bundle", id=delivery)

    page = house.sign_in("lou").get("/").text

    assert "<b>" not in page
    assert "&lt;b&gt;bold" in page


def test_one_days_deliveries(house: House) -> None:
    yesterday = house.today - timedelta(days=1)
    made = house.add_rows("nord", yesterday, PAGE_ROWS + 5)
    house.add_rows("nord", house.today, 3)

    pages = walk(house.sign_in("lou"), f"/?day={yesterday}")

    assert len(pages) == 2
    assert sorted(handle for page in pages for handle in page) == sorted(made)


def test_an_answered_row_says_so_and_by_whom_it_was_collected(house: House) -> None:
    both, fresh = house.add_delivery("nord"), house.add_delivery("nord")
    browser = house.sign_in("lou")
    browser.post("/bundle", id=both)
    with house.services.db.write() as transaction:
        deliveries.mark_answered(
            transaction, [each.nonce for each in deliveries.get(transaction, [both, fresh])]
        )

    page = browser.get("/?state=answered").text

    assert set(handles(page)) == {both, fresh}
    assert "répondu, emporté par lou le 21 nov. 2026" in " ".join(row(page, both).split())
    assert "répondu, encore à emporter" in row(page, fresh)
    assert "nouveau" not in row(page, fresh)


def test_a_courier_marks_what_it_answers(house: House) -> None:
    delivery = house.add_delivery("nord")
    found = house.delivery(delivery)
    assert found is not None
    courier = house.courier("nord", [b"a box"])
    (item,) = courier.manifest.replies
    answering = replace(item, nonce=found.nonce, tag=found.tag)
    courier.manifest = replace(courier.manifest, replies=(answering,))
    browser = house.sign_in("lou")
    browser.hand_over(courier.file())
    browser.confirm()

    assert "répondu" in row(browser.get("/").text, delivery)


@pytest.mark.parametrize("path", ["/", "/courier", "/history", "/nowhere"])
def test_every_page_counts_the_new_ones(house: House, path: str) -> None:
    house.add_delivery("nord")
    house.add_delivery("sud")
    browser = house.sign_in("sam")

    assert '<span class="count">2 nouveaux</span>' in browser.get(path).text
    browser.post("/bundle", all_new="1", desk="sud")
    assert '<span class="count">1 nouveau</span>' in browser.get(path).text
    browser.post("/bundle", all_new="1")
    assert 'class="count"' not in browser.get(path).text


def test_a_count_stops_where_it_would_cost(house: House) -> None:
    house.add_rows("nord", house.today, COUNTED_AT_MOST)

    assert "1000 nouveaux ou plus" in house.sign_in("lou").get("/courier").text


def test_what_a_desk_keeps_is_said(house: House) -> None:
    with house.services.db.write() as transaction:
        desks.set_retention(transaction, "nord", collected=1, arrived=90)

    north = " ".join(house.sign_in("lou").get("/").text.split())

    assert "un dépôt emporté s’efface au bout de 1 jour" in north
    assert "s’efface 90 jours après son arrivée" in north
    assert "s’efface" not in house.sign_in("max").get("/").text


def test_forms_carry_the_view_that_they_were_sent_from(house: House) -> None:
    house.add_rows("nord", house.today, 2)

    page = house.sign_in("lou").get("/?state=new&desk=nord").text

    assert page.count('name="view" value="desk=nord&amp;state=new"') == 2


def test_the_script_is_an_addition_that_the_policy_names(house: House) -> None:
    house.add_delivery("nord")
    answer = house.sign_in("lou").get("/")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)

    assert inline_source(script) in answer.headers["Content-Security-Policy"]


def test_reviewers_of_a_restored_server_are_told_what_to_do(house: House) -> None:
    browser = house.sign_in("lou")
    assert "rétabli" not in browser.get("/").text
    with house.services.db.write() as transaction:
        restorations.begin(transaction, house.today, house.today)
    page = browser.get("/").text
    assert page.count("Ce serveur a été rétabli à partir d’une sauvegarde") == 1
    shown = browser.post("/bundle", all_new="1", desk="nord", show="1")
    assert "Emporter un paquet sans dépôt" in shown.text
