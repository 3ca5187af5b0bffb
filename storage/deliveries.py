"""Queries: deliveries and their envelopes.

The reviewers' list is in `listing`, the test of a mailbox in `mailbox`, deleting in `deletions`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from storage.deletions import not_queued
from storage.models import Delivery, Envelope, EnvelopeKind, RowKind
from storage.statements import in_batches

_VISIBLE = not_queued(RowKind.DELIVERY, Delivery.id)


@dataclass(frozen=True, kw_only=True)
class NewEnvelope:
    """An envelope whose body lies in a committed blob. Sizes in bytes, digests of 32 bytes."""

    kind: EnvelopeKind
    head: bytes
    head_sha256: bytes
    body_blob: str
    body_size: int
    body_sha256: bytes
    size_class: int
    key_set: str


@dataclass(frozen=True, kw_only=True)
class NewDelivery:
    """A delivery to insert: nonce and tag of 16 bytes, reply key of 32."""

    id: str
    desk: str
    nonce: bytes
    tag: bytes
    reply_key: bytes
    day: date
    envelopes: Sequence[NewEnvelope]


def insert_delivery(s: Session, new: NewDelivery) -> None:
    """Insert a delivery and its envelopes. Their blobs must be committed before."""
    row = {
        field: getattr(new, field) for field in ("id", "desk", "nonce", "tag", "reply_key", "day")
    }
    s.execute(insert(Delivery), row)
    s.execute(insert(Envelope), [{"delivery": new.id} | asdict(each) for each in new.envelopes])


def get(s: Session, ids: Iterable[str]) -> list[Delivery]:
    """Return those of these deliveries that are here and not to be deleted, by id."""
    found: list[Delivery] = []
    for batch in in_batches(ids):
        found += s.scalars(select(Delivery).where(Delivery.id.in_(batch), _VISIBLE))
    return sorted(found, key=lambda delivery: delivery.id)


def envelopes(s: Session, ids: Iterable[str]) -> list[Envelope]:
    """Return the envelopes of those of these deliveries that are here, by delivery and kind."""
    found: list[Envelope] = []
    for batch in in_batches(ids):
        of_visible = select(Envelope).join(Delivery, Delivery.id == Envelope.delivery)
        found += s.scalars(of_visible.where(Envelope.delivery.in_(batch), _VISIBLE))
    return sorted(found, key=lambda envelope: (envelope.delivery, envelope.kind))


def count_uncollected(s: Session, desk: str) -> int:
    """Count a desk's deliveries that nobody has collected."""
    found = select(func.count()).select_from(Delivery)
    return s.scalars(
        found.where(Delivery.desk == desk, Delivery.collected_day.is_(None), _VISIBLE)
    ).one()


def mark_collected(s: Session, ids: Iterable[str], reviewer: str | None, day: date) -> None:
    """Note who collected these deliveries first (the reviewer's id), and on what day.

    None: a command on the server did, for all reviewers.
    """
    for batch in in_batches(ids):
        first = update(Delivery).where(Delivery.id.in_(batch), Delivery.collected_day.is_(None))
        s.execute(first.values(collected_by=reviewer, collected_day=day))


def star(s: Session, ids: Iterable[str], *, starred: bool) -> None:
    """Set or remove the star of these deliveries."""
    for batch in in_batches(ids):
        s.execute(update(Delivery).where(Delivery.id.in_(batch)).values(starred=starred))


def mark_answered(s: Session, nonces: Iterable[bytes]) -> None:
    """Note that the deliveries of these nonces are answered, where they are still here."""
    for batch in in_batches(nonces):
        s.execute(update(Delivery).where(Delivery.nonce.in_(batch)).values(answered=True))


def count_of_day(s: Session, desk: str, day: date, at_most: int) -> int:
    """Return how many deliveries of a day a desk has, `at_most` standing for that or more."""
    some = select(Delivery.id).where(Delivery.desk == desk, Delivery.day == day).limit(at_most)
    return s.scalars(select(func.count()).select_from(some.subquery())).one()


def known_blobs(s: Session, names: Iterable[str]) -> set[str]:
    """Return those of these blobs that an envelope names: the others are orphans."""
    known: set[str] = set()
    for batch in in_batches(names):
        known.update(s.scalars(select(Envelope.body_blob).where(Envelope.body_blob.in_(batch))))
    return known


def blobs_of_days(s: Session, after: date, before: date) -> Sequence[str]:
    """Return the blobs of the days between two days, both left out."""
    of_days = select(Envelope.body_blob).join(Delivery, Delivery.id == Envelope.delivery)
    return s.scalars(of_days.where(Delivery.day > after, Delivery.day < before)).all()
