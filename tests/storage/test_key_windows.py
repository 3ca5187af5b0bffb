"""Which subkey of a calendar is sealed to on which day, and what a newer copy changes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import desks, key_windows
from storage.engine import Database
from storage.key_windows import NewWindow, covered_until, put_windows, window_of
from storage.models import KeyWindow
from tests.storage.rows import DAY

KEY = "A" * 40


def after(days: int) -> date:
    return DAY + timedelta(days)


def window(mark: str, begins: int, ends: int | None) -> NewWindow:
    return NewWindow(
        mark * 40, after(begins), None if ends is None else after(ends), f"only {mark}"
    )


def row(new: NewWindow) -> KeyWindow:
    return KeyWindow(
        desk="nord",
        fingerprint=KEY,
        subkey=new.subkey,
        begins=new.begins,
        ends=new.ends,
        armored=new.armored,
    )


@pytest.fixture
def nord(db: Database) -> Database:
    """A desk whose key has three windows of a week."""
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
    put(db, window("B", 0, 7), window("C", 7, 14), window("D", 14, 21))
    return db


def put(db: Database, *windows: NewWindow, days: int = 0) -> None:
    with db.write() as s:
        desks.add_key(s, "nord", KEY, "whole", max(w.ends or date.max for w in windows))
        put_windows(s, "nord", KEY, windows, after(days))


def active(db: Database, days: int) -> list[tuple[str, str, date | None]]:
    with db.read() as s:
        found = desks.active_keys(s, "nord", after(days))
        assert {key.fingerprint for key in found} <= {KEY}
        return [(key.sealed_to[0], key.armored, key.expires) for key in found]


def test_each_day_has_the_subkey_of_its_window(nord: Database) -> None:
    end = after(21)
    assert active(nord, -1) == []
    for days in range(21):
        mark = "BCD"[days // 7]
        assert active(nord, days) == [(mark, f"only {mark}", end)]
    assert active(nord, 21) == []


def test_the_set_of_keys_is_that_of_the_subkeys(nord: Database) -> None:
    with nord.write() as s:
        first = desks.current_key_set(s, "nord", DAY).id
        assert desks.current_key_set(s, "nord", after(6)).id == first
        second = desks.current_key_set(s, "nord", after(7)).id
        assert desks.key_set_members(s, first) == ["B" * 40]
        assert desks.key_set_members(s, second) == ["C" * 40]


def test_its_end_is_the_first_day_that_it_leaves_out(nord: Database) -> None:
    put(nord, window("B", 0, 7), window("C", 7, 14), window("D", 14, 21), window("E", 30, 37))
    assert [each[2] for days in (0, 20, 30) for each in active(nord, days)] == [
        after(21),
        after(21),
        after(37),
    ]
    assert active(nord, 21) == active(nord, 29) == []


def test_a_newer_copy_adds_and_an_end_may_change(nord: Database) -> None:
    put(nord, window("B", 0, 7), window("C", 7, 10), window("D", 14, 21), window("E", 10, 14))
    assert [active(nord, days)[0][0] for days in (9, 10, 13, 14)] == ["C", "E", "E", "D"]


def test_what_a_newer_copy_has_no_more_is_sealed_to_no_more(nord: Database) -> None:
    put(nord, window("D", 14, 21), window("E", 21, 28), days=7)
    assert active(nord, 8) == []
    assert active(nord, 14)[0][0] == "D"
    with nord.read() as s:
        kept = {each.subkey[0]: each.ends for each in key_windows.of_key(s, "nord", KEY)}
    assert kept == {"B": after(7), "C": after(7), "D": after(21), "E": after(28)}


def test_a_coming_window_that_was_revoked_goes(nord: Database) -> None:
    put(nord, window("B", 0, 7), window("D", 14, 21))
    with nord.read() as s:
        assert [each.subkey[0] for each in key_windows.of_key(s, "nord", KEY)] == ["B", "D"]


def test_a_copy_that_shows_no_calendar_changes_none(nord: Database) -> None:
    with nord.write() as s:
        put_windows(s, "nord", KEY, [], DAY)
    assert active(nord, 8)[0][0] == "C"


def test_a_window_that_was_cut_stays_so_when_it_is_over(nord: Database) -> None:
    over = NewWindow("B" * 40, after(0), after(7), "")
    put(nord, over, window("C", 7, 14), days=8)
    assert active(nord, 3)[0][:2] == ("B", "only B")


def test_a_retired_key_has_no_window(nord: Database) -> None:
    with nord.write() as s:
        desks.retire_key(s, "nord", KEY)
    assert active(nord, 0) == []


def test_two_desks_may_have_the_same_key(nord: Database) -> None:
    with nord.write() as s:
        desks.add_desk(s, "sud", "Sud")
        desks.add_key(s, "sud", KEY, "whole", None)
        assert [key.sealed_to for key in desks.active_keys(s, "sud", DAY)] == [KEY]
        assert list(key_windows.of_desk(s, "nord")) == [KEY]


spans = st.tuples(st.integers(0, 30), st.none() | st.integers(1, 30))
calendars = st.lists(spans, max_size=8).map(
    lambda made: [
        row(window(mark, begins, None if length is None else begins + length))
        for mark, (begins, length) in zip("BCDEF0123", made, strict=False)
    ]
)


@given(calendars, st.integers(-2, 62), st.randoms())
def test_the_choice_is_in_its_window_and_the_same_in_any_order(
    rows: list[KeyWindow], days: int, dice: object
) -> None:
    day, shuffled = after(days), list(rows)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's is a random.Random
    chosen = window_of(rows, day)
    assert window_of(shuffled, day) is chosen
    fit = [r for r in rows if r.begins <= day and (r.ends is None or day < r.ends)]
    assert (chosen is None) == (not fit)
    if chosen is not None:
        assert chosen in fit
        assert all((r.begins, r.subkey) <= (chosen.begins, chosen.subkey) for r in fit)


@given(calendars, st.integers(-2, 62))
def test_until_its_end_every_day_is_covered_and_that_one_is_not(
    rows: list[KeyWindow], days: int
) -> None:
    end = covered_until(rows, after(days))
    if end is None:
        assert any(r.ends is None for r in rows)
        return
    assert window_of(rows, end) is None
    span = (end - after(days)).days
    assert all(window_of(rows, after(days + each)) for each in range(span))
