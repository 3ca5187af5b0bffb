"""The windows of calendars, as the keyring has them."""

from datetime import timedelta

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.weekly import FIRST, after, opened
from viewing_station.key_calendar import carry_on
from viewing_station.key_destroy import overwrite_secret
from viewing_station.key_windows import all_windows, calendars, windows_of


def test_a_window_without_its_secret_part_is_not_here(reviewer: Reviewer) -> None:
    with opened(reviewer.home) as station:
        assert calendars(station) == []
        made = carry_on(station, FIRST, after(14), 7)
        overwrite_secret(station.home.gnupg, made.windows[0].grip)
        found = windows_of(station.home.gnupg, made.key)
        assert [window.here for window in found] == [False, True]
        assert [(window.begins, window.ends) for window in found] == [
            (FIRST, FIRST + timedelta(days=7)),
            (FIRST + timedelta(days=7), FIRST + timedelta(days=14)),
        ]
        assert all_windows(station) == found
