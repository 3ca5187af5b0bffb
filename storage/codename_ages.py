"""Queries: what was here before a day. Rows know their day, and nothing of a codename's version."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Delivery, Reply


@dataclass(frozen=True)
class Before:
    """How many deliveries and replies of earlier days are here."""

    deliveries: int
    replies: int


def count_before(s: Session, day: date) -> Before:
    """Count the rows of the days before `day`."""
    counts = [
        s.scalars(select(func.count()).select_from(table).where(table.day < day)).one()
        for table in (Delivery, Reply)
    ]
    return Before(*counts)
