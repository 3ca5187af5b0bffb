"""Deliveries and the heads of their envelopes."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base, choice

_LISTED = ("desk", "day", "id")


def _listing(name: str, where: str, in_sqlite: str | None = None) -> Index:
    """Return the index of one state's list. SQLite uses it only for the very same words."""
    return Index(
        name, *_LISTED, sqlite_where=text(in_sqlite or where), postgresql_where=text(where)
    )


class EnvelopeKind(StrEnum):
    """The two envelopes a delivery may have."""

    LETTER = "letter"
    FILES = "files"


class Delivery(Base):
    """What a source sent at once. Rows of one source are as unlike as rows of two.

    `answered` stays when the reply is deleted: else who watches the list would learn the moment
    at which a source came back and deleted it.
    """

    __tablename__ = "deliveries"
    # One index for each way of listing, so that a page costs its rows whatever the table holds;
    # and one that covers the test of a mailbox, so that it reads a third of the bytes.
    __table_args__ = (
        Index("deliveries_all", *_LISTED),
        _listing("deliveries_new", "collected_day IS NULL"),
        _listing("deliveries_collected", "collected_day IS NOT NULL"),
        _listing("deliveries_starred", "starred", in_sqlite="starred = 1"),
        _listing("deliveries_answered", "answered", in_sqlite="answered = 1"),
        Index("deliveries_test", "day", "nonce", "tag", "id"),
        Index("deliveries_nonce", "nonce"),  # by which a courier's reply names what it answers
        WITHOUT_ROWID,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"))
    day: Mapped[date]
    nonce: Mapped[bytes]
    tag: Mapped[bytes]
    reply_key: Mapped[bytes]
    collected_by: Mapped[str | None] = mapped_column(
        ForeignKey("reviewers.id", ondelete="SET NULL")
    )
    collected_day: Mapped[date | None]
    starred: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[bool | None]  # None: no


class Envelope(Base):
    """One OpenPGP message: its head (PKESK packets) here, its body (SEIPD packet) in a blob.

    `size_class` is the padded archive's size in bytes; digests are SHA-256, 32 bytes.
    """

    __tablename__ = "envelopes"
    __table_args__ = (WITHOUT_ROWID,)

    delivery: Mapped[str] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[EnvelopeKind] = mapped_column(choice(EnvelopeKind), primary_key=True)
    size_class: Mapped[int]
    key_set: Mapped[str] = mapped_column(ForeignKey("key_sets.id"))
    body_blob: Mapped[str] = mapped_column(unique=True)
    body_size: Mapped[int]
    body_sha256: Mapped[bytes]
    head_sha256: Mapped[bytes]
    head: Mapped[bytes]


class OldHead(Base):
    """The head that an envelope had before it was re-wrapped, until it is known not to be needed.

    Re-wrapped twice, an envelope keeps the first: what lay between the two is of no use.
    """

    __tablename__ = "old_heads"
    __table_args__ = (WITHOUT_ROWID,)

    delivery: Mapped[str] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[EnvelopeKind] = mapped_column(choice(EnvelopeKind), primary_key=True)
    key_set: Mapped[str] = mapped_column(ForeignKey("key_sets.id"))
    head_sha256: Mapped[bytes]
    head: Mapped[bytes]
