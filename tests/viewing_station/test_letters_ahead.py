"""Letters are opened ahead, told of in turn, and never more than a few at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from formats.bundle import EnvelopeEntry, EnvelopeKind
from formats.handles import new_handle
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.letter_open import OpenedLetter
from viewing_station.letters_ahead import AHEAD, in_turn, letters_ahead
from viewing_station.trouble import TroubleError

SHA = "ab" * 32


def entry() -> EnvelopeEntry:
    return EnvelopeEntry(new_handle(), EnvelopeKind.LETTER, 96, SHA, 16_000, SHA)


def letter_of(each: EnvelopeEntry) -> OpenedLetter:
    return OpenedLetter(None, each.delivery)  # type: ignore[arg-type]  # told apart by its message


def test_each_comes_when_it_is_asked_for_and_few_are_begun() -> None:
    begun: list[EnvelopeEntry] = []

    def opening(each: EnvelopeEntry) -> OpenedLetter:
        begun.append(each)
        return letter_of(each)

    entries = [entry() for _ in range(5 * AHEAD)]
    with letters_ahead(opening, entries) as letters:
        for number, each in enumerate(entries):
            assert letters.take(each).message == each.delivery
            assert len(begun) <= number + AHEAD
    assert sorted(each.name for each in begun) == sorted(each.name for each in entries)


def test_one_that_was_not_foreseen_is_opened_all_the_same() -> None:
    other = entry()
    with letters_ahead(letter_of, [entry()]) as letters:
        assert letters.take(other).message == other.delivery


def test_what_is_wrong_is_told_in_its_turn() -> None:
    entries = [entry() for _ in range(3)]

    def opening(each: EnvelopeEntry) -> OpenedLetter:
        if each is entries[1]:
            raise TroubleError(what="no")
        return letter_of(each)

    with letters_ahead(opening, entries) as letters:
        assert letters.take(entries[0])
        with pytest.raises(TroubleError):
            letters.take(entries[1])
        assert letters.take(entries[2])


def test_nothing_more_begins_once_it_is_left() -> None:
    begun: list[EnvelopeEntry] = []

    def opening(each: EnvelopeEntry) -> OpenedLetter:
        time.sleep(0.05)
        begun.append(each)
        return letter_of(each)

    entries = [entry() for _ in range(100)]
    with letters_ahead(opening, entries) as letters:
        letters.take(entries[0])
    there = len(begun)
    assert there <= 1 + AHEAD
    time.sleep(0.1)
    assert len(begun) == there


def test_progress_is_told_by_one_thread_at_a_time() -> None:
    total = 0
    inside = threading.Semaphore(1)

    def progress(size: int) -> None:
        nonlocal total
        assert inside.acquire(blocking=False)
        total += size
        time.sleep(0)
        inside.release()

    told = in_turn(progress)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(told, [1] * 2000))
    assert total == 2000


def test_many_letters_keep_their_own_words(reviewer: Reviewer, server: SmallServer) -> None:
    """Opened side by side from one file, none gets another's bytes."""
    letters = {f"lettre {number} " * (1 + 40 * number): Source() for number in range(25)}
    envelopes = [server.receive(source, text)[0] for text, source in letters.items()]
    outcomes = reviewer.open_json(server.bundle(envelopes))
    assert [outcome["state"] for outcome in outcomes] == ["new"] * 25
    texts = {
        entry["text"]
        for thread in reviewer.json("threads")
        for entry in reviewer.json("show", thread["id"])["entries"]
    }
    assert texts == set(letters)
