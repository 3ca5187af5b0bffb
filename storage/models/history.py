"""The history of what was done: lines chained by their hashes, and the sealed end of the chain."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base


class HistoryLine(Base):
    """One deed. Its place is told by the line before it, never by a number or a time.

    `hash` (SHA-256, 32 bytes) covers the other columns. Names stand as text: a line outlives the
    account, the desk and the key that it speaks of. `deed` is text and not an enumeration, so
    that a later version's line stays readable to this one. `number` counts, and names nothing.
    """

    __tablename__ = "history"
    __table_args__ = (WITHOUT_ROWID,)

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    previous: Mapped[bytes] = mapped_column(unique=True)  # unique: the chain never forks
    day: Mapped[date]
    deed: Mapped[str]
    who: Mapped[str | None]
    desk: Mapped[str | None]
    about: Mapped[str | None]
    number: Mapped[int | None]


class HistoryHead(Base):
    """The hash of the last line (32 bytes), under a seal that the database alone cannot make."""

    __tablename__ = "history_head"
    __table_args__ = (WITHOUT_ROWID,)

    chain: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    seal: Mapped[bytes]
