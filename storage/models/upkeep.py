"""What the house notes for its own upkeep: deletions to come, bytes a day, chores done."""

from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base, choice


class RowKind(StrEnum):
    """The two kinds of rows that a codename opens, and that its owner may delete."""

    DELIVERY = "delivery"
    REPLY = "reply"


class QueuedDeletion(Base):
    """A delivery or a reply that its source wants gone: hidden at once, removed by the sweeper."""

    __tablename__ = "queued_deletions"
    __table_args__ = (WITHOUT_ROWID,)

    kind: Mapped[RowKind] = mapped_column(choice(RowKind), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)


class IntakeDay(Base):
    """How many bytes came in on a day, for the cap on a day's bytes."""

    __tablename__ = "intake_days"
    __table_args__ = (WITHOUT_ROWID,)

    day: Mapped[date] = mapped_column(primary_key=True)
    bytes: Mapped[int]


class Chore(Base):
    """The last day for which a chore was begun or done, over all front ends."""

    __tablename__ = "chores"
    __table_args__ = (WITHOUT_ROWID,)

    name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
