"""The quick reply's page, and that it exists only where it is allowed."""

from datetime import date

import pytest

from crypto.errors import SealFailed
from journalist_app import quick_reply
from journalist_app.refusals import ReplyEmpty, ReplyTooLong
from storage.models import Reply
from tests.journalist_app.house import House


def replies_stored(house: House) -> int:
    with house.services.db.read() as transaction:
        return transaction.query(Reply).count()


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Seal to the desk without gpg; the list holds what was to be sealed."""
    plain: list[bytes] = []

    def seal(_self: quick_reply.QuickReplies, _desk: str, padded: bytes, _day: date) -> bytes:
        plain.append(padded)
        return b"sealed"

    monkeypatch.setattr(quick_reply.QuickReplies, "_seal_to_desk", seal)
    return plain


def test_where_it_is_not_allowed_there_is_no_such_page(house: House) -> None:
    delivery = house.add_delivery("nord")
    browser = house.sign_in("lou")

    assert browser.post("/deliveries/reply", id=delivery, text="x").status_code == 404
    assert "/deliveries/reply" not in browser.get("/").text


def test_the_page_warns_and_asks(talking_house: House) -> None:
    delivery = talking_house.add_delivery("nord")
    browser = talking_house.sign_in("lou")

    page = browser.post("/deliveries/reply", id=delivery)

    assert page.status_code == 200
    assert "passe en clair par le serveur" in page.text
    assert delivery in page.text
    assert "/deliveries/reply" in browser.get("/").text


@pytest.mark.usefixtures("sealed")
def test_sent_it_is_stored_and_told(talking_house: House) -> None:
    delivery = talking_house.add_delivery("nord")
    browser = talking_house.sign_in("lou")

    answer = browser.post("/deliveries/reply", id=delivery, text="Bonjour")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert replies_stored(talking_house) == 1
    assert "La réponse est scellée" in browser.get("/").text


@pytest.mark.usefixtures("sealed")
def test_a_refused_text_is_given_back(talking_house: House) -> None:
    delivery = talking_house.add_delivery("nord")
    browser = talking_house.sign_in("lou")

    empty = browser.post("/deliveries/reply", id=delivery, text="  ")
    long = browser.post("/deliveries/reply", id=delivery, text="<&>" * 3000)

    assert (empty.status_code, long.status_code) == (422, 422)
    assert ReplyEmpty.sentence.split(".")[0] in empty.text
    assert ReplyTooLong.sentence.split(".")[0] in long.text
    assert "&lt;&amp;&gt;" * 3000 in long.text
    assert replies_stored(talking_house) == 0


def test_a_sealing_that_fails_is_told(
    talking_house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing:
        def __init__(self, *_: object) -> None:
            raise SealFailed

    monkeypatch.setattr(quick_reply, "EnvelopeSeal", Failing)
    delivery = talking_house.add_delivery("nord")

    answer = talking_house.sign_in("lou").post("/deliveries/reply", id=delivery, text="Bonjour")

    assert answer.status_code == 503
    assert "Bonjour" in answer.text
    assert "fault: SealFailed" in capsys.readouterr().err


def test_two_at_once_are_refused(talking_house: House) -> None:
    ids = [talking_house.add_delivery("nord"), talking_house.add_delivery("nord")]
    browser = talking_house.sign_in("lou")

    assert browser.post("/deliveries/reply", id=ids).status_code == 400
    assert browser.post("/deliveries/reply").status_code == 422
