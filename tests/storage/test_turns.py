"""One thread at a time, for a bounded while, and afresh in a child."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.errors import DatabaseBusy
from storage.turns import Turns


def test_one_at_a_time_and_all_in_the_end() -> None:
    turns, inside, most = Turns(10), 0, 0

    def take(_: int) -> None:
        nonlocal inside, most
        with turns.taken():
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.001)
            inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(take, range(64)))
    assert (inside, most) == (0, 1)


def test_waiting_is_bounded() -> None:
    turns = Turns(0.05)
    with turns.taken(), pytest.raises(DatabaseBusy), turns.taken():
        pass
    with turns.taken():
        pass


def test_an_exception_gives_the_turn_back() -> None:
    turns = Turns(0.05)
    with pytest.raises(KeyError), turns.taken():
        raise KeyError
    with turns.taken():
        pass


def test_a_child_finds_it_free() -> None:
    turns = Turns(1)

    def child() -> None:
        with turns.taken():
            pass

    with turns.taken():
        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        process.join(30)
    assert process.exitcode == 0
