"""Desks, their OpenPGP keys, and the sets of keys that envelopes are sealed to."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base, choice


class DeskState(StrEnum):
    """Whether a desk takes deliveries."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Desk(Base):
    """A group of reviewers with its own keys.

    A delivery is deleted `keep_collected_days` after it was collected and `keep_days` after it
    arrived, whichever comes first; at most `day_quota` deliveries of one day are taken in.
    None: there is no such limit. `city`, `subject` and `languages` (codes, with spaces between) are
    what it says of itself.
    """

    __tablename__ = "desks"
    __table_args__ = (WITHOUT_ROWID,)

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[DeskState] = mapped_column(choice(DeskState), default=DeskState.OPEN)
    keep_collected_days: Mapped[int | None]
    keep_days: Mapped[int | None]
    day_quota: Mapped[int | None]
    city: Mapped[str | None]
    subject: Mapped[str | None]
    languages: Mapped[str | None]


class DeskKey(Base):
    """An OpenPGP public key of a desk. `expires` is the first day on which it is not used."""

    __tablename__ = "desk_keys"
    __table_args__ = (WITHOUT_ROWID,)

    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    armored: Mapped[str]
    expires: Mapped[date | None]
    retired: Mapped[bool] = mapped_column(default=False)


class KeyWindow(Base):
    """A subkey of a key's calendar, sealed to from `begins` to the day before `ends`.

    `armored` is the key cut to this one subkey; empty where it was over when it came.
    """

    __tablename__ = "desk_key_windows"
    __table_args__ = (WITHOUT_ROWID,)

    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), primary_key=True)
    subkey: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    begins: Mapped[date]
    ends: Mapped[date | None]
    armored: Mapped[str]


class KeySet(Base):
    """A set of a desk's keys; hidden recipients do not tell it, so each envelope names one."""

    __tablename__ = "key_sets"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"))


class KeySetMember(Base):
    """One key of a set: of a key with a calendar, the subkey that was sealed to."""

    __tablename__ = "key_set_members"
    __table_args__ = (WITHOUT_ROWID,)

    key_set: Mapped[str] = mapped_column(ForeignKey("key_sets.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)


class StationKey(Base):
    """The Ed25519 public key (32 bytes) that a desk's viewing station signs couriers with."""

    __tablename__ = "station_keys"
    __table_args__ = (WITHOUT_ROWID,)

    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), primary_key=True)
    public: Mapped[bytes]
