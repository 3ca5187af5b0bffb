"""Queries: chores, claimed and noted for all front ends in the one database they share."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models import Chore
from storage.statements import insert_new, rows_changed


def claim(s: Session, name: str, day: date) -> bool:
    """Claim a chore for a day; False if another front end claimed that day or a later one."""
    if insert_new(s, Chore, {"name": name, "day": day}):
        return True
    earlier = update(Chore).where(Chore.name == name, Chore.day < day)
    return bool(rows_changed(s, earlier.values(day=day)))


def last_day(s: Session, name: str) -> date | None:
    """Return the last day for which a chore was claimed or noted, None if never."""
    return s.scalars(select(Chore.day).where(Chore.name == name)).one_or_none()


def note(s: Session, name: str, day: date) -> None:
    """Note the last day for which a chore is done."""
    s.merge(Chore(name=name, day=day))
