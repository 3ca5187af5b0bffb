"""Reviewers, their desks, and the sessions of reviewers and sources alike."""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base, choice


class Visitor(StrEnum):
    """Whose session it is."""

    SOURCE = "source"
    REVIEWER = "reviewer"


class Reviewer(Base):
    """Who reads deliveries. How long their log-ins wait is in `log_in_waits`."""

    __tablename__ = "reviewers"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    admin: Mapped[bool] = mapped_column(default=False)
    passphrase_hash: Mapped[str]
    totp_box: Mapped[bytes]
    totp_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code that a reviewer has not used yet, as its hash (32 bytes)."""

    __tablename__ = "recovery_codes"
    __table_args__ = (WITHOUT_ROWID,)

    reviewer: Mapped[str] = mapped_column(
        ForeignKey("reviewers.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class LogInWait(Base):
    """Failed log-ins in a row, and until when the next is refused.

    `account` is a reviewer's id, or nobody's, so that there is a row to change for a name that
    does not exist. `retry_at` is unix seconds: a throttle needs a time.
    """

    __tablename__ = "log_in_waits"
    __table_args__ = (WITHOUT_ROWID,)

    account: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[int] = mapped_column(default=0)


class ReviewerDesk(Base):
    """A desk whose deliveries a reviewer may see."""

    __tablename__ = "reviewer_desks"
    __table_args__ = (WITHOUT_ROWID,)

    reviewer: Mapped[str] = mapped_column(
        ForeignKey("reviewers.id", ondelete="CASCADE"), primary_key=True
    )
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), primary_key=True)


class SessionRow(Base):
    """A session: without its cookie neither `id` can be recomputed nor `box` opened.

    `expires` (idle, never past `ends`) and `ends` (whatever happens) are unix seconds. `parcel`
    is a sealed thing put down between two requests; it is read only when asked for.
    """

    __tablename__ = "sessions"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[Visitor] = mapped_column(choice(Visitor))
    reviewer: Mapped[str | None] = mapped_column(
        ForeignKey("reviewers.id", ondelete="CASCADE"), index=True
    )
    expires: Mapped[int] = mapped_column(index=True)
    ends: Mapped[int]
    box: Mapped[bytes]
    parcel: Mapped[bytes | None] = mapped_column(deferred=True)
