"""Replies, sealed so that only the codename opens them."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base


class Reply(Base):
    """A sealed box to the reply key of one delivery; it outlives that delivery."""

    __tablename__ = "replies"
    # Covers the test of a mailbox: boxes of 4 KiB and more are not read for it.
    __table_args__ = (Index("replies_test", "day", "nonce", "tag", "id"), WITHOUT_ROWID)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"))
    day: Mapped[date]
    nonce: Mapped[bytes]
    tag: Mapped[bytes]
    box: Mapped[bytes]
