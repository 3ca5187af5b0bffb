"""Queries: what sources want deleted. Hidden at once, carried out one by one by the sweeper."""

from collections.abc import Iterable, Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    delete,
    exists,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage import bundles
from storage.models import Delivery, Envelope, QueuedDeletion, Reply, RowKind
from storage.statements import in_batches, insert_for, insert_new, rows_changed


def queue(s: Session, kind: RowKind, ids: Iterable[str]) -> None:
    """Queue deliveries or replies for deletion: from now on no listing shows them."""
    for target in ids:
        insert_new(s, QueuedDeletion, {"kind": kind, "target": target})


def queue_found(s: Session, ids: Select[str]) -> int:
    """Queue all deliveries that a query finds, in one statement; return how many.

    For floods and for retention: hidden at once, and removed one by one, as what sources delete.
    """
    found = ids.subquery()
    # WHERE: else SQLite would read the ON of the conflict as that of a join.
    rows = select(literal(RowKind.DELIVERY.value), found.c.id).where(true())
    queuing = insert_for(s, QueuedDeletion).from_select(["kind", "target"], rows)
    queuing = queuing.on_conflict_do_nothing()  # its source may have withdrawn it just now
    # Counted by RETURNING: psycopg gives no count of rows here.
    return len(s.execute(queuing.returning(literal_column("1"))).all())


def queued(s: Session) -> Sequence[QueuedDeletion]:
    """Return all queued deletions, in the order of their targets' random ids."""
    return s.scalars(select(QueuedDeletion).order_by(QueuedDeletion.target)).all()


def carry_out(s: Session, kind: RowKind, target: str) -> list[str]:
    """Carry out one queued deletion; return the names of blobs to delete after the commit.

    Nothing happens if it is not queued any more: another front end was faster.
    """
    mine = delete(QueuedDeletion).where(
        QueuedDeletion.kind == kind, QueuedDeletion.target == target
    )
    if not rows_changed(s, mine):
        return []
    if kind is RowKind.REPLY:
        s.execute(delete(Reply).where(Reply.id == target))
        return []
    return delete_deliveries(s, [target])


def delete_deliveries(s: Session, ids: Iterable[str]) -> list[str]:
    """Delete deliveries and their heads; return the names of blobs to delete after the commit."""
    blobs: list[str] = []
    for batch in in_batches(ids):
        blobs += s.scalars(select(Envelope.body_blob).where(Envelope.delivery.in_(batch)))
        s.execute(delete(Delivery).where(Delivery.id.in_(batch)))  # envelopes go with it
        bundles.delete_naming(s, batch)
        _forget(s, RowKind.DELIVERY, batch)
    return blobs


def delete_replies(s: Session, ids: Iterable[str]) -> int:
    """Delete replies; return how many there were."""
    gone = 0
    for batch in in_batches(ids):
        gone += rows_changed(s, delete(Reply).where(Reply.id.in_(batch)))
        _forget(s, RowKind.REPLY, batch)
    return gone


def not_queued(kind: RowKind, of: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that keeps what is queued out of a listing."""
    return ~exists().where(QueuedDeletion.kind == kind, QueuedDeletion.target == of)


def _forget(s: Session, kind: RowKind, ids: list[str]) -> None:
    s.execute(
        delete(QueuedDeletion).where(QueuedDeletion.kind == kind, QueuedDeletion.target.in_(ids))
    )
