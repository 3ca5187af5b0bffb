"""Queries: how many bytes came in on a day."""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.models import IntakeDay
from storage.statements import insert_for, rows_changed


def add_bytes(s: Session, day: date, number: int) -> None:
    """Add to the bytes of a day."""
    statement = insert_for(s, IntakeDay).values(day=day, bytes=number)
    total = IntakeDay.bytes + statement.excluded.bytes
    s.execute(statement.on_conflict_do_update(index_elements=["day"], set_={"bytes": total}))


def bytes_of(s: Session, day: date) -> int:
    """Return the bytes that came in on a day."""
    found = s.get(IntakeDay, day)
    return 0 if found is None else found.bytes


def delete_before(s: Session, day: date) -> int:
    """Forget all days before a day; return how many."""
    return rows_changed(s, delete(IntakeDay).where(IntakeDay.day < day))
