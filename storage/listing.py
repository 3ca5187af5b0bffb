"""Queries: the reviewers' list. A page costs its rows, however many the table holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, func, literal, select, true, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from storage.deletions import not_queued
from storage.models import Delivery, Envelope, EnvelopeKind, Reviewer, RowKind

# A count stops here: the page then says "1,000 or more" and stays as fast as it was.
COUNTED_AT_MOST = 1_000


class State(StrEnum):
    """What the list can be narrowed to. New: collected by nobody."""

    NEW = "new"
    COLLECTED = "collected"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Filters:
    """What is shown of a list. With none of them, all of it."""

    state: State | None = None
    starred: bool = False
    day: date | None = None


ALL = Filters()
NEW = Filters(State.NEW)


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
    answered: bool | None
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
    filters: Filters = ALL,
    *,
    after: Cursor | None = None,
    limit: int,
) -> list[Listed]:
    """Return a page of these desks' deliveries: the newest day first, random within a day."""
    if not desks:
        return []
    letter, files = aliased(Envelope), aliased(Envelope)
    chosen = _chosen(desks, filters, after, limit)
    query = (
        select(
            Delivery.id,
            Delivery.desk,
            Delivery.day,
            Delivery.starred,
            Delivery.answered,
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
    return sorted(s.scalars(in_list(select(Delivery.id), NEW).where(Delivery.desk.in_(desks))))


def count(
    s: Session, desks: Sequence[str], filters: Filters = ALL, at_most: int = COUNTED_AT_MOST
) -> dict[str, int]:
    """Return how many deliveries each desk has, `at_most` standing for that or more."""
    if not desks:
        return {}
    each = (_counted(desk, filters, at_most) for desk in desks)
    return {row[0]: row[1] for row in s.execute(union_all(*each))}


def count_new(s: Session, desks: Sequence[str]) -> dict[str, int]:
    """Return how many new deliveries each desk has; see `count`."""
    return count(s, desks, NEW, COUNTED_AT_MOST)


def _chosen(desks: Sequence[str], filters: Filters, after: Cursor | None, limit: int) -> Subquery:
    """Return the first ids of each desk: each read from the end of one index, no more."""
    firsts = (_firsts(desk, filters, after, limit) for desk in desks)
    return union_all(*(select(first.c.id) for first in firsts)).subquery()


def _firsts(desk: str, filters: Filters, after: Cursor | None, limit: int) -> Subquery:
    query = in_list(select(Delivery.id), filters).where(Delivery.desk == desk)
    if after is not None and after.day == filters.day:
        query = query.where(Delivery.id < after.id)  # within the one day
    elif after is not None:
        query = query.where(tuple_(Delivery.day, Delivery.id) < tuple_(after.day, after.id))
    return query.order_by(Delivery.day.desc(), Delivery.id.desc()).limit(limit).subquery()


def _counted(desk: str, filters: Filters, at_most: int) -> Select[str, int]:
    some = in_list(select(Delivery.id), filters).where(Delivery.desk == desk)
    capped = some.limit(at_most).subquery()
    return select(literal(desk), func.count()).select_from(capped)


def in_list(query: Select[Any], filters: Filters) -> Select[Any]:
    """Narrow a query of deliveries to what the list shows, by one partial index.

    Stars are set by hand and stay few: where they are asked for, their index is read, and the
    state is put in words that no other index answers to.
    """
    query = query.where(not_queued(RowKind.DELIVERY, Delivery.id))
    if filters.day is not None:
        query = query.where(Delivery.day == filters.day)
    if filters.starred:
        query = query.where(Delivery.starred)
    return _in_state(query, filters.state, by_index=not filters.starred)


def _in_state(query: Select[Any], state: State | None, *, by_index: bool) -> Select[Any]:
    new = Delivery.collected_day.is_(None)
    match state:
        case State.NEW:
            return query.where(new if by_index else new.is_(True))
        case State.COLLECTED:
            return query.where(Delivery.collected_day.is_not(None) if by_index else new.is_(False))
        case State.ANSWERED:
            answered = Delivery.answered == true()
            return query.where(answered if by_index else Delivery.answered.is_(True))
        case None:
            return query
