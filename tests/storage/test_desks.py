"""Desks, which keys are sealed to today, and which station speaks for a desk."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from storage import desks
from storage.engine import Database
from storage.errors import AlreadyThere, DeskUnknown, DeskWithoutKey
from storage.models import DeskState
from tests.storage.rows import DAY, NEXT_DAY, add_desk

OLD, NEW = "A" * 40, "B" * 40


def test_a_desk_is_added_once_and_listed_by_slug(db: Database) -> None:
    with db.write() as s:
        desks.add_desk(s, "sud", "Sud")
        desks.add_desk(s, "nord", "Nord")
    with db.write() as s, pytest.raises(AlreadyThere):
        desks.add_desk(s, "sud", "Other")
    with db.read() as s:
        found = [(desk.slug, desk.name, desk.state) for desk in desks.list_desks(s)]
    assert found == [("nord", "Nord", DeskState.OPEN), ("sud", "Sud", DeskState.OPEN)]


def test_a_desk_is_paused(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        desks.set_state(s, "nord", DeskState.PAUSED)
    with db.read() as s:
        assert desks.get_desk(s, "nord").state is DeskState.PAUSED


def test_an_unknown_desk_is_told(db: Database) -> None:
    with db.read() as s:
        for ask in (desks.get_desk, desks.keys):
            with pytest.raises(DeskUnknown):
                ask(s, "none")
        with pytest.raises(DeskUnknown):
            desks.active_keys(s, "none", DAY)
    with db.write() as s:
        with pytest.raises(DeskUnknown):
            desks.set_state(s, "none", DeskState.CLOSED)
        with pytest.raises(DeskUnknown):
            desks.add_key(s, "none", OLD, "armored", None)
        with pytest.raises(DeskUnknown):
            desks.set_station(s, "none", bytes(32))


def test_a_key_is_active_until_the_day_it_expires(db: Database) -> None:
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
        desks.add_key(s, "nord", OLD, "old", NEXT_DAY)
        desks.add_key(s, "nord", NEW, "new", None)
    with db.read() as s:
        assert _active(s, 0) == [OLD, NEW]
        assert _active(s, 1) == [NEW]


def _active(s: Session, days: int) -> list[str]:
    return [key.fingerprint for key in desks.active_keys(s, "nord", DAY + timedelta(days))]


def test_a_retired_key_is_kept_and_not_sealed_to(db: Database) -> None:
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
        desks.add_key(s, "nord", OLD, "old", None)
        assert desks.retire_key(s, "nord", OLD)
        assert not desks.retire_key(s, "nord", NEW)
    with db.read() as s:
        assert [(key.fingerprint, key.retired) for key in desks.keys(s, "nord")] == [(OLD, True)]
        assert desks.active_keys(s, "nord", DAY) == []
    with db.write() as s, pytest.raises(DeskWithoutKey):
        desks.current_key_set(s, "nord", DAY)


def test_a_newer_copy_of_a_key_takes_its_place_and_is_in_use(db: Database) -> None:
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
        desks.add_key(s, "nord", OLD, "old", DAY)
        assert desks.retire_expired(s, DAY) == 1
        assert desks.retire_expired(s, DAY) == 0
    with db.write() as s:
        desks.add_key(s, "nord", OLD, "extended", None)
    with db.read() as s:
        assert [key.armored for key in desks.active_keys(s, "nord", DAY)] == ["extended"]


def test_a_key_set_is_made_once_for_the_same_keys(db: Database) -> None:
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
        desks.add_key(s, "nord", NEW, "new", None)
        alone = desks.current_key_set(s, "nord", DAY).id
        desks.add_key(s, "nord", OLD, "old", None)
        both = desks.current_key_set(s, "nord", DAY).id
        assert desks.current_key_set(s, "nord", DAY).id == both != alone
        desks.retire_key(s, "nord", OLD)
        assert desks.current_key_set(s, "nord", DAY).id == alone
    with db.read() as s:
        assert desks.key_set_members(s, both) == [OLD, NEW]


def test_two_desks_with_one_key_have_two_sets(db: Database) -> None:
    with db.write() as s:
        for slug in ("nord", "sud"):
            desks.add_desk(s, slug, slug)
            desks.add_key(s, slug, OLD, "old", None)
        sets = {desks.current_key_set(s, slug, DAY).id for slug in ("nord", "sud")}
    assert len(sets) == 2


def test_a_desk_has_one_station(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        assert desks.station_key(s, "nord") is None
        desks.set_station(s, "nord", b"k" * 32)
        with pytest.raises(AlreadyThere):
            desks.set_station(s, "nord", b"l" * 32)
    with db.read() as s:
        assert desks.station_key(s, "nord") == b"k" * 32
    with db.write() as s:
        assert desks.remove_station(s, "nord")
        assert not desks.remove_station(s, "nord")
        desks.set_station(s, "nord", b"l" * 32)


def test_days_and_quota_are_off_until_they_are_set(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        found = desks.get_desk(s, "nord")
        assert (found.keep_collected_days, found.keep_days, found.day_quota) == (None, None, None)
        desks.set_retention(s, "nord", collected=30, arrived=90)
        desks.set_quota(s, "nord", 200)
    with db.read() as s:
        found = desks.get_desk(s, "nord")
    assert (found.keep_collected_days, found.keep_days, found.day_quota) == (30, 90, 200)
    with db.write() as s:
        desks.set_retention(s, "nord", collected=None, arrived=None)
        desks.set_quota(s, "nord", None)
        assert desks.get_desk(s, "nord").keep_days is None
        with pytest.raises(DeskUnknown):
            desks.set_quota(s, "sud", 1)
