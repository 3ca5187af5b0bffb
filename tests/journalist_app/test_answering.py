"""Standard answers: written by a desk's reviewers, kept in both languages."""

import re

import pytest

from formats.reply import REPLY_LIMIT
from journalist_app.answering import ANSWERS_MAX, TITLE_MAX_CHARACTERS
from storage import answers
from storage.models import StandardAnswer
from tests.journalist_app.house import Browser, House

TEXTS = {"title": "Accusé", "french": "Bien reçu.\r\nMerci.", "english": "Received. Thank you."}


def kept(house: House, desk: str = "nord") -> list[StandardAnswer]:
    with house.services.db.read() as transaction:
        return list(answers.of_desks(transaction, [desk]))


def add(browser: Browser, desk: str = "nord", **changes: str) -> None:
    assert browser.post("/answers", desk=desk, **TEXTS | changes).status_code == 303


def test_an_answer_is_added_changed_and_removed(talking_house: House) -> None:
    browser = talking_house.sign_in("lou")
    add(browser)
    (answer,) = kept(talking_house)
    assert (answer.title, answer.french) == ("Accusé", "Bien reçu.\nMerci.")

    page = browser.get(f"/answers?id={answer.id}").text
    assert 'value="Accusé"' in page
    changed = TEXTS | {"english": "Got it."}
    assert browser.post("/answers", id=answer.id, desk="nord", **changed).status_code == 303
    assert kept(talking_house)[0].english == "Got it."

    browser.post("/answers", id=answer.id, desk="nord", remove="1")
    assert kept(talking_house) == []
    page = browser.get("/answers").text
    assert "supprimée" in page
    assert browser.get("/history").text.count("a changé les réponses types") == 3


def test_another_desks_answers_are_as_if_they_were_not_there(talking_house: House) -> None:
    add(talking_house.sign_in("max"), "sud")
    (answer,) = kept(talking_house, "sud")
    stranger = talking_house.sign_in("lou")

    assert "Accusé" not in stranger.get("/answers").text
    assert stranger.get(f"/answers?id={answer.id}").status_code == 404
    changed = TEXTS | {"title": "x"}
    assert stranger.post("/answers", id=answer.id, desk="nord", **changed).status_code == 404
    assert stranger.post("/answers", id=answer.id, desk="sud", **changed).status_code == 400
    assert stranger.post("/answers", id=answer.id, remove="1").status_code == 404
    assert stranger.post("/answers", desk="sud", **TEXTS).status_code == 400
    assert [each.title for each in kept(talking_house, "sud")] == ["Accusé"]
    assert kept(talking_house) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": " "}, 422),
        ({"french": ""}, 422),
        ({"english": "\n"}, 422),
        ({"title": "t" * (TITLE_MAX_CHARACTERS + 1)}, 422),
        ({"french": "f" * (REPLY_LIMIT + 1)}, 422),
        ({"english": "\x00"}, 400),
        ({"id": "x"}, 400),
        ({"desk": ""}, 400),
    ],
)
def test_what_cannot_be_kept_is_refused_and_shown_again(
    talking_house: House, change: dict[str, str], status: int
) -> None:
    browser = talking_house.sign_in("lou")

    answer = browser.post("/answers", **{"desk": "nord", **TEXTS} | change)

    assert answer.status_code == status
    assert kept(talking_house) == []
    if status == 422 and "english" not in change:
        assert "Received. Thank you." in answer.text, "what was typed is not lost"


def test_a_desk_has_so_many_and_no_more(talking_house: House) -> None:
    browser = talking_house.sign_in("lou")
    for number in range(ANSWERS_MAX):
        add(browser, title=f"N° {number}")

    assert browser.post("/answers", desk="nord", **TEXTS).status_code == 409
    assert len(kept(talking_house)) == ANSWERS_MAX


def test_what_was_typed_is_shown_as_text(talking_house: House) -> None:
    browser = talking_house.sign_in("lou")
    add(browser, title="<b>", french="</textarea><script>x</script>")
    (answer,) = kept(talking_house)

    for path in ("/answers", f"/answers?id={answer.id}"):
        page = browser.get(path).text
        assert "<b>" not in page
        assert "<script>x" not in page


def test_where_quick_replies_are_not_allowed_there_is_no_such_page(house: House) -> None:
    assert house.sign_in("lou").get("/answers").status_code == 404


def test_a_reply_starts_from_an_answer_and_can_be_changed(talking_house: House) -> None:
    delivery = talking_house.add_delivery("nord")
    browser = talking_house.sign_in("lou")
    add(browser)
    (answer,) = kept(talking_house)
    form = browser.post("/deliveries/reply", id=delivery).text
    offered = re.findall(r'<option value="([^"]+)">', form)
    assert offered == [f"{answer.id}.fr", f"{answer.id}.en"]

    for language, text in (("fr", "Bien reçu.\nMerci."), ("en", "Received. Thank you.")):
        chosen = f"{answer.id}.{language}"
        filled = browser.post("/deliveries/reply", id=delivery, fill="1", answer=chosen)
        assert filled.status_code == 200
        assert f">\n{text}</textarea>" in filled.text


@pytest.mark.parametrize("answer", ["", "x", "0" * 32, "0" * 32 + ".fr", ".fr", "é.en"])
def test_an_answer_that_is_none_fills_nothing(talking_house: House, answer: str) -> None:
    delivery = talking_house.add_delivery("nord")

    filled = talking_house.sign_in("lou").post(
        "/deliveries/reply", id=delivery, fill="1", answer=answer, text="déjà écrit"
    )

    assert filled.status_code in {200, 404}
    assert filled.status_code == 404 or "déjà écrit</textarea>" in filled.text


def test_another_desks_answer_fills_nothing(talking_house: House) -> None:
    add(talking_house.sign_in("max"), "sud")
    (answer,) = kept(talking_house, "sud")
    delivery = talking_house.add_delivery("nord")

    for name in ("lou", "sam"):
        chosen = f"{answer.id}.fr"
        browser = talking_house.sign_in(name)
        filled = browser.post("/deliveries/reply", id=delivery, fill="1", answer=chosen)
        assert filled.status_code == 404
        assert "Bien reçu" not in filled.text
