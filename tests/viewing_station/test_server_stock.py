"""What the server says that it holds: the latest word counts, and of one day all words."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from formats.held import HeldEntry
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.weekly import opened
from viewing_station.outbox import Reply
from viewing_station.server_stock import Stock, note_stock, stock, unopened
from viewing_station.station import Station

DAY = date(2026, 11, 30)
A, B = "A" * 40, "B" * 40
LETTER, FILES = "k7qm-3vtx-9fwd.letter", "k7qm-3vtx-9fwd.files"
COPY = f"{'c' * 32}.quick"


@pytest.fixture
def station(reviewer: Reviewer) -> Iterator[Station]:
    with opened(reviewer.home) as station:
        yield station


def note(station: Station, days: int, *entries: HeldEntry) -> Stock | None:
    with station.records.change():
        note_stock(station.records, DAY + timedelta(days=days), entries)
    return stock(station.records)


def test_before_any_word_nothing_is_known(station: Station) -> None:
    assert stock(station.records) is None


def test_a_later_word_takes_the_place_of_an_earlier(station: Station) -> None:
    note(station, 0, HeldEntry(A, 1, (LETTER,)))
    assert note(station, 1) == Stock(DAY + timedelta(days=1), {}, frozenset())


def test_an_earlier_word_that_comes_later_changes_nothing(station: Station) -> None:
    said = note(station, 1, HeldEntry(A, 5, (LETTER,)))
    assert said == Stock(DAY + timedelta(days=1), {A: frozenset({LETTER})}, frozenset({A}))
    assert note(station, 0, HeldEntry(B, 1, (FILES,))) == said


def test_of_one_day_all_words_count(station: Station) -> None:
    note(station, 0, HeldEntry(A, 2, (LETTER,)), HeldEntry(B, 1, (FILES,)))
    said = note(station, 0, HeldEntry(A, 1, (FILES,)))
    names = {A: frozenset({LETTER, FILES}), B: frozenset({FILES})}
    assert said == Stock(DAY, names, frozenset({A}))


def test_a_copy_of_a_reply_that_is_here_was_opened(station: Station) -> None:
    assert unopened(station, [COPY, LETTER]) == [COPY, LETTER]
    with station.records.change():
        station.outbox.put_reply(Reply("c" * 32, "d", "t", DAY, "words", online=True), None)
    assert unopened(station, [COPY, LETTER]) == [LETTER]
