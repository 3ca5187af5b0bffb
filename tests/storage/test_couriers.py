"""A courier, and each of its items, is taken once."""

from datetime import timedelta

import pytest

from storage import couriers
from storage.engine import Database
from tests.storage.rows import DAY, add_desk


def test_a_courier_is_taken_once_and_acknowledged_to_its_desk(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
        add_desk(s, "sud")
        assert not couriers.is_taken(s, "c2")
        assert couriers.take(s, "c2", "nord", DAY)
        assert not couriers.take(s, "c2", "nord", DAY)
        assert couriers.take(s, "c1", "nord", DAY)
        assert couriers.take(s, "c3", "sud", DAY)
    with db.read() as s:
        assert couriers.is_taken(s, "c2")
        assert couriers.taken_ids(s, "nord") == ["c1", "c2"]


def test_items_are_taken_in_any_order_and_number(db: Database) -> None:
    with db.write() as s:
        couriers.take_items(s, ["b", "a"])
        couriers.take_items(s, ["a", "c"])
    with db.read() as s:
        assert couriers.items_taken(s, ["a", "b", "d", *map(str, range(3000))]) == {"a", "b"}
        assert couriers.items_taken(s, []) == set()


def test_a_bundle_is_given_the_latest_couriers_it_can_name(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "ACKNOWLEDGED", 2)
    with db.write() as s:
        add_desk(s, "nord")
        for number, courier in enumerate(("z", "a", "m")):
            couriers.take(s, courier, "nord", DAY + timedelta(days=number))
    with db.read() as s:
        assert couriers.taken_ids(s, "nord") == ["a", "m"]
