from contextlib import ExitStack
from datetime import timedelta
from random import SystemRandom

import pytest

from formats.handles import new_item_id
from formats.reply import Origin
from source_app import mailbox_search, recognition
from storage import deletions
from storage.models import Delivery, QueuedDeletion, Reply, RowKind
from storage.sweeper import sweep
from tests.source_app.house import Browser, House, Page, new_keys

TEXT = "Merci.\n\nPouvez-vous dire d’où vient « l’annexe 3 » ? <b>&amp;</b> 🗼"


def deliver(house: House, browser: Browser, number: int = 1) -> list[str]:
    before = set(house.delivery_ids())
    for _ in range(number):
        assert browser.deliver("x", [("a", b"1")]).status_code == 303
    browser.get("/mailbox")
    return sorted(set(house.delivery_ids()) - before)


def test_an_empty_mailbox_says_that_this_is_normal(house: House) -> None:
    answer = house.visit(new_keys()).get("/mailbox")
    assert "Pas de réponse pour l’instant" in answer.text
    assert "Aucun. Un dépôt disparaît" in answer.text


def test_a_reply_is_shown_word_for_word(house: House) -> None:
    keys = new_keys()
    reply = house.reply(keys, TEXT)
    page = house.visit(keys).page("/mailbox")
    assert page.ids["reply"] == [reply]
    assert page.texts == [TEXT]


def test_only_a_reply_that_was_written_online_says_so(house: House) -> None:
    keys = new_keys()
    house.reply(keys, "offline")
    assert "Écrite en ligne" not in house.visit(keys).get("/mailbox").text
    house.reply(keys, "online", origin=Origin.ONLINE)
    assert house.visit(keys).get("/mailbox").text.count("Écrite en ligne") == 1


def test_replies_stand_newest_first_before_deliveries(house: House) -> None:
    keys = new_keys()
    today = house.services.today
    house.reply(keys, "old", today - timedelta(days=9))
    house.reply(keys, "new", today)
    house.reply(keys, "between", today - timedelta(days=3))
    browser = house.visit(keys)
    deliver(house, browser)
    answer = browser.get("/mailbox")
    assert Page(answer.text).texts == ["new", "between", "old"]
    assert answer.text.rindex("data-reply") < answer.text.index("data-delivery")
    assert "Réponse du 12 novembre 2026" in answer.text


def test_deliveries_stand_newest_first(house: House) -> None:
    keys = new_keys()
    days = {}
    for _ in range(4):
        (delivery,) = deliver(house, house.visit(keys))
        days[delivery] = house.row(delivery).day
        house.clock.forward(days=1)
    shown = house.visit(keys).page("/mailbox").ids["delivery"]
    assert shown == sorted(days, key=days.__getitem__, reverse=True)


def test_another_codename_sees_nothing_of_it(house: House) -> None:
    keys = new_keys()
    house.reply(keys, TEXT)
    deliver(house, house.visit(keys))
    page = house.visit(new_keys()).page("/mailbox")
    assert page.ids == {"reply": [], "delivery": []}
    assert page.texts == []


@pytest.mark.parametrize("box", [b"", b"x", b"x" * 4144, bytes(4144)])
def test_a_damaged_reply_is_shown_as_one_and_can_be_deleted(house: House, box: bytes) -> None:
    keys = new_keys()
    reply = house.reply(keys, box)
    browser = house.visit(keys)
    answer = browser.get("/mailbox")
    assert Page(answer.text).ids["reply"] == [reply]
    assert "est abîmée et ne peut pas être lue" in answer.text
    assert browser.post("/mailbox/reply/delete", id=reply).status_code == 303
    assert not house.has_reply(reply)


