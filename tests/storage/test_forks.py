"""A child begins with no connection, and what its parent held stays the parent's."""

import multiprocessing
from collections.abc import Callable

from storage import desks
from storage.engine import Database
from tests.storage.rows import add_desk

_fork = multiprocessing.get_context("fork")


def _in_child(work: Callable[[], None]) -> None:
    child = _fork.Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode == 0


def test_a_child_inherits_no_connection(db: Database) -> None:
    with db.read() as s:
        desks.list_desks(s)
    assert _idle(db) == 1

    def child() -> None:
        assert _idle(db) == 0
        with db.write() as s:
            add_desk(s)

    _in_child(child)
    assert _idle(db) == 0
    with db.read() as s:
        assert len(desks.list_desks(s)) == 1


def test_a_transaction_open_during_a_fork_stays_its_own(db: Database) -> None:
    def child() -> None:
        with db.read() as s:
            assert desks.list_desks(s) == []

    with db.write() as s:
        add_desk(s)
        _in_child(child)
    assert _idle(db) == 0  # it was closed, not left to a pool that is gone
    with db.read() as s:
        assert len(desks.list_desks(s)) == 1


def _idle(db: Database) -> int:
    checked_in = getattr(db.engine.pool, "checkedin", None)
    assert checked_in is not None
    return int(checked_in())
