"""What a courier does, and that doing it twice, in parts, or in another order is no harm."""

import secrets

import pytest

from journalist_app.courier_effect import Effect, carry_out, foresee
from journalist_app.courier_file import TrustedCourier
from journalist_app.refusals import CourierMisaddressed
from storage import deletions, replies, restorations
from storage.models import Delivery, ItemTaken, Reply, RowKind
from tests.journalist_app.house import Courier, House


def look(house: House, courier: Courier) -> Effect:
    with house.services.db.read() as transaction:
        return foresee(transaction, courier.manifest)


def do(house: House, courier: Courier) -> tuple[Effect, list[str]]:
    trusted = TrustedCourier(courier.manifest, courier.boxes)
    with house.services.db.write() as transaction:
        return carry_out(transaction, trusted, house.today)


def counts(house: House) -> tuple[int, int, int]:
    with house.services.db.read() as transaction:
        kinds = (Delivery, Reply, ItemTaken)
        delivered, replied, taken = (transaction.query(kind).count() for kind in kinds)
        return delivered, replied, taken


def test_replies_are_stored_and_deliveries_deleted(house: House) -> None:
    kept, gone = house.add_delivery("nord"), house.add_delivery("nord")
    blob = house.body_blob(gone)
    courier = house.courier("nord", [b"first box", b"second box"], [gone])

    effect, blobs = do(house, courier)

    assert (len(effect.replies), effect.deliveries, effect.done, effect.gone) == (2, [gone], 0, 0)
    assert blobs == [blob]
    assert house.delivery(kept) is not None
    assert house.delivery(gone) is None
    with house.services.db.read() as transaction:
        stored = replies.get(transaction, courier.boxes)
    items = {item.id: item for item in courier.manifest.replies}
    assert {row.id: row.box for row in stored} == courier.boxes
    for row in stored:
        assert (row.nonce, row.tag) == (items[row.id].nonce, items[row.id].tag)
        assert (row.desk, row.day) == ("nord", house.today)


def test_looking_changes_nothing_and_says_what_doing_does(house: House) -> None:
    courier = house.courier("nord", [b"box"], [house.add_delivery("nord")])
    before = counts(house)

    foreseen = look(house, courier)

    assert counts(house) == before
    assert do(house, courier)[0] == foreseen


def test_the_same_courier_twice_changes_nothing(house: House) -> None:
    courier = house.courier("nord", [b"box"], [house.add_delivery("nord")])
    do(house, courier)
    before = counts(house)

    assert look(house, courier).known
    assert do(house, courier) == (Effect(known=True), [])
    assert counts(house) == before


def test_items_offered_again_are_skipped_and_counted(house: House) -> None:
    courier = house.courier("nord", [b"box", b"another"], [house.add_delivery("nord")])
    do(house, courier)
    before = counts(house)

    effect, blobs = do(house, courier.again())

    assert effect == Effect(known=False, replies=[], deliveries=[], done=3, gone=0)
    assert blobs == []
    assert counts(house) == before


def test_a_reply_that_its_source_deleted_does_not_come_back(house: House) -> None:
    courier = house.courier("nord", [b"box"])
    do(house, courier)
    with house.services.db.write() as transaction:
        deletions.delete_replies(transaction, courier.boxes)

    do(house, courier.again())

    assert counts(house)[1] == 0


def test_a_delivery_that_is_gone_is_counted_and_no_error(house: House) -> None:
    here, gone, withdrawn = (house.add_delivery("nord") for _ in range(3))
    with house.services.db.write() as transaction:
        deletions.delete_deliveries(transaction, [gone])
        deletions.queue(transaction, RowKind.DELIVERY, [withdrawn])

    effect, _ = do(house, house.courier("nord", [], [here, gone, withdrawn]))

    assert (effect.deliveries, effect.gone) == ([here], 2)


def test_the_same_delivery_asked_for_twice_is_deleted_once(house: House) -> None:
    delivery = house.add_delivery("nord")

    effect, blobs = do(house, house.courier("nord", [], [delivery, delivery]))

    assert (effect.deliveries, effect.gone, len(blobs)) == ([delivery], 0, 1)


def test_another_desks_delivery_refuses_the_whole_courier(house: House) -> None:
    mine, theirs = house.add_delivery("nord"), house.add_delivery("sud")
    courier = house.courier("nord", [b"box"], [mine, theirs])
    before = counts(house)

    with pytest.raises(CourierMisaddressed):
        look(house, courier)
    with pytest.raises(CourierMisaddressed):
        do(house, courier)
    assert counts(house) == before


def test_a_failure_in_the_middle_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier = house.courier("nord", [secrets.token_bytes(100)] * 2, [house.add_delivery("nord")])
    before = counts(house)

    def fail(*_: object) -> list[str]:
        raise RuntimeError

    monkeypatch.setattr(deletions, "delete_deliveries", fail)
    with pytest.raises(RuntimeError):
        do(house, courier)

    assert counts(house) == before
    assert not look(house, courier).known


def test_an_empty_courier_is_taken(house: House) -> None:
    courier = house.courier("nord")

    effect, _ = do(house, courier)

    assert effect == Effect(known=False, replies=[], deliveries=[])
    assert look(house, courier).known


def test_a_courier_that_names_the_bundle_ends_the_waiting_of_a_restored_server(
    house: House,
) -> None:
    bundle = "b" * 32
    with house.services.db.write() as transaction:
        restorations.begin(transaction, house.today, house.today)
        restorations.told(transaction, "nord", bundle)
    others = [
        house.courier("nord", [b"written before it was known"]),
        house.courier("sud", heard=bundle),
        house.courier("nord", heard="c" * 32),
    ]
    for courier in others:
        assert not do(house, courier)[0].answers
    answer = house.courier("nord", heard=bundle)
    assert look(house, answer).answers
    assert not look(house, answer).is_empty
    assert do(house, answer)[0].answers
    with house.services.db.read() as transaction:
        assert not restorations.is_awaited(transaction, "nord")
        assert restorations.is_awaited(transaction, "sud")
    assert not do(house, answer.again())[0].answers
