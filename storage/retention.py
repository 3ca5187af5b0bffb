"""Queries: what a desk keeps no longer, and what it is told to forget all at once."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from storage import listing
from storage.deletions import queue_found
from storage.listing import Filters, State
from storage.models import Delivery, Desk


def desks(s: Session) -> Sequence[Desk]:
    """Return the desks that keep for a number of days."""
    limited = Desk.keep_collected_days.is_not(None) | Desk.keep_days.is_not(None)
    return s.scalars(select(Desk).where(limited).order_by(Desk.slug)).all()


def queue_over(s: Session, desk: Desk, today: date) -> int:
    """Queue a desk's deliveries whose days are over; return how many.

    What was collected before a day arrived before it: both parts read the old end of an index.
    """
    parts = []
    if desk.keep_days is not None:
        arrived = _last_over(today, desk.keep_days)
        parts.append(_of(desk.slug, listing.ALL).where(Delivery.day <= arrived))
    if desk.keep_collected_days is not None:
        last = _last_over(today, desk.keep_collected_days)
        collected = _of(desk.slug, Filters(State.COLLECTED)).where(Delivery.day <= last)
        parts.append(collected.where(Delivery.collected_day <= last))
    if not parts:
        return 0
    found = union(*parts).subquery()
    return queue_found(s, select(found.c.id))


def queue_new_of_day(s: Session, desk: str, day: date, at_most: int) -> int:
    """Queue a desk's new deliveries of a day, at most so many; return how many."""
    new = _of(desk, Filters(State.NEW, day=day))
    return queue_found(s, new.order_by(Delivery.id).limit(at_most))


def _of(desk: str, filters: Filters) -> Select[str]:
    query: Select[str] = listing.in_list(select(Delivery.id), filters)
    return query.where(Delivery.desk == desk)


def _last_over(today: date, days: int) -> date:
    """Return the last day whose deliveries are over: each is kept for so many whole days."""
    return today - timedelta(days=days + 1)
