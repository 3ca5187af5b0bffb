"""What a desk keeps no longer, by its own numbers of days."""

from datetime import timedelta

import pytest

from storage import deletions, deliveries, desks, retention
from storage.engine import Database
from tests.storage.rows import DAY, a_reviewer, add_delivery, add_desk


def queued(db: Database) -> set[str]:
    with db.read() as s:
        return {row.target for row in deletions.queued(s)}


@pytest.mark.parametrize(("days", "age", "over"), [(1, 1, False), (1, 2, True), (30, 30, False)])
def test_arrived(db: Database, days: int, age: int, *, over: bool) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s), day=DAY - timedelta(days=age))
        desks.set_retention(s, "nord", collected=None, arrived=days)
        found = retention.queue_over(s, desks.get_desk(s, "nord"), DAY)
    assert found == over
    assert queued(db) == ({new.id} if over else set())


@pytest.mark.parametrize(("days", "age", "over"), [(1, 1, False), (1, 2, True), (30, 40, True)])
def test_collected(db: Database, days: int, age: int, *, over: bool) -> None:
    with db.write() as s:
        key_set, reviewer = add_desk(s), a_reviewer(s)
        taken = add_delivery(s, key_set, day=DAY - timedelta(days=90))
        add_delivery(s, key_set, day=DAY - timedelta(days=90))  # new: stays for ever
        deliveries.mark_collected(s, [taken.id], reviewer, DAY - timedelta(days=age))
        desks.set_retention(s, "nord", collected=days, arrived=None)
        found = retention.queue_over(s, desks.get_desk(s, "nord"), DAY)
    assert found == over
    assert queued(db) == ({taken.id} if over else set())


def test_what_is_over_for_both_reasons_is_queued_once(db: Database) -> None:
    with db.write() as s:
        key_set, reviewer = add_desk(s), a_reviewer(s)
        both = add_delivery(s, key_set, day=DAY - timedelta(days=90))
        one = add_delivery(s, key_set, day=DAY - timedelta(days=60))
        deliveries.mark_collected(s, [both.id], reviewer, DAY - timedelta(days=40))
        desks.set_retention(s, "nord", collected=30, arrived=50)
        desk = desks.get_desk(s, "nord")
        assert [retention.queue_over(s, desk, DAY) for _ in range(2)] == [2, 0]
    assert queued(db) == {both.id, one.id}


def test_a_desk_that_says_nothing_keeps_all(db: Database) -> None:
    with db.write() as s:
        add_delivery(s, add_desk(s), day=DAY - timedelta(days=9_000))
        assert retention.queue_over(s, desks.get_desk(s, "nord"), DAY) == 0
        assert list(retention.desks(s)) == []


def test_another_desks_days_are_its_own(db: Database) -> None:
    with db.write() as s:
        add_delivery(s, add_desk(s, "sud"), "sud", DAY - timedelta(days=90))
        add_desk(s)
        desks.set_retention(s, "nord", collected=1, arrived=1)
        assert [desk.slug for desk in retention.desks(s)] == ["nord"]
        assert retention.queue_over(s, desks.get_desk(s, "nord"), DAY) == 0


def test_all_new_of_a_day_and_never_more_than_said(db: Database) -> None:
    with db.write() as s:
        key_set, reviewer = add_desk(s), a_reviewer(s)
        new = {add_delivery(s, key_set).id for _ in range(5)}
        taken, before = add_delivery(s, key_set), add_delivery(s, key_set, day=DAY - timedelta(1))
        deliveries.mark_collected(s, [taken.id], reviewer, DAY)
        assert retention.queue_new_of_day(s, "nord", DAY, at_most=3) == 3
    assert len(queued(db)) == 3
    with db.write() as s:
        assert retention.queue_new_of_day(s, "nord", DAY, at_most=100) == 2
    assert queued(db) == new
    assert not {taken.id, before.id} & queued(db)
