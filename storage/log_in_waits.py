"""Queries: failed log-ins, and until when an account takes no more of them."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import LogInWait
from storage.statements import insert_for

NOBODY = "0" * 32  # the account of names that do not exist; no drawn id is this one


def put(s: Session, account: str) -> None:
    """Give an account its row, with nothing counted."""
    row = {"account": account, "failures": 0, "retry_at": 0}
    s.execute(insert_for(s, LogInWait).values(row).on_conflict_do_nothing())


def hold(s: Session, account: str) -> LogInWait:
    """Return an account's row, held until the commit: who judges next waits for it."""
    held = select(LogInWait).where(LogInWait.account == account).with_for_update()
    return s.scalars(held).one()


def count(s: Session, account: str, retry_at: int) -> None:
    """Count a failure; no log-in passes before `retry_at` (unix seconds).

    A row is changed whatever was in it, so that the commit always writes the same.
    """
    counted = update(LogInWait).where(LogInWait.account == account)
    s.execute(counted.values(failures=LogInWait.failures + 1, retry_at=retry_at))


def clear(s: Session, account: str) -> None:
    """Forget what was counted, after a log-in that succeeded or a reset."""
    cleared = update(LogInWait).where(LogInWait.account == account)
    s.execute(cleared.values(failures=0, retry_at=0))


def forget_times(s: Session, now: int) -> None:
    """Forget waits that are over at `now` (unix seconds), and how often nobody failed."""
    over = update(LogInWait).where(LogInWait.retry_at.between(1, now))
    s.execute(over.values(retry_at=0))
    nobody = update(LogInWait).where(LogInWait.account == NOBODY, LogInWait.failures > 0)
    s.execute(nobody.values(failures=0))


def remove(s: Session, account: str) -> None:
    """Remove an account's row with the account."""
    s.execute(delete(LogInWait).where(LogInWait.account == account))
