"""The exercise says which words differ, and keeps nothing of what was typed."""

from collections.abc import Callable

import pytest

from crypto.codename import generate
from tests.source_app.house import Browser, House, new_keys

CODENAME = generate("fr")


@pytest.fixture
def browser(house: House) -> Browser:
    return house.visit(codename=CODENAME.text, shown=True)


def test_the_page_does_not_show_what_is_to_be_typed(browser: Browser) -> None:
    page = browser.get("/copy").text
    assert not [word for word in CODENAME.words if f">{word}<" in page]
    assert 'id="codename"' not in page


@pytest.mark.parametrize("joined", [" ", "-", "\n", "  "])
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_a_right_copy_leads_back_and_is_told(
    house: House, browser: Browser, joined: str, case: Callable[[str], str]
) -> None:
    typed = case(joined.join(CODENAME.words))
    answer = browser.post("/copy", copy=typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/deliver")
    assert "Votre copie est juste" in browser.get("/deliver").text
    assert house.session(browser).copied


def test_wrong_words_are_named_by_their_places(house: House, browser: Browser) -> None:
    words = list(CODENAME.words)
    words[2], words[6] = "zzz", "yyy"
    answer = browser.post("/copy", copy=" ".join(words))
    assert answer.status_code == 422
    assert "Les mots 3, 7 ne sont pas les bons" in answer.text
    assert not house.session(browser).copied
    one_less = browser.post("/copy", copy=" ".join(CODENAME.words[:7])).text
    assert "vous en avez écrit 7" in one_less
    assert "Le mot 8 n’est pas le bon" in one_less


@pytest.mark.parametrize("typed", ["", " ", "a " * 5000, "<b>" * 300])
def test_whatever_is_typed_the_page_has_its_length(browser: Browser, typed: str) -> None:
    answer = browser.post("/copy", copy=typed)
    assert (answer.status_code, len(answer.data)) == (422, 65_536)
    assert "<b>" not in answer.text


def test_who_came_back_has_nothing_to_copy(house: House) -> None:
    browser = house.visit(new_keys())
    for answer in (browser.get("/copy"), browser.post("/copy", copy=CODENAME.text)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/mailbox")


def test_the_codename_is_in_sight_once_and_then_behind_a_fold(house: House) -> None:
    browser = house.browser()
    codename = browser.first_visit()  # looks at the page
    page = browser.get("/deliver").text
    before, _, after = page.partition('id="codename"')
    assert before.count("<details>") == before.count("</details>") + 1, "it is folded away"
    assert codename.split()[0] in after
    browser.post("/leave")
    assert codename.split()[0] not in browser.get("/").text