def test_a_reply_sealed_to_another_key_is_unreadable_and_not_a_fault(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, other = new_keys(), new_keys()
    good = house.reply(other, TEXT)
    with house.services.db.read() as transaction:
        box = transaction.get_one(Reply, good).box
    house.reply(keys, box)
    answer = house.visit(keys).get("/mailbox")
    assert answer.status_code == 200
    assert "est abîmée" in answer.text
    assert TEXT[:6] not in answer.text
    assert capsys.readouterr().err == ""


def test_one_reply_is_deleted_at_once_and_the_others_stay(house: House) -> None:
    keys = new_keys()
    first, second = house.reply(keys, "un"), house.reply(keys, "deux")
    browser = house.visit(keys)
    browser.get("/mailbox")
    answer = browser.post("/mailbox/reply/delete", id=first)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mailbox")
    assert not house.has_reply(first)
    page = browser.get("/mailbox").text
    assert "La réponse a été effacée." in page
    assert Page(page).ids["reply"] == [second]
    assert "La réponse a été effacée." not in browser.get("/mailbox").text


def test_all_replies_vanish_at_once_and_go_one_by_one(house: House) -> None:
    keys = new_keys()
    ids = [house.reply(keys, "x") for _ in range(5)]
    other = house.reply(new_keys(), "another source's")
    browser = house.visit(keys)
    browser.get("/mailbox")
    assert browser.post("/mailbox/reply/delete", all="1").status_code == 303
    assert browser.page("/mailbox").ids["reply"] == []
    assert house.visit(keys).page("/mailbox").ids["reply"] == []
    assert house.stored(QueuedDeletion) == 5
    sweep_now(house)
    assert not any(map(house.has_reply, ids))
    assert house.has_reply(other)


def sweep_now(house: House) -> None:
    services = house.services
    sweep(services.db, services.blobs, services.now(), SystemRandom())


def test_one_delivery_is_withdrawn_at_once_with_its_blobs(house: House) -> None:
    browser = house.visit(new_keys())
    first, second = deliver(house, browser, 2)
    assert len(house.blob_files()) == 4
    answer = browser.post("/mailbox/delivery/withdraw", id=first)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mailbox")
    assert house.delivery_ids() == [second]
    assert len(house.blob_files()) == 2
    page = browser.get("/mailbox").text
    assert "Le dépôt a été retiré de ce serveur." in page
    assert Page(page).ids["delivery"] == [second]


def test_all_deliveries_vanish_at_once_and_go_one_by_one(house: House) -> None:
    keys = new_keys()
    browser = house.visit(keys)
    deliver(house, browser, 3)
    (other,) = deliver(house, house.visit(new_keys()))
    browser.get("/mailbox")
    assert browser.post("/mailbox/delivery/withdraw", all="1").status_code == 303
    assert browser.page("/mailbox").ids["delivery"] == []
    assert house.visit(keys).page("/mailbox").ids["delivery"] == []
    sweep_now(house)
    assert house.delivery_ids() == [other]
    assert len(house.blob_files()) == 2


def test_withdrawing_all_when_it_was_asked_before_is_no_error(house: House) -> None:
    browser = house.visit(new_keys())
    deliver(house, browser, 2)
    for _ in range(2):
        assert browser.post("/mailbox/delivery/withdraw", all="1").status_code == 303
        browser.get("/mailbox")
    assert house.stored(QueuedDeletion) == 2


def test_a_delivery_in_a_reviewers_hands_is_withdrawn_and_its_blob_left_to_the_sweeper(
    house: House,
) -> None:
    browser = house.visit(new_keys())
    (delivery,) = deliver(house, browser)
    blob = next(iter(house.services.blobs.names()))
    with house.services.blobs.open(blob):
        assert browser.post("/mailbox/delivery/withdraw", id=delivery).status_code == 303
        assert house.delivery_ids() == []
        assert [path.name for path in house.blob_files()] == [blob]
    house.clock.forward(hours=24 * 365 * 10)  # a blob's age is the machine's, not the tests'
    sweep_now(house)
    assert house.blob_files() == []


ROUTES = {
    "/mailbox/reply/delete": RowKind.REPLY,
    "/mailbox/delivery/withdraw": RowKind.DELIVERY,
}


def mine_and_theirs(house: House, kind: RowKind) -> tuple[Browser, str]:
    theirs, mine = new_keys(), new_keys()
    house.reply(mine, "mine")
    browser = house.visit(mine)
    deliver(house, browser)
    if kind is RowKind.REPLY:
        return browser, house.reply(theirs, "theirs")
    return browser, deliver(house, house.visit(theirs))[0]


@pytest.mark.parametrize(("route", "kind"), ROUTES.items())
def test_another_sessions_ids_are_refused(house: House, route: str, kind: RowKind) -> None:
    browser, target = mine_and_theirs(house, kind)
    rows = house.stored(Delivery), house.stored(Reply)
    for wrong in (target, new_item_id(), "", "%", target.upper(), f"{target}\x00"):
        assert browser.post(route, id=wrong).status_code == 400
    assert (house.stored(Delivery), house.stored(Reply)) == rows
    assert house.stored(QueuedDeletion) == 0


@pytest.mark.parametrize("route", ROUTES)
def test_all_means_all_of_ones_own(house: House, route: str) -> None:
    for value in ("0", "", "true", "2"):
        browser = house.visit(new_keys())
        assert browser.post(route, all=value).status_code == 400
    _, target = mine_and_theirs(house, ROUTES[route])
    house.visit(new_keys()).post(route, all="1", id=target)
    assert house.stored(QueuedDeletion) == 0


@pytest.mark.parametrize("route", ROUTES)
def test_without_the_token_nothing_is_deleted(house: House, route: str) -> None:
    browser, _ = mine_and_theirs(house, ROUTES[route])
    browser.token = "0" * 32
    assert browser.post(route, all="1").status_code == 403
    assert browser.client.post(route, data={"all": "1"}).status_code == 403
    assert house.stored(QueuedDeletion) == 0


def test_a_deletion_that_fails_is_told_and_may_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = new_keys()
    reply = house.reply(keys, "x")
    browser = house.visit(keys)
    browser.get("/mailbox")

    def broken(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(deletions, "delete_replies", broken)
        assert browser.post("/mailbox/reply/delete", id=reply).status_code == 500
    assert house.has_reply(reply)
    assert browser.post("/mailbox/reply/delete", id=reply).status_code == 303


def test_what_came_while_the_mailbox_was_open_appears(house: House) -> None:
    keys = new_keys()
    browser = house.visit(keys)
    assert browser.page("/mailbox").ids["reply"] == []
    reply = house.reply(keys, "x")
    assert browser.page("/mailbox").ids["reply"] == [reply]
    house.clock.forward(minutes=50)
    house.clock.forward(minutes=9)
    later = house.reply(keys, "y")
    assert set(browser.page("/mailbox").ids["reply"]) == {reply, later}


def test_what_went_away_meanwhile_is_not_shown(house: House) -> None:
    keys = new_keys()
    reply = house.reply(keys, "x")
    browser = house.visit(keys)
    browser.get("/mailbox")
    with house.services.db.write() as transaction:
        deletions.delete_replies(transaction, [reply])
    assert browser.page("/mailbox").ids["reply"] == []


def test_a_collected_delivery_says_so(house: House) -> None:
    browser = house.visit(new_keys())
    (delivery,) = deliver(house, browser)
    assert "Pas encore relevé." in browser.get("/mailbox").text
    with house.services.db.write() as transaction:
        transaction.get_one(Delivery, delivery).collected_day = house.services.today
    assert "Déjà relevé" in browser.get("/mailbox").text


def test_when_the_search_is_busy_the_mailbox_says_so_and_is_no_fault(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mailbox_search, "HERE_ROWS", 0)
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.05)
    keys = new_keys()
    house.reply(keys, "x")
    browser = house.visit(keys)
    with ExitStack() as held:
        while slot := house.services.derivations.acquire():
            held.enter_context(slot)
        answer = browser.get("/mailbox")
    assert answer.status_code == 200
    assert "n’a pas pu être cherché" in answer.text
    assert "Rien n’a été enregistré" not in answer.text
    assert capsys.readouterr().err == ""
