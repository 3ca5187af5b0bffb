"""The board: what one process writes, another reads, whole or not at all."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import progress
from web.progress import LINES, STALE_SECONDS, Progress, ProgressBoard, Stage

SESSION, OTHER = b"s" * 32, b"o" * 32
MIB = 1 << 20


class Ticks:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def board(ticks: Ticks) -> ProgressBoard:
    return ProgressBoard(ticks)


def found(board: ProgressBoard, session: bytes = SESSION) -> Progress:
    progress = board.find(session)
    assert progress is not None
    return progress


def test_a_session_without_a_delivery_has_none(board: ProgressBoard) -> None:
    board.begin(OTHER, MIB)
    assert board.find(SESSION) is None


def test_what_came_is_told_and_how_it_ended(board: ProgressBoard, ticks: Ticks) -> None:
    with board.begin(SESSION, 3 * MIB) as line:
        assert found(board) == Progress(Stage.RECEIVING, 0, 3 * MIB, 100.0, 100.0)
        ticks.seconds += 5
        line.received(MIB)
        assert found(board) == Progress(Stage.RECEIVING, MIB, 3 * MIB, 100.0, 105.0)
        line.received(3 * MIB)
        line.sealed(files=2, size=2 * MIB, characters=7)
    told = found(board)
    assert (told.stage, told.received, told.files, told.characters) == (
        Stage.SEALED,
        2 * MIB,
        2,
        7,
    )


def test_few_bytes_are_not_worth_a_line_but_the_last_ones_are(board: ProgressBoard) -> None:
    line = board.begin(SESSION, 1000)
    line.received(999)
    assert found(board).received == 0
    line.received(1000)
    assert found(board).received == 1000


def test_a_refusal_is_told_by_its_name_and_a_fault_without_one(board: ProgressBoard) -> None:
    with board.begin(SESSION, MIB) as line:
        line.refused("Truncated")
    assert (found(board).stage, found(board).reason) == (Stage.REFUSED, "Truncated")
    with pytest.raises(ZeroDivisionError), board.begin(SESSION, MIB):
        raise ZeroDivisionError
    assert (found(board).stage, found(board).reason) == (Stage.REFUSED, "")


def test_the_latest_delivery_of_a_session_is_the_one_that_is_told(board: ProgressBoard) -> None:
    board.begin(SESSION, MIB)
    board.begin(OTHER, 5)
    board.begin(SESSION, 2 * MIB)
    assert found(board).total == 2 * MIB
    assert found(board, OTHER).total == 5


def test_lines_are_used_again_once_they_are_old(board: ProgressBoard, ticks: Ticks) -> None:
    sessions = [number.to_bytes(32, "little") for number in range(LINES)]
    for session in sessions:
        board.begin(session, MIB).refused("Busy")
    board.begin(SESSION, MIB)
    assert board.find(SESSION) is None, "nobody's line was taken"
    ticks.seconds += STALE_SECONDS + 1
    board.begin(SESSION, MIB)
    assert found(board).total == MIB
    assert sum(board.find(session) is not None for session in sessions) == LINES - 1


def test_what_ended_stays_as_long_as_there_is_room(board: ProgressBoard, ticks: Ticks) -> None:
    board.begin(SESSION, MIB).sealed(1, MIB, 5)
    for number in range(LINES - 1):
        ticks.seconds += STALE_SECONDS + 1
        board.begin(number.to_bytes(16, "big"), MIB).sealed(0, 0, 1)
    assert found(board).stage is Stage.SEALED, "a page that is still open goes on saying so"
    ticks.seconds += STALE_SECONDS + 1
    board.begin(OTHER, MIB)
    assert board.find(SESSION) is None, "the oldest goes first"


def test_one_that_another_took_the_line_of_gets_a_new_one(board: ProgressBoard) -> None:
    line = board.begin(SESSION, MIB)
    board._memory[: progress.NAME_BYTES] = OTHER[: progress.NAME_BYTES]
    line.received(MIB)
    assert found(board).received == MIB
    assert board.find(OTHER) is None, "a line with another's name on it is torn"


@given(st.integers(0, 511), st.binary(min_size=1, max_size=60))
def test_a_torn_line_is_read_as_none_or_as_it_was(at: int, noise: bytes) -> None:
    board = ProgressBoard(Ticks())
    line = board.begin(SESSION, MIB)
    line.received(MIB)
    before = found(board)
    board._memory[at : at + len(noise)] = noise
    assert board.find(SESSION) in {None, before}


@pytest.fixture
def forked(board: ProgressBoard) -> int:
    """Another process of the same app, which takes a delivery and ends."""
    child = os.fork()
    if child == 0:
        board.begin(SESSION, MIB).received(MIB)
        os._exit(0)
    return child


def test_another_process_reads_it(board: ProgressBoard, forked: int) -> None:
    os.waitpid(forked, 0)
    assert found(board).received == MIB


def test_there_is_no_file_of_it(board: ProgressBoard) -> None:
    board.begin(SESSION, MIB)
    maps = Path("/proc/self/maps").read_text()
    shared = [line for line in maps.splitlines() if " rw-s " in line]
    assert shared
    assert all("(deleted)" in line for line in shared), "anonymous shared memory has no path"
