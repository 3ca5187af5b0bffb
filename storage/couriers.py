"""Queries: couriers and items taken, so that a file taken twice changes nothing."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import CourierTaken, ItemTaken
from storage.statements import in_batches, insert_new

ACKNOWLEDGED = 10_000  # couriers that one bundle can name (formats.bundle)


def is_taken(s: Session, courier: str) -> bool:
    """Return whether a courier was taken before."""
    return s.get(CourierTaken, courier) is not None


def take(s: Session, courier: str, desk: str, day: date) -> bool:
    """Note that a courier is taken; False if it was before, perhaps just now."""
    return insert_new(s, CourierTaken, {"id": courier, "desk": desk, "day": day})


def taken_ids(s: Session, desk: str) -> Sequence[str]:
    """Return the ids of the couriers taken for a desk, at most ACKNOWLEDGED, the latest days first.

    In the order of the ids themselves. Who has not collected a bundle for so many couriers is
    offered the older items again, and they change nothing.
    """
    of_desk = select(CourierTaken.id).where(CourierTaken.desk == desk)
    latest = of_desk.order_by(CourierTaken.day.desc(), CourierTaken.id).limit(ACKNOWLEDGED)
    return sorted(s.scalars(latest))


def items_taken(s: Session, ids: Iterable[str]) -> set[str]:
    """Return those of these items that were taken before."""
    taken: set[str] = set()
    for batch in in_batches(ids):
        taken.update(s.scalars(select(ItemTaken.id).where(ItemTaken.id.in_(batch))))
    return taken


def take_items(s: Session, ids: Iterable[str]) -> None:
    """Note that these items are taken."""
    for item in ids:
        insert_new(s, ItemTaken, {"id": item})
