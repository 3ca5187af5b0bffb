"""Queries: the reviewers' list. A page costs its rows, however many the table holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from storage.deletions import not_queued
from storage.models import Delivery, Envelope, EnvelopeKind, Reviewer, RowKind

# A count stops here: the page then says "1,000 or more" and stays as fast as it was.
COUNTED_AT_MOST = 1_000


class State(StrEnum):
    """What the list can be narrowed to. New: collected by nobody."""

    NEW = "new"
    COLLECTED = "collected"
    STARRED = "starred"


class Cursor(NamedTuple):
    """Where a page ended: the next one begins behind it."""

    day: date
    id: str


@dataclass(frozen=True)
class Listed:
    """A delivery in the list. Classes are sizes of padded archives in bytes."""

    id: str
    desk: str
    day: date
    starred: bool
    collected_day: date | None
    collected_by: str | None  # the reviewer's name; None also if that account is gone
    letter_class: int
    files_class: int | None  # None: no files

    @property
    def cursor(self) -> Cursor:
        """Where a page that ends with this delivery ends."""
        return Cursor(self.day, self.id)


def page(
    s: Session,
    desks: Sequence[str],
    *,
    state: State | None = None,
    after: Cursor | None = None,
    limit: int,
) -> list[Listed]:
    """Return a page of these desks' deliveries: the newest day first, random within a day."""
    if not desks:
        return []
    letter, files = aliased(Envelope), aliased(Envelope)
    chosen = _chosen(desks, state, after, limit)
    query = (
        select(
            Delivery.id,
            Delivery.desk,
            Delivery.day,
            Delivery.starred,
            Delivery.collected_day,
            Reviewer.name,
            letter.size_class,
            files.size_class,
        )
        .select_from(chosen)
        .join(Delivery, Delivery.id == chosen.c.id)
        .join(letter, and_(letter.delivery == Delivery.id, letter.kind == EnvelopeKind.LETTER))
        .outerjoin(files, and_(files.delivery == Delivery.id, files.kind == EnvelopeKind.FILES))
        .outerjoin(Reviewer, Reviewer.id == Delivery.collected_by)
        .order_by(Delivery.day.desc(), Delivery.id.desc())
        .limit(limit)
    )
    return [Listed(*row) for row in s.execute(query)]


def new_ids(s: Session, desks: Sequence[str]) -> Sequence[str]:
    """Return the ids of these desks' new deliveries, in the order of the random ids."""
    return sorted(
        s.scalars(_in_list(select(Delivery.id), State.NEW).where(Delivery.desk.in_(desks)))
    )


def count(s: Session, desks: Sequence[str], state: State | None = None) -> dict[str, int]:
    """Return how many deliveries each desk has, COUNTED_AT_MOST standing for that or more."""
    if not desks:
        return {}
    each = (_counted(desk, state) for desk in desks)
    return {row[0]: row[1] for row in s.execute(union_all(*each))}


def count_new(s: Session, desks: Sequence[str]) -> dict[str, int]:
    """Return how many new deliveries each desk has; see `count`."""
    return count(s, desks, State.NEW)


def _chosen(
    desks: Sequence[str], state: State | None, after: Cursor | None, limit: int
) -> Subquery:
    """Return the first ids of each desk: each read from the end of one index, no more."""
    firsts = (_firsts(desk, state, after, limit) for desk in desks)
    return union_all(*(select(first.c.id) for first in firsts)).subquery()


def _firsts(desk: str, state: State | None, after: Cursor | None, limit: int) -> Subquery:
    query = _in_list(select(Delivery.id), state).where(Delivery.desk == desk)
    if after is not None:
        query = query.where(tuple_(Delivery.day, Delivery.id) < tuple_(after.day, after.id))
    return query.order_by(Delivery.day.desc(), Delivery.id.desc()).limit(limit).subquery()


def _counted(desk: str, state: State | None) -> Select[str, int]:
    some = _in_list(select(Delivery.id), state).where(Delivery.desk == desk)
    capped = some.limit(COUNTED_AT_MOST).subquery()
    return select(literal(desk), func.count()).select_from(capped)


def _in_list(query: Select[Any], state: State | None) -> Select[Any]:
    """Narrow a query to a state, in the words of that state's partial index."""
    query = query.where(not_queued(RowKind.DELIVERY, Delivery.id))
    match state:
        case State.NEW:
            return query.where(Delivery.collected_day.is_(None))
        case State.COLLECTED:
            return query.where(Delivery.collected_day.is_not(None))
        case State.STARRED:
            return query.where(Delivery.starred)
        case None:
            return query
