from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from admin.desks import add_desk_key
from source_app.admission import FORM_OVERHEAD_BYTES, Admission
from source_app.refusals import (
    DayFull,
    DeskFull,
    DeskMissing,
    DeskPaused,
    DiskNearlyFull,
    HatchClosed,
    TooManyDeliveries,
)
from storage import desks, intake
from storage.disk import free
from storage.models import DeskState
from tests.crypto.gnupg_home import GnupgHome
from tests.source_app.conftest import Furnish
from tests.source_app.house import DESK, KEY_DAY, CalendarKeys, House
from tests.storage.rows import add_delivery
from web.errors import BodyTooLarge


def set_state(house: House, slug: str, state: DeskState) -> None:
    with house.services.db.write() as transaction:
        desks.set_state(transaction, slug, state)


def test_the_only_desk_need_not_be_named(house: House) -> None:
    found = Admission(house.services).desk(None)
    assert found.slug == DESK
    assert Admission(house.services).desk(DESK) == found
    assert len(found.keys) == 1
    assert "BEGIN PGP PUBLIC KEY" in found.keys[0]


def test_the_key_set_is_that_of_the_keys(house: House) -> None:
    found = Admission(house.services).desk(None)
    with house.services.db.read() as transaction:
        members = desks.key_set_members(transaction, found.key_set)
    assert list(members) == [house.desk.fingerprint]


@pytest.mark.parametrize("slug", ["nord", "VILLE", "ville ", "../ville", "\x00", "é" * 60])
def test_a_desk_that_is_not_there_is_missing(house: House, slug: str) -> None:
    with pytest.raises(DeskMissing):
        Admission(house.services).desk(slug)


def test_of_two_desks_one_must_be_named(house: House) -> None:
    house.add_desk("nord")
    with pytest.raises(DeskMissing):
        Admission(house.services).desk(None)
    assert Admission(house.services).desk("nord").slug == "nord"


def test_a_closed_desk_is_not_there_and_does_not_count(house: House) -> None:
    house.add_desk("nord")
    set_state(house, "nord", DeskState.CLOSED)
    with pytest.raises(DeskMissing):
        Admission(house.services).desk("nord")
    assert Admission(house.services).desk(None).slug == DESK


def test_a_paused_desk_says_so_and_resumes(house: House) -> None:
    set_state(house, DESK, DeskState.PAUSED)
    with pytest.raises(DeskPaused):
        Admission(house.services).desk(None)
    set_state(house, DESK, DeskState.OPEN)
    assert Admission(house.services).desk(None).slug == DESK


def test_a_desk_takes_its_quota_a_day_and_no_more(house: House) -> None:
    house.add_desk("nord")
    with house.services.db.write() as transaction:
        desks.set_quota(transaction, DESK, 2)
    admission = Admission(house.services)
    for _ in range(2):
        key_set = admission.desk(DESK).key_set
        with house.services.db.write() as transaction:
            add_delivery(transaction, key_set, DESK, house.services.today)
    with pytest.raises(DeskFull):
        admission.desk(DESK)
    assert admission.desk("nord").slug == "nord"
    with house.services.db.write() as transaction:
        desks.set_quota(transaction, DESK, None)
    assert admission.desk(DESK).slug == DESK


def test_the_quota_counts_the_present_day_only(house: House) -> None:
    key_set = Admission(house.services).desk(DESK).key_set
    with house.services.db.write() as transaction:
        desks.set_quota(transaction, DESK, 1)
        add_delivery(transaction, key_set, DESK, house.services.today - timedelta(days=1))
    assert Admission(house.services).desk(DESK).slug == DESK


def test_without_a_key_the_hatch_is_closed(house: House) -> None:
    house.add_desk("nord", key=False)
    with pytest.raises(HatchClosed):
        Admission(house.services).desk("nord")
    with house.services.db.write() as transaction:
        desks.retire_key(transaction, DESK, house.desk.fingerprint)
    with pytest.raises(HatchClosed):
        Admission(house.services).desk(DESK)


def test_a_key_is_used_until_the_day_before_it_expires(house: House, tmp_path: Path) -> None:
    home = GnupgHome()
    try:
        fingerprint = home.make_key("Short", "cv25519", clock=KEY_DAY, expires="2026-12-01")
        (tmp_path / "short.asc").write_text(home.public(fingerprint))
    finally:
        home.close()
    house.add_desk("nord", key=False)
    add_desk_key(house.services, "nord", tmp_path / "short.asc")
    assert Admission(house.services).desk("nord").slug == "nord"
    house.clock.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert Admission(house.services).desk("nord").slug == "nord"
    house.clock.forward(minutes=1)
    with pytest.raises(HatchClosed):
        Admission(house.services).desk("nord")


def test_below_the_upper_mark_files_are_refused_and_letters_pass(furnish: Furnish) -> None:
    house = furnish(files_floor_bytes=1 << 60, letters_floor_bytes=1)
    admission = Admission(house.services)
    admission.check_disk(for_files=False)
    with pytest.raises(DiskNearlyFull):
        admission.check_disk(for_files=True)


