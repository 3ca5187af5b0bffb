import datetime as dt
from pathlib import Path

from crypto.key_listing import calendar_subkeys, day_of, list_key, parted
from tests.crypto.conftest import NewHome

DAY = dt.date(2026, 11, 30)


def test_a_calendars_subkeys_are_known_on_every_day(new_home: NewHome, tmp_path: Path) -> None:
    home = new_home()
    primary, *subkeys = home.make_calendar("Desk", DAY, 3)
    for days in (0, 10, 100):
        day = DAY + dt.timedelta(days)
        records = list_key(home.public().encode(), day, tmp_path)
        assert [fingerprint for _, fingerprint in parted(records)] == [primary, *subkeys]
        assert list(calendar_subkeys(records)) == subkeys


def test_what_is_no_key_has_no_subkeys() -> None:
    assert calendar_subkeys([]) == calendar_subkeys() == {}


def test_days_are_those_of_utc() -> None:
    midnight = int(dt.datetime(2026, 11, 30, tzinfo=dt.UTC).timestamp())
    assert [day_of(midnight - 1), day_of(midnight)] == [dt.date(2026, 11, 29), DAY]
