"""A long mailbox: cut into pages, every one of them of the one size."""

from datetime import date

import pytest
from sqlalchemy import update

from crypto.codename import generate
from formats.reply import REPLY_LIMIT, Origin
from source_app.mailbox import ITEM_BYTES
from source_app.paging import BUDGET_BYTES
from storage import restorations
from storage.models import Delivery
from tests.source_app.conftest import Furnish
from tests.source_app.house import PAGE, Browser, House, Page, new_keys
from web.onion import OnionNames, Overlap

DAY = date(2026, 12, 30)

LONG = {
    "less than": "<" * REPLY_LIMIT,
    "ampersands": "&" * REPLY_LIMIT,
    "quotes": "'\"" * (REPLY_LIMIT // 2),
    "emoji": "🗼" * REPLY_LIMIT,
    "all at once": "<&'\"🗼é\n>" * (REPLY_LIMIT // 8),
}


def while_moving(house: House) -> House:
    """Have each page begin with the new address, as at the old one while the service moves."""
    names = OnionNames("a" * 56 + ".onion", Overlap("b" * 56 + ".onion", DAY, announced=True))
    house.app.jinja_env.globals["moving_from_here"] = lambda: names
    return house


def walk(browser: Browser) -> list[Page]:
    """Read the mailbox from its first page to its last; each is exactly one page long."""
    pages: list[Page] = []
    while True:
        answer = browser.get(f"/mailbox?p={len(pages)}")
        assert len(answer.data) == PAGE
        pages.append(Page(answer.text))
        if f"/mailbox?p={len(pages)}" not in answer.text:
            return pages


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_the_longest_replies_take_a_page_each_and_every_page_has_the_one_size(
    furnish: Furnish, text: str, language: str
) -> None:
    house = while_moving(furnish(name="'" * 100))  # the longest name, of what grows the most
    restored(house)
    keys = new_keys()
    ids = {house.reply(keys, text) for _ in range(3)}
    browser = house.visit(keys, codename=generate("fr").text)
    browser.get(f"/language/{language}")
    deliver_and_stay(house, browser)
    pages = walk(browser)
    assert [reply for page in pages for reply in page.ids["reply"]] == sorted(ids, reverse=True)
    assert [shown for page in pages for shown in page.texts] == [text] * 3


def restored(house: House) -> None:
    """Have the server come back from a backup, which the first page says."""
    with house.services.db.write() as transaction:
        restorations.begin(transaction, house.services.today, house.services.today)


def deliver_and_stay(house: House, browser: Browser) -> None:
    """Deliver, so that the receipt and the codename stand on the mailbox's first page."""
    browser.get("/deliver")
    assert browser.deliver("x", [("a", b"1")]).status_code == 303
    assert house.delivery_ids()


def test_short_replies_share_pages_and_none_is_lost(house: House) -> None:
    keys = new_keys()
    ids = {house.reply(keys, f"réponse {number}", origin=Origin.ONLINE) for number in range(130)}
    browser = house.visit(keys, codename=generate("en").text)
    deliver_and_stay(house, browser)
    pages = walk(browser)
    shown = [reply for page in pages for reply in page.ids["reply"]]
    assert len(shown) == 130
    assert set(shown) == ids
    assert 2 <= len(pages) <= 4
    assert pages[-1].ids["delivery"] == house.delivery_ids()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("share", [2, 3, 4, 5, 8, 20])
def test_pages_that_are_filled_to_their_budget_have_the_one_size(
    furnish: Furnish, share: int, language: str
) -> None:
    house = while_moving(furnish(name="'" * 100))
    restored(house)
    keys = new_keys()
    text = "'" * ((BUDGET_BYTES // share - ITEM_BYTES) // len("&#39;"))
    ids = {house.reply(keys, text, origin=Origin.ONLINE) for _ in range(2 * share + 1)}
    browser = house.visit(keys, codename=generate("fr").text)
    browser.get(f"/language/{language}")
    deliver_and_stay(house, browser)
    pages = walk(browser)
    assert len(pages[0].ids["reply"]) == share
    assert {reply for page in pages for reply in page.ids["reply"]} == ids


@pytest.mark.parametrize("language", ["fr", "en"])
def test_many_deliveries_share_pages_and_none_is_lost(house: House, language: str) -> None:
    keys = new_keys()
    ids = house.add_rows(keys, 150)
    with house.services.db.write() as transaction:
        transaction.execute(update(Delivery).values(collected_day=house.services.today))
    browser = house.visit(keys, codename=generate("en").text)
    browser.get(f"/language/{language}")
    pages = walk(browser)
    shown = [delivery for page in pages for delivery in page.ids["delivery"]]
    assert shown == sorted(ids, reverse=True)


@pytest.mark.parametrize("asked", ["-1", "x", "", "99", "9999", "1e3", "\u0661", "0x1"])
def test_a_page_that_is_not_there_is_the_nearest(house: House, asked: str) -> None:
    keys = new_keys()
    for _ in range(3):
        house.reply(keys, "<" * REPLY_LIMIT)
    answer = house.visit(keys).get("/mailbox", query_string={"p": asked})
    expected = 3 if asked == "99" else 1
    assert f"Page {expected} sur 3" in answer.text


def test_a_source_of_a_restored_server_is_told_what_may_be_back(house: House) -> None:
    keys = new_keys()
    assert "rétabli" not in house.visit(keys).get("/mailbox").text
    restored(house)
    assert (
        "Ce service a été rétabli à partir d’une copie du" in house.visit(keys).get("/mailbox").text
    )
    house.clock.forward(days=181)
    assert "rétabli" not in house.visit(keys).get("/mailbox").text
