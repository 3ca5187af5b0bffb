"""Queries: heads of stored envelopes, moved from one set of keys to another.

A swap is one transaction of the courier that brings it. The old head is kept aside, so that there
is a way back until someone says that the new one does; no body is touched.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage.deletions import not_queued
from storage.models import Delivery, Envelope, EnvelopeKind, OldHead, RowKind
from storage.statements import insert_new, rows_changed

_VISIBLE = not_queued(RowKind.DELIVERY, Delivery.id)


@dataclass(frozen=True, kw_only=True)
class HeadSwap:
    """A new head for one envelope, if its head still has the SHA-256 `old` (32 bytes each)."""

    delivery: str
    kind: EnvelopeKind
    old: bytes
    head: bytes
    sha256: bytes


@dataclass(frozen=True)
class Progress:
    """How many of a desk's envelopes need no re-wrap, and how many old heads remain."""

    envelopes: int
    current: int
    old_heads: int


def outstanding(s: Session, desk: str, current: Collection[str], limit: int) -> list[Envelope]:
    """Return at most `limit` of a desk's envelopes that are sealed to other sets than these."""
    theirs = select(Envelope).join(Delivery, Delivery.id == Envelope.delivery)
    other = theirs.where(Delivery.desk == desk, Envelope.key_set.not_in(current), _VISIBLE)
    return list(s.scalars(other.order_by(Envelope.delivery, Envelope.kind).limit(limit)))


def progress(s: Session, desk: str, current: Collection[str]) -> Progress:
    """Count a desk's envelopes, those that are sealed to one of these sets, and the old heads."""
    envelopes = select(func.count()).select_from(Envelope)
    envelopes = envelopes.join(Delivery, Delivery.id == Envelope.delivery)
    envelopes = envelopes.where(Delivery.desk == desk, _VISIBLE)
    return Progress(
        s.scalars(envelopes).one(),
        s.scalars(envelopes.where(Envelope.key_set.in_(current))).one(),
        s.scalars(select(func.count()).select_from(OldHead).where(_of(desk))).one(),
    )


def swap(s: Session, new: HeadSwap, key_set: str) -> bool:
    """Put a new head in its place and the old one aside; False if the old one is not there."""
    same = (Envelope.delivery == new.delivery, Envelope.kind == new.kind)
    ours = select(Envelope).where(*same, Envelope.head_sha256 == new.old).with_for_update()
    envelope = s.scalars(ours).one_or_none()
    if envelope is None:
        return False
    aside = {
        "delivery": envelope.delivery,
        "kind": envelope.kind,
        "key_set": envelope.key_set,
        "head_sha256": envelope.head_sha256,
        "head": envelope.head,
    }
    insert_new(s, OldHead, aside)  # unless there is one: see OldHead
    envelope.head, envelope.head_sha256, envelope.key_set = new.head, new.sha256, key_set
    s.flush()
    return True


def finish(s: Session, desk: str) -> int:
    """Destroy the old heads of a desk; return how many."""
    return rows_changed(s, delete(OldHead).where(_of(desk)))


def undo(s: Session, desk: str) -> list[str]:
    """Put the old heads of a desk back in their places; return their deliveries."""
    old = list(s.scalars(select(OldHead).where(_of(desk))))
    for each in old:
        same = (Envelope.delivery == each.delivery, Envelope.kind == each.kind)
        values = {"head": each.head, "head_sha256": each.head_sha256, "key_set": each.key_set}
        s.execute(update(Envelope).where(*same).values(values))
    finish(s, desk)
    return [each.delivery for each in old]


def _of(desk: str) -> ColumnElement[bool]:
    return OldHead.delivery.in_(select(Delivery.id).where(Delivery.desk == desk))