def test_below_the_lower_mark_nothing_passes(furnish: Furnish) -> None:
    house = furnish(files_floor_bytes=1 << 60, letters_floor_bytes=1 << 60)
    with pytest.raises(DiskNearlyFull):
        Admission(house.services).check_disk(for_files=False)


def test_what_is_still_to_come_counts_as_taken(furnish: Furnish) -> None:
    house = furnish(files_floor_bytes=1, uploads_max_bytes_in_flight=1 << 60)
    admission = Admission(house.services)
    admission.check_disk(for_files=True)
    room = free(house.services.instance.places.home)
    coming = house.services.uploads.acquire(weight=room + (1 << 30))
    assert coming is not None
    with coming:
        admission.check_disk(for_files=False)
        with pytest.raises(DiskNearlyFull):
            admission.check_disk(for_files=True)
    admission.check_disk(for_files=True)


def test_a_delivery_past_the_limit_is_told_before_it_is_read(furnish: Furnish) -> None:
    house = furnish(delivery_max_bytes=1000)
    admission = Admission(house.services)
    with admission.place(1000 + FORM_OVERHEAD_BYTES):
        assert house.services.uploads.held() == [1000 + FORM_OVERHEAD_BYTES]
    with pytest.raises(BodyTooLarge), admission.place(1001 + FORM_OVERHEAD_BYTES):
        pass
    assert house.services.uploads.held() == []


def test_when_all_places_are_held_the_next_is_told_at_once(furnish: Furnish) -> None:
    house = furnish(uploads_at_once=2)
    admission = Admission(house.services)
    with admission.place(1), admission.place(1):
        with pytest.raises(TooManyDeliveries), admission.place(1):
            pass
        assert house.services.uploads.held() == [1, 1]
    with admission.place(1):
        pass


def test_the_bytes_in_flight_are_bounded_together(furnish: Furnish) -> None:
    admission = Admission(furnish(uploads_max_bytes_in_flight=1000).services)
    with admission.place(600):
        with pytest.raises(TooManyDeliveries), admission.place(401):
            pass
        with admission.place(400):
            pass


def test_a_days_quota_holds_for_that_day(furnish: Furnish) -> None:
    house = furnish(day_max_bytes=1000)
    admission = Admission(house.services)
    with house.services.db.write() as transaction:
        intake.add_bytes(transaction, house.services.today, 400)
    with admission.place(600):
        pass
    with pytest.raises(DayFull), admission.place(601):
        pass
    assert house.services.uploads.held() == []
    house.clock.forward(days=1)
    with admission.place(1000):
        pass


def test_a_place_is_given_back_whatever_happens(house: House) -> None:
    with pytest.raises(ZeroDivisionError), Admission(house.services).place(1):
        raise ZeroDivisionError
    assert house.services.uploads.held() == []


def test_a_calendar_that_is_over_closes_the_hatch_and_its_extension_opens_it(
    weekly: House, tmp_path: Path, calendar: CalendarKeys
) -> None:
    admission = Admission(weekly.services)
    weekly.clock.forward(days=14)
    before = admission.desk(None)
    weekly.clock.forward(days=1)
    with pytest.raises(HatchClosed):
        admission.desk(None)
    home = GnupgHome()
    try:
        home.gpg("--import", given=calendar.home.gpg("--export-secret-keys"))
        subkey = home.add_window(calendar.fingerprint, weekly.services.today, 7)
        (tmp_path / "longer.asc").write_text(home.public())
    finally:
        home.close()
    add_desk_key(weekly.services, DESK, tmp_path / "longer.asc")
    after = admission.desk(None)
    assert after.keys != before.keys
    with weekly.services.db.read() as transaction:
        assert list(desks.key_set_members(transaction, after.key_set)) == [subkey]


def test_a_hole_in_a_calendar_closes_the_hatch_for_its_days(
    weekly: House, tmp_path: Path, calendar: CalendarKeys
) -> None:
    admission = Admission(weekly.services)
    home = GnupgHome()
    try:
        home.gpg("--import", given=calendar.home.gpg("--export-secret-keys"))
        home.add_window(calendar.fingerprint, weekly.services.today + timedelta(days=20), 7)
        (tmp_path / "later.asc").write_text(home.public())
    finally:
        home.close()
    add_desk_key(weekly.services, DESK, tmp_path / "later.asc")
    add_desk_key(weekly.services, DESK, calendar.file)  # an older copy takes nothing away
    closed = []
    for day in range(28):
        try:
            admission.desk(None)
        except HatchClosed:
            closed.append(day)
        weekly.clock.forward(days=1)
    assert closed == [15, 16, 17, 18, 19, 27]


def test_an_upload_keeps_its_desk_on_the_morrow_whatever_its_state(weekly: House) -> None:
    admission = Admission(weekly.services)
    before = admission.desk(None)
    assert admission.on_its_day(before) is before
    set_state(weekly, DESK, DeskState.PAUSED)
    weekly.clock.forward(days=1)
    after = admission.on_its_day(before)
    assert (after.slug, after.day) == (DESK, weekly.services.today)
    assert after.keys != before.keys
