"""Threads are grouped, named and found."""

from datetime import timedelta
from itertools import pairwise

import pytest

from crypto.wordlists import words
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from viewing_station.deliveries import Delivery
from viewing_station.errors import NoSuchThreadError, SeveralThreadsError
from viewing_station.settings import NamesKey
from viewing_station.threads import Thread, find_thread, friendly_name

KEY = NamesKey(bytes(32))


def thread(id_: str, name: str) -> Thread:
    nothing: tuple[Delivery, ...] = ()
    return Thread(id_, name, nothing)


ABACUS = thread("abcd" + "0" * 28, "abacus-zoom")
ABDOMEN = thread("abce" + "0" * 28, "abdomen-zone")
TWIN = thread("abcf" + "0" * 28, "abacus-zoom")


@pytest.mark.parametrize("wanted", ["abcd", ABACUS.id, ABACUS.id.upper(), "abcd0000", " abcd\n"])
def test_a_thread_is_found_by_how_its_id_begins(wanted: str) -> None:
    assert find_thread([ABACUS, ABDOMEN], wanted) is ABACUS


@pytest.mark.parametrize("wanted", ["abacus-zoom", "Abacus-Zoom", "abacus zoom"])
def test_a_thread_is_found_by_its_name(wanted: str) -> None:
    assert find_thread([ABDOMEN, ABACUS], wanted) is ABACUS


@pytest.mark.parametrize("wanted", ["", "abc", "abacus", "zoom", "bcd0", "-"])
def test_less_is_not_enough(wanted: str) -> None:
    with pytest.raises(NoSuchThreadError):
        find_thread([ABACUS, ABDOMEN], wanted)


def test_a_name_that_two_threads_share_is_not_enough() -> None:
    with pytest.raises(SeveralThreadsError, match="2 threads"):
        find_thread([ABACUS, TWIN], "abacus-zoom")
    assert find_thread([ABACUS, TWIN], "abcf") is TWIN


def test_a_name_is_two_words_and_stays() -> None:
    name = friendly_name(KEY, "00" * 16)
    assert name == friendly_name(KEY, "00" * 16)
    assert set(name.split("-")) <= set(words("en"))
    assert len(name.split("-")) == 2


def test_names_differ_between_threads_and_stations() -> None:
    names = {friendly_name(KEY, f"{number:032x}") for number in range(1000)}
    assert len(names) > 990
    assert friendly_name(KEY, "00" * 16) != friendly_name(NamesKey(bytes([1]) * 32), "00" * 16)


def test_one_codename_is_one_thread(reviewer: Reviewer, server: SmallServer) -> None:
    one, other = Source(), Source()
    envelopes = [
        *server.receive(one, "un", day=TODAY - timedelta(days=9)),
        *server.receive(one, "deux", day=TODAY - timedelta(days=2)),
        *server.receive(other, "autre", day=TODAY - timedelta(days=5)),
    ]
    reviewer.open(server.bundle(envelopes))
    threads = reviewer.json("threads")
    assert [(found["deliveries"], found["unread"]) for found in threads] == [(2, 2), (1, 1)]
    assert threads[0]["last_day"] == (TODAY - timedelta(days=2)).isoformat()
    assert all(len(found["id"]) == 32 for found in threads)


def test_a_list_is_newest_first(reviewer: Reviewer, server: SmallServer) -> None:
    days = [TODAY - timedelta(days=ago) for ago in (4, 1, 3, 2)]
    for day in days:
        reviewer.open(server.bundle(server.receive(Source(), "x", day=day)))
    listed = [found["last_day"] for found in reviewer.json("threads")]
    assert all(later > earlier for later, earlier in pairwise(listed))
