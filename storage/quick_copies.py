"""Queries: copies of online replies, sealed to the desk, that travel in its next bundles."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models import QuickCopy
from storage.statements import rows_changed


@dataclass(frozen=True, kw_only=True)
class NewQuickCopy:
    """A copy to keep: one whole OpenPGP message, and its SHA-256 (32 bytes)."""

    id: str
    desk: str
    delivery: str
    day: date
    sealed: bytes
    sha256: bytes


def insert_copy(s: Session, new: NewQuickCopy) -> None:
    """Keep a copy for the desk's bundles."""
    s.execute(insert(QuickCopy), asdict(new))


def of_desk(s: Session, desk: str) -> Sequence[QuickCopy]:
    """Return all copies of a desk, by their random ids."""
    return s.scalars(select(QuickCopy).where(QuickCopy.desk == desk).order_by(QuickCopy.id)).all()


def get(s: Session, copy: str) -> QuickCopy | None:
    """Return a copy, None if it is not here (any more)."""
    return s.get(QuickCopy, copy)


def delete_before(s: Session, day: date) -> int:
    """Forget all copies made before a day; return how many."""
    return rows_changed(s, delete(QuickCopy).where(QuickCopy.day < day))
