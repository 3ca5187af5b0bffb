"""Queries: sealed replies. Deleting is in `deletions`."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import deliveries
from storage.deletions import not_queued
from storage.models import Reply, RowKind
from storage.statements import in_batches, insert_new


@dataclass(frozen=True, kw_only=True)
class NewReply:
    """A reply to insert: nonce and tag (16 bytes) of the delivery it answers, its sealed box."""

    id: str
    desk: str
    nonce: bytes
    tag: bytes
    box: bytes
    day: date


def insert_reply(s: Session, new: NewReply) -> bool:
    """Insert a reply unless it is there already; return whether it was inserted.

    The delivery that it answers is marked, if it is still here.
    """
    deliveries.mark_answered(s, [new.nonce])
    return insert_new(s, Reply, asdict(new))


def get(s: Session, ids: Iterable[str]) -> list[Reply]:
    """Return those of these replies that are here and not to be deleted, by id."""
    found: list[Reply] = []
    for batch in in_batches(ids):
        visible = not_queued(RowKind.REPLY, Reply.id)
        found += s.scalars(select(Reply).where(Reply.id.in_(batch), visible))
    return sorted(found, key=lambda reply: reply.id)


def expired(s: Session, before_day: date) -> Sequence[str]:
    """Return the ids of all replies older than a day."""
    return s.scalars(select(Reply.id).where(Reply.day < before_day)).all()
