"""Queries: the calendars of desk keys, and which subkey is sealed to on which day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import KeyWindow


@dataclass(frozen=True)
class NewWindow:
    """A window to keep; see KeyWindow."""

    subkey: str
    begins: date
    ends: date | None
    armored: str


def put_windows(
    s: Session, slug: str, fingerprint: str, windows: Iterable[NewWindow], today: date
) -> None:
    """Keep a key's calendar. What is kept and not among these is sealed to no more from today.

    With no window at all nothing changes: a calendar's last copy may show its last subkey alone.
    """
    new = {window.subkey: window for window in windows}
    if not new:
        return
    for row in of_key(s, slug, fingerprint):
        if row.subkey not in new and _is_coming(row, today):
            s.delete(row)  # nothing was ever sealed to it
        elif row.subkey not in new and not is_over(row, today):
            row.ends = today
    for window in new.values():
        before = s.get(KeyWindow, (slug, window.subkey))
        armored = window.armored or (before.armored if before else "")
        s.merge(
            KeyWindow(
                desk=slug,
                subkey=window.subkey,
                fingerprint=fingerprint,
                begins=window.begins,
                ends=window.ends,
                armored=armored,
            )
        )


def of_key(s: Session, slug: str, fingerprint: str) -> Sequence[KeyWindow]:
    """Return the windows of one key, in their order."""
    of_it = select(KeyWindow).where(KeyWindow.desk == slug, KeyWindow.fingerprint == fingerprint)
    return s.scalars(of_it.order_by(KeyWindow.begins, KeyWindow.subkey)).all()


def of_desk(s: Session, slug: str) -> Mapping[str, Sequence[KeyWindow]]:
    """Return all windows of a desk's keys by the key's fingerprint, each in their order."""
    theirs = select(KeyWindow).where(KeyWindow.desk == slug)
    found: dict[str, list[KeyWindow]] = defaultdict(list)
    for row in s.scalars(theirs.order_by(KeyWindow.begins, KeyWindow.subkey)):
        found[row.fingerprint].append(row)
    return found


def window_of(windows: Sequence[KeyWindow], day: date) -> KeyWindow | None:
    """Return the one that is sealed to on a day: of several, the one that began last.

    Of two that began on one day it is the one whose fingerprint is greater, so that every process
    and every machine chooses alike.
    """
    open_ = [row for row in windows if row.armored and row.begins <= day and not is_over(row, day)]
    return max(open_, key=lambda row: (row.begins, row.subkey), default=None)


def covered_until(windows: Sequence[KeyWindow], day: date) -> date | None:
    """Return the first day from `day` on that no window covers; None if there is none."""
    first = day
    while (window := window_of(windows, first)) is not None:
        if window.ends is None:
            return None
        first = window.ends
    return first


def is_over(window: KeyWindow, day: date) -> bool:
    """Tell whether a window has ended by a day."""
    return window.ends is not None and window.ends <= day


def _is_coming(window: KeyWindow, day: date) -> bool:
    return window.begins > day
