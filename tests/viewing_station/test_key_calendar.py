"""A calendar is made whole, carried on from its end, and taken up again after any interruption."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.deskkeys import read_desk_key
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY
from tests.viewing_station.weekly import FIRST, after, opened, public_file
from viewing_station import key_calendar
from viewing_station.desk_keys import known_keys, usable
from viewing_station.errors import ClockBehindError, TooManyWindowsError
from viewing_station.key_calendar import Calendar, carry_on
from viewing_station.key_windows import all_windows, calendars
from viewing_station.server_stock import note_stock
from viewing_station.station import Station


@pytest.fixture
def station(reviewer: Reviewer) -> Iterator[Station]:
    with opened(reviewer.home) as station:
        yield station


def spans(station: Station) -> list[tuple[int, int]]:
    return [((w.begins - FIRST).days, (w.ends - FIRST).days) for w in all_windows(station)]


def secrets(station: Station) -> set[str]:
    return {file.stem for file in (station.home.gnupg / "private-keys-v1.d").glob("*.key")}


def make(station: Station, until: int, every: int | None = None, day: int = 0) -> Calendar:
    return carry_on(station, after(day), after(until), every)


def test_windows_lie_end_to_end_from_today_until_all_is_covered(station: Station) -> None:
    made = make(station, 20)
    assert spans(station) == [(0, 7), (7, 14), (14, 21)]
    assert (made.added, made.ends) == (3, after(21))
    assert all(window.here for window in made.windows)
    key = read_desk_key(public_file(station), FIRST)
    assert key.fingerprint == made.key
    assert [(w.subkey, w.begins, w.ends) for w in key.windows] == [
        (w.subkey, w.begins, w.ends) for w in made.windows
    ]


def test_it_is_carried_on_under_the_same_key(station: Station) -> None:
    first = make(station, 14)
    assert make(station, 14, day=3).added == 0
    longer = make(station, 28, day=5)
    assert (longer.key, longer.added) == (first.key, 2)
    assert longer.windows[:2] == first.windows
    assert spans(station)[-1] == (21, 28)


def test_how_long_a_window_is_holds_until_another_is_said(station: Station) -> None:
    make(station, 6, every=3)
    make(station, 9, day=1)
    make(station, 29, every=10, day=1)
    assert spans(station) == [(0, 3), (3, 6), (6, 9), (9, 19), (19, 29)]
    assert [note.every for note in calendars(station)] == [10]


def test_one_that_was_over_begins_again_today(station: Station) -> None:
    make(station, 7)
    make(station, 25, day=20)
    assert spans(station) == [(0, 7), (20, 27)]


def test_on_each_day_its_subkey_is_what_heads_are_sealed_to(station: Station) -> None:
    made = make(station, 14)
    for day, window in [(0, 0), (6, 0), (7, 1), (13, 1)]:
        key = usable(known_keys(station, after(day)), own=True)[-1]
        assert (key.fingerprint, key.sealed_to) == (made.key, made.windows[window].subkey)
    assert made.key not in {key.fingerprint for key in usable(known_keys(station, after(14)))}


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_first_making_that_is_cut_off_leaves_nothing_that_counts(
    station: Station, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = secrets(station)
    cut_off(monkeypatch, done)
    with pytest.raises(KeyboardInterrupt):
        make(station, 21)
    monkeypatch.undo()
    assert calendars(station) == []
    assert make(station, 21).added == 3
    # The primary key and its three subkeys, and nothing of the first attempt.
    assert len(secrets(station) - before) == 4


def test_carrying_on_that_is_cut_off_is_gone_on_with(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(station, 7)
    cut_off(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        make(station, 35)
    monkeypatch.undo()
    assert make(station, 35).added == 2
    assert spans(station) == [(0, 7), (7, 14), (14, 21), (21, 28), (28, 35)]


def test_a_secret_that_no_key_knows_is_taken_away(station: Station) -> None:
    make(station, 7)
    orphan = station.home.gnupg / "private-keys-v1.d" / f"{'A' * 40}.key"
    orphan.write_bytes(b"(secret)")
    known = secrets(station) - {orphan.stem}
    make(station, 7)
    assert secrets(station) == known


def test_a_clock_that_is_behind_makes_nothing(station: Station) -> None:
    with station.records.change():
        note_stock(station.records, TODAY, [])
    with pytest.raises(ClockBehindError, match="set it first"):
        carry_on(station, TODAY - timedelta(days=2), TODAY, None)
    assert calendars(station) == []
    carry_on(station, TODAY - timedelta(days=1), TODAY, None)  # midnight is not everywhere at once


def test_a_calendar_that_no_server_takes_is_not_made(station: Station) -> None:
    with pytest.raises(TooManyWindowsError):
        carry_on(station, FIRST, FIRST + timedelta(days=801), 1)
    assert calendars(station) == []


def cut_off(monkeypatch: pytest.MonkeyPatch, done: int) -> None:
    """Press Ctrl-C once so many subkeys are made."""
    real = key_calendar.add_subkey
    made: list[date] = []

    def add(gnupg: Path, key: str, passphrase: Any, begins: date, ends: date) -> None:
        if len(made) == done:
            raise KeyboardInterrupt
        made.append(begins)
        real(gnupg, key, passphrase, begins, ends)

    monkeypatch.setattr(key_calendar, "add_subkey", add)
