"""Failed log-ins, and the row of nobody that every refusal can write to."""

from storage import log_in_waits
from storage.engine import Database, open_database
from storage.log_in_waits import NOBODY
from tests.storage.rows import NOW, a_reviewer


def _counted(db: Database, account: str) -> tuple[int, int]:
    with db.write() as s:
        row = log_in_waits.hold(s, account)
        return row.failures, row.retry_at


def test_failures_are_counted_and_forgotten(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        log_in_waits.count(s, ada, NOW)
        log_in_waits.count(s, ada, NOW + 10)
    assert _counted(db, ada) == (2, NOW + 10)
    with db.write() as s:
        log_in_waits.clear(s, ada)
    assert _counted(db, ada) == (0, 0)


def test_they_survive_a_restart(url: str) -> None:
    first = open_database(url)
    with first.write() as s:
        ada = a_reviewer(s)
        log_in_waits.count(s, ada, NOW + 60)
    first.close()
    again = open_database(url)
    assert _counted(again, ada) == (1, NOW + 60)
    again.close()


def test_each_account_waits_for_itself(db: Database) -> None:
    with db.write() as s:
        ada, bob = a_reviewer(s), a_reviewer(s, "bob")
        log_in_waits.count(s, ada, NOW)
    assert _counted(db, bob) == _counted(db, NOBODY) == (0, 0)


def test_nobody_has_a_row_and_how_often_they_failed_is_forgotten(db: Database) -> None:
    with db.write() as s:
        log_in_waits.count(s, NOBODY, 0)
    assert _counted(db, NOBODY) == (1, 0)
    with db.write() as s:
        log_in_waits.forget_times(s, NOW)
    assert _counted(db, NOBODY) == (0, 0)


def test_a_wait_that_is_over_leaves_no_time(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        log_in_waits.count(s, ada, NOW)
        log_in_waits.forget_times(s, NOW - 1)
    assert _counted(db, ada) == (1, NOW)
    with db.write() as s:
        log_in_waits.forget_times(s, NOW)
    assert _counted(db, ada) == (1, 0)
