"""Queries: a server that came back from a backup, until each desk's station has answered.

It says so in its bundles. The station then offers again what the server may have forgotten, and
its courier names the bundle that made it do so; only such a courier ends the matter for a desk.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import Desk, Restoration, RestoredBundle, StationKey
from storage.statements import rows_changed


def begin(s: Session, backed_up: date, restored: date) -> None:
    """Note that the server was restored, for all its desks."""
    s.execute(delete(RestoredBundle))  # those said it of an earlier time
    s.execute(delete(Restoration))
    s.add_all(
        Restoration(desk=slug, backed_up=backed_up, restored=restored, answered=False)
        for slug in s.scalars(select(Desk.slug)).all()
    )
    s.flush()


def awaited(s: Session) -> Sequence[Restoration]:
    """Return what stations have still to answer, in the order of the desks that have one."""
    waiting = select(Restoration).where(Restoration.answered.is_(False))
    waiting = waiting.join(StationKey, StationKey.desk == Restoration.desk)
    return s.scalars(waiting.order_by(Restoration.desk)).all()


def is_awaited(s: Session, desk: str) -> bool:
    """Tell whether a desk's station has still to hear of it, and to answer."""
    row = s.get(Restoration, desk)
    return row is not None and not row.answered


def lately(s: Session, since: date) -> date | None:
    """Return the day of the backup that the server came back from, if it did since a day."""
    return s.scalars(select(Restoration.backed_up).where(Restoration.restored >= since)).first()


def told(s: Session, desk: str, bundle: str) -> None:
    """Note a bundle that says so."""
    s.add(RestoredBundle(id=bundle, desk=desk))


def would_answer(s: Session, desk: str, bundle: str) -> bool:
    """Tell whether a courier whose station has read this bundle ends the matter for its desk."""
    said = s.get(RestoredBundle, bundle)
    return said is not None and said.desk == desk and is_awaited(s, desk)


def answer(s: Session, desk: str, bundle: str) -> bool:
    """Take a courier's word that its station has read a bundle; True if that ends the matter."""
    if not would_answer(s, desk, bundle):
        return False
    ours = update(Restoration).where(Restoration.desk == desk, Restoration.answered.is_(False))
    ended = bool(rows_changed(s, ours.values(answered=True)))
    s.execute(delete(RestoredBundle).where(RestoredBundle.desk == desk))
    return ended
