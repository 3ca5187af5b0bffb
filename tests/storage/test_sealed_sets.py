"""What needs new heads, and what still needs an old subkey of a calendar."""

from datetime import date, timedelta

import pytest

from storage import deletions, desks, quick_copies, rewraps, sealed_sets
from storage.engine import Database
from storage.key_windows import NewWindow, put_windows
from storage.models import Envelope, EnvelopeKind, RowKind
from storage.rewraps import HeadSwap
from storage.sealed_sets import NAMES_LIMIT, current_sets, held
from tests.storage.rows import DAY, add_delivery, add_desk

KEY, OTHER = "A" * 40, "F" * 40


def after(days: int) -> date:
    return DAY + timedelta(days)


@pytest.fixture
def weekly(db: Database) -> Database:
    """A desk whose key has ten windows of a week, named by their digits."""
    windows = [
        NewWindow(str(n) * 40, after(7 * n), after(7 * n + 7), f"only {n}") for n in range(10)
    ]
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
        desks.add_key(s, "nord", KEY, "whole", after(70))
        put_windows(s, "nord", KEY, windows, DAY)
    return db


def deliver(db: Database, days: int, *, files: bool = False) -> str:
    with db.write() as s:
        key_set = desks.current_key_set(s, "nord", after(days)).id
        return add_delivery(s, key_set, day=after(days), files=files).id


def outstanding(db: Database, days: int, grace: int = 30) -> list[str]:
    with db.read() as s:
        current = current_sets(s, "nord", after(days), timedelta(grace))
        return sorted({row.delivery for row in rewraps.outstanding(s, "nord", current, 100)})


def found(db: Database, days: int) -> dict[str, set[str]]:
    with db.read() as s:
        return {each.subkey[0]: each.names for each in held(s, "nord", after(days)) or []}


def test_that_a_window_is_over_is_no_reason_to_rewrap_until_its_grace_is(
    weekly: Database,
) -> None:
    first, second = deliver(weekly, 0), deliver(weekly, 7)
    assert outstanding(weekly, 36) == []
    assert outstanding(weekly, 37) == [first]
    assert outstanding(weekly, 44) == sorted([first, second])
    assert outstanding(weekly, 10, grace=3) == [first]


def test_another_key_in_use_makes_all_outstanding(weekly: Database) -> None:
    delivery = deliver(weekly, 0)
    with weekly.write() as s:
        desks.add_key(s, "nord", OTHER, "other", None)
    assert outstanding(weekly, 0) == [delivery]
    with weekly.write() as s:
        desks.retire_key(s, "nord", OTHER)
    assert outstanding(weekly, 0) == []
    with weekly.write() as s:
        desks.retire_key(s, "nord", KEY)
    assert outstanding(weekly, 0) == [delivery]


def test_a_delivery_rewrapped_to_another_week_is_current(weekly: Database) -> None:
    delivery = deliver(weekly, 0)
    swap(weekly, delivery, "5" * 40)
    assert outstanding(weekly, 40) == []
    assert outstanding(weekly, 69) == []


def swap(db: Database, delivery: str, subkey: str) -> None:
    with db.write() as s:
        row = s.get_one(Envelope, (delivery, EnvelopeKind.LETTER))
        key_set = desks.key_set(s, "nord", [subkey]).id
        new = HeadSwap(
            delivery=delivery,
            kind=EnvelopeKind.LETTER,
            old=row.head_sha256,
            head=bytes(96),
            sha256=bytes(32),
        )
        assert rewraps.swap(s, new, key_set)


def test_what_was_sealed_before_the_key_had_a_calendar_is_outstanding(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        delivery = add_delivery(s, key_set, files=True).id
        windows = [NewWindow(n * 40, after(0), after(7), n) for n in "12"]
        put_windows(s, "nord", "N" * 40, windows, DAY)
    assert outstanding(db, 0) == [delivery]
    names = {f"{delivery}.letter", f"{delivery}.files"}
    assert found(db, 7) == {"1": names, "2": names}


def test_held_is_what_is_stored_under_windows_that_are_over(weekly: Database) -> None:
    first, second = deliver(weekly, 0), deliver(weekly, 7, files=True)
    assert found(weekly, 6) == {}
    assert found(weekly, 7) == {"0": {f"{first}.letter"}}
    assert found(weekly, 14) == {
        "0": {f"{first}.letter"},
        "1": {f"{second}.letter", f"{second}.files"},
    }


def test_what_is_deleted_or_about_to_be_is_held_no_more(weekly: Database) -> None:
    first, second = deliver(weekly, 0), deliver(weekly, 0)
    with weekly.write() as s:
        deletions.delete_deliveries(s, [first])
        deletions.queue(s, RowKind.DELIVERY, [second])
    assert found(weekly, 20) == {}


def test_an_old_head_is_held_until_it_is_destroyed(weekly: Database) -> None:
    delivery = deliver(weekly, 0)
    swap(weekly, delivery, "2" * 40)
    assert found(weekly, 14) == {"0": {f"{delivery}.letter"}}
    with weekly.write() as s:
        rewraps.finish(s, "nord")
    assert found(weekly, 14) == {}
    assert found(weekly, 21) == {"2": {f"{delivery}.letter"}}


def test_copies_of_quick_replies_are_held_by_their_day(weekly: Database) -> None:
    with weekly.write() as s:
        for days in (3, 7):
            new = quick_copies.NewQuickCopy(
                id=f"{days:032x}",
                desk="nord",
                delivery="d",
                day=after(days),
                sealed=b"s",
                sha256=bytes(32),
            )
            quick_copies.insert_copy(s, new)
    assert found(weekly, 21) == {"0": {f"{3:032x}.quick"}, "1": {f"{7:032x}.quick"}}


def test_many_are_counted_and_some_are_named(weekly: Database) -> None:
    for _ in range(NAMES_LIMIT + 3):
        deliver(weekly, 0)
    with weekly.read() as s:
        (only,) = held(s, "nord", after(7)) or []
    assert (only.number, len(only.names)) == (NAMES_LIMIT + 3, NAMES_LIMIT)


def test_a_desk_without_a_calendar_says_nothing(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        assert held(s, "nord", DAY) is None
        assert sealed_sets.current_sets(s, "nord", DAY) == [key_set]


def test_another_desks_deliveries_are_not_told(weekly: Database) -> None:
    with weekly.write() as s:
        sud = add_desk(s, "sud")
        add_delivery(s, sud, "sud")
    assert found(weekly, 30) == {}
