"""Warnings go by what a browser says it is, and nothing of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_app.visitor import Seems, seems
from tests.source_app.house import House

TOR = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
TOR_PHONE = "Mozilla/5.0 (Android 10; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (TOR, Seems.FIREFOX),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Seems.FIREFOX),
        (TOR_PHONE, Seems.FIREFOX_ON_A_PHONE),
        (CHROME, Seems.OTHER),
        (IPHONE, Seems.OTHER),
        ("curl/8.5.0", Seems.OTHER),
        ("", Seems.OTHER),
        (TOR + " Chrome/142.0", Seems.OTHER),
    ],
)
def test_what_a_browser_seems_to_be(agent: str, found: Seems) -> None:
    assert seems(agent) is found


@given(st.text(max_size=2000))
def test_anything_may_be_said(agent: str) -> None:
    assert seems(agent) in Seems


@pytest.mark.parametrize("path", ["/", "/safety"])
def test_each_gets_the_warning_it_needs(house: House, path: str) -> None:
    client = house.browser().client
    pages = {
        agent: client.get(path, headers={"User-Agent": agent}) for agent in (TOR, TOR_PHONE, CHROME)
    }
    other, phone = "ne paraît pas être le navigateur Tor", "Vous êtes sur un téléphone"
    shown = {agent: (other in page.text, phone in page.text) for agent, page in pages.items()}
    assert shown == {TOR: (False, False), TOR_PHONE: (False, True), CHROME: (True, False)}
    assert {len(page.data) for page in pages.values()} == {65_536}
