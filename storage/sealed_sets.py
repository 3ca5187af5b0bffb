"""Queries: which sets of keys what is stored may stay sealed to, and what still needs old subkeys.

An envelope's set names subkeys where its keys had a calendar. That its week is over is no reason
to re-wrap it: that its key is no longer in use is, and that the station will want to destroy the
subkey.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import desks, key_windows, quick_copies
from storage.deletions import not_queued
from storage.models import (
    Delivery,
    Envelope,
    KeySet,
    KeySetMember,
    KeyWindow,
    OldHead,
    RowKind,
)

GRACE = timedelta(days=30)  # after a window: most deliveries are collected within it
NAMES_LIMIT = 100  # of one subkey: enough to know what to collect

_VISIBLE = not_queued(RowKind.DELIVERY, Delivery.id)


@dataclass
class Held:
    """How much of what is stored opens with one subkey only, and some of its names.

    A name is `DELIVERY.letter`, `DELIVERY.files`, or `ID.quick`.
    """

    subkey: str
    number: int = 0
    names: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Count one more."""
        self.number += name not in self.names
        if len(self.names) < NAMES_LIMIT:
            self.names.add(name)


def current_sets(s: Session, slug: str, today: date, grace: timedelta = GRACE) -> list[str]:
    """Return the sets that need no re-wrap: of the keys in use, and no window over for so long.

    Empty where the desk has no key in use. Raises DeskUnknown.
    """
    in_use = frozenset(key.fingerprint for key in desks.active_keys(s, slug, today))
    windows = {row.subkey: row for rows in key_windows.of_desk(s, slug).values() for row in rows}
    calendars = frozenset(row.fingerprint for row in windows.values())
    kept = []
    for key_set, members in _members(s, slug).items():
        of_windows = [windows[member] for member in members if member in windows]
        keys = {windows[m].fingerprint if m in windows else m for m in members}
        due = any(key_windows.is_over(row, today - grace) for row in of_windows)
        # Sealed before its key had a calendar: nobody can say which subkey opens it.
        unknown = not calendars.isdisjoint(members)
        if in_use and keys == in_use and not due and not unknown:
            kept.append(key_set)
    return kept


def held(s: Session, slug: str, today: date) -> list[Held] | None:
    """Return what still needs the subkeys whose windows are over; None for a desk with no calendar.

    What is sealed to a key itself, from before it had a calendar, is told under every subkey of it.
    """
    windows = key_windows.of_desk(s, slug)
    if not windows:
        return None
    over = [row for rows in windows.values() for row in rows if key_windows.is_over(row, today)]
    found = {row.subkey: Held(row.subkey) for row in over}
    sets = _members(s, slug)
    for key_set, name in _stored(s, slug, _needing(sets, over)):
        for row in over:
            if not {row.subkey, row.fingerprint}.isdisjoint(sets[key_set]):
                found[row.subkey].add(name)
    for copy in quick_copies.of_desk(s, slug):
        for row in over:
            # Copies do not name their keys, but each was sealed on its day.
            if row.begins <= copy.day and not key_windows.is_over(row, copy.day):
                found[row.subkey].add(f"{copy.id}.quick")
    return sorted((each for each in found.values() if each.number), key=lambda it: it.subkey)


def _needing(sets: Mapping[str, frozenset[str]], over: Iterable[KeyWindow]) -> list[str]:
    marks = {mark for row in over for mark in (row.subkey, row.fingerprint)}
    return [key_set for key_set, members in sets.items() if not marks.isdisjoint(members)]


def _stored(s: Session, slug: str, key_sets: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the set and the name of each envelope, and of each old head that may come back."""
    for model in (Envelope, OldHead):
        of_desk = select(model.key_set, model.delivery, model.kind).join(
            Delivery, Delivery.id == model.delivery
        )
        mine = of_desk.where(Delivery.desk == slug, model.key_set.in_(key_sets), _VISIBLE)
        for key_set, delivery, kind in s.execute(mine.order_by(model.delivery, model.kind)):
            yield key_set, f"{delivery}.{kind.value}"


def _members(s: Session, slug: str) -> dict[str, frozenset[str]]:
    """Return the members of each of a desk's sets."""
    found: dict[str, set[str]] = defaultdict(set)
    theirs = select(KeySetMember).join(KeySet, KeySet.id == KeySetMember.key_set)
    for member in s.scalars(theirs.where(KeySet.desk == slug)):
        found[member.key_set].add(member.fingerprint)
    return {key_set: frozenset(members) for key_set, members in found.items()}
