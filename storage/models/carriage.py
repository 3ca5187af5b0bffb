"""What travels between server and station: bundles made, couriers and items taken, copies."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base


class Bundle(Base):
    """A bundle already made: its manifest and signature are enough to stream it again."""

    __tablename__ = "bundles"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"))
    day: Mapped[date] = mapped_column(index=True)
    signature: Mapped[bytes]
    manifest: Mapped[bytes]


class CourierTaken(Base):
    """A courier that was taken; the next bundles acknowledge it."""

    __tablename__ = "couriers_taken"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), index=True)
    day: Mapped[date]


class ItemTaken(Base):
    """A courier's item that was taken: its random id alone, so that it links nothing."""

    __tablename__ = "items_taken"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)


class QuickCopy(Base):
    """A copy of an online reply, sealed to the desk (one OpenPGP message), for the next bundle."""

    __tablename__ = "quick_copies"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), index=True)
    delivery: Mapped[str]  # no foreign key: the delivery may be gone before the copy travels
    day: Mapped[date] = mapped_column(index=True)
    sha256: Mapped[bytes]
    sealed: Mapped[bytes]
