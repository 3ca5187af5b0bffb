"""Slots of a host: counted over threads and processes, freed by death, given in order."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.slots import HostSlots, Slot

_fork = multiprocessing.get_context("fork")


@pytest.fixture
def two(tmp_path: Path) -> HostSlots:
    return HostSlots(tmp_path / "run", "roots", 2)


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _hold(slots: HostSlots, held: ExitStack, weight: int = 0) -> Slot:
    slot = slots.acquire(weight=weight)
    assert slot is not None
    return held.enter_context(slot)


def test_there_are_so_many_and_no_more(two: HostSlots, held: ExitStack) -> None:
    first = _hold(two, held)
    _hold(two, held)
    assert two.acquire() is None
    assert len(two.held()) == 2
    first.release()
    first.release()
    assert len(two.held()) == 1
    _hold(two, held)


def test_names_are_apart(two: HostSlots, tmp_path: Path, held: ExitStack) -> None:
    _hold(two, held)
    _hold(two, held)
    _hold(HostSlots(tmp_path / "run", "uploads", 1), held)


def test_waiting_is_bounded_in_time(two: HostSlots, held: ExitStack) -> None:
    _hold(two, held)
    _hold(two, held)
    begun = time.monotonic()
    assert two.acquire(0.2) is None
    assert 0.2 <= time.monotonic() - begun < 2
    assert two.waiting() == 0


def test_a_freed_slot_goes_to_who_waits(two: HostSlots, held: ExitStack) -> None:
    first = _hold(two, held)
    _hold(two, held)
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(two.acquire, 10)
        _until(lambda: two.waiting() == 1)
        first.release()
        got = waiter.result()
    assert got is not None
    held.enter_context(got)
    assert two.waiting() == 0


def _until(reached: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.002)


def test_who_waits_is_served_in_order(tmp_path: Path, held: ExitStack) -> None:
    slots = HostSlots(tmp_path, "one", 1, places=8)
    first = _hold(slots, held)
    served: list[int] = []

    def wait(number: int) -> None:
        slot = slots.acquire(20)
        assert slot is not None
        served.append(number)
        slot.release()

    with ThreadPoolExecutor(6) as pool:
        waiters = []
        for number in range(6):
            waiters.append(pool.submit(wait, number))
            _until(lambda: slots.waiting() == number + 1)  # noqa: B023 - called at once
            time.sleep(0.05)  # down the staircase, behind those before
        first.release()
        for waiter in waiters:
            waiter.result()
    assert served == list(range(6))


def test_a_full_staircase_is_told_at_once(tmp_path: Path, held: ExitStack) -> None:
    slots = HostSlots(tmp_path, "one", 1, places=2)
    first = _hold(slots, held)

    def wait() -> bool:
        slot = slots.acquire(20)
        if slot is not None:
            slot.release()
        return slot is not None

    with ThreadPoolExecutor(2) as pool:
        waiters = [pool.submit(wait) for _ in range(2)]
        _until(lambda: slots.waiting() == 2)
        begun = time.monotonic()
        assert slots.acquire(20) is None
        assert time.monotonic() - begun < 5
        first.release()
        assert [waiter.result() for waiter in waiters] == [True, True]


def test_weights_are_summed_and_capped(tmp_path: Path, held: ExitStack) -> None:
    slots = HostSlots(tmp_path, "uploads", 10, capacity=5 << 30)
    two_gib = _hold(slots, held, 2 << 30)
    _hold(slots, held, 3 << 30)
    _hold(slots, held, 0)
    assert sorted(slots.held()) == [0, 2 << 30, 3 << 30]
    assert slots.total_weight() == 5 << 30
    assert slots.acquire(weight=1) is None
    two_gib.release()
    _hold(slots, held, 1)
    assert slots.total_weight() == (3 << 30) + 1


@pytest.mark.parametrize("weight", [-1, 1 << 44])
def test_an_impossible_weight_is_refused(two: HostSlots, weight: int) -> None:
    with pytest.raises(ValueError, match="weight"):
        two.acquire(weight=weight)
    assert two.held() == []


def test_nothing_is_ever_written(tmp_path: Path, held: ExitStack) -> None:
    slots = HostSlots(tmp_path / "run", "uploads", 3, capacity=1000)
    (file,) = (tmp_path / "run").iterdir()
    before = file.stat()
    _hold(slots, held, 123).release()
    _hold(slots, held, 456)
    slots.total_weight()
    after = file.stat()
    assert (after.st_size, after.st_mode & 0o777) == (0, 0o600)
    assert (after.st_mtime_ns, after.st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)


def test_a_killed_process_gives_its_slots_back(two: HostSlots) -> None:
    reading, writing = os.pipe()

    def hold() -> None:
        with ExitStack() as stack:
            _hold(two, stack, 77)
            _hold(two, stack)
            os.write(writing, b"x")
            signal.pause()

    child = _fork.Process(target=hold)
    child.start()
    assert os.read(reading, 1) == b"x"
    assert sorted(two.held()) == [0, 77]
    assert two.acquire() is None
    child.kill()
    child.join()
    os.close(reading)
    os.close(writing)
    assert two.held() == []


def test_a_killed_waiter_leaves_its_place(tmp_path: Path, held: ExitStack) -> None:
    slots = HostSlots(tmp_path, "one", 1, places=1)
    _hold(slots, held)
    child = _fork.Process(target=slots.acquire, args=(60,))
    child.start()
    _until(lambda: slots.waiting() == 1)
    child.kill()
    child.join()
    assert slots.waiting() == 0


def test_a_slot_released_beside_a_forked_child_is_free(two: HostSlots, held: ExitStack) -> None:
    slot = _hold(two, held)
    child = _fork.Process(target=signal.pause)
    child.start()
    try:
        slot.release()
        assert two.held() == []
    finally:
        child.kill()
        child.join()


def test_never_more_than_allowed_over_processes_and_threads(tmp_path: Path) -> None:
    """Three processes of eight threads; each marks its stay, and nobody ever counts too many."""
    slots = HostSlots(tmp_path / "run", "roots", 2, places=32)
    inside = tmp_path / "inside"
    inside.mkdir()

    def work(number: int) -> None:
        slot = slots.acquire(60)
        assert slot is not None
        with slot:
            mark = inside / f"{os.getpid()}-{number}"
            mark.touch()
            assert len(list(inside.iterdir())) <= 2
            time.sleep(0.003)
            mark.unlink()

    def process() -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(40)))

    children = [_fork.Process(target=process) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert slots.held() == []
