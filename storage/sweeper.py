"""The sweeper: removes what is over at intervals, and in the night undoes orders of arrival.

Any number of front ends may run it at once. What it deletes, it deletes in transactions of which
only the first finds anything; the night's work is claimed in the database by one of them.

It does no harm to what is going on. A blob that somebody writes or reads is locked (`blobs`), and
stays so until its row is in; what looks like an orphan is held alone before it is asked again
whether it has a row. Its age is a second reason, for where locks are not seen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy.orm import Session

from storage import (
    bundles,
    chores,
    deletions,
    deliveries,
    desks,
    intake,
    quick_copies,
    replies,
    retention,
    reviewers,
    sessions,
)
from storage.blob_protocol import Blobs
from storage.engine import Database
from storage.errors import DiskFull, NoSuchBlob
from storage.statements import in_batches
from storage.upkeep import compact, truncate_wal

_CLAIMED = "night"  # chore: the last day whose night somebody took on
_REWRITTEN = "rewrite"  # chore: the last day all of whose blobs are rewritten


@dataclass(frozen=True)
class Kept:
    """How long things are kept."""

    replies: timedelta = timedelta(days=180)  # a source may be away for a season
    bundles: timedelta = timedelta(days=30)  # a reviewer may need to fetch one again
    # No row and no lock for this long: even where locks are not seen, no upload is so slow.
    orphans: timedelta = timedelta(hours=1)


DEFAULT_KEPT = Kept()

Note = Callable[[Session, str, int], None]  # in a transaction, of a desk, how many


@dataclass(frozen=True)
class Swept:
    """What a sweep did, in numbers."""

    sessions: int
    deletions: int
    replies: int
    keys_retired: int
    parts: int
    orphans: int
    left: int  # blobs in use or on a failing disk: the next sweep takes them up again
    wal_truncated: bool


@dataclass(frozen=True)
class Rewritten:
    """What a night did, in numbers; blobs left are rewritten the next night."""

    blobs: int
    left: int
    wal_truncated: bool


def expire(db: Database, today: date, note: Note) -> int:
    """Queue the deliveries that desks keep no longer; return how many.

    With the rest of the queue the next sweep takes them one by one. `note` writes their number
    into the history, in the transaction that queues them.
    """
    with db.read() as s:
        slugs = [desk.slug for desk in retention.desks(s)]
    total = 0
    for slug in slugs:
        with db.write() as s:
            number = retention.queue_over(s, desks.get_desk(s, slug), today)
            if number:
                note(s, slug, number)
        total += number
    return total


def sweep(
    db: Database, blobs: Blobs, now: datetime, dice: Random, kept: Kept = DEFAULT_KEPT
) -> Swept:
    """Remove what is over at `now` (UTC). `dice` should be a `random.SystemRandom`."""
    carried_out, left = _carry_out_queued(db, blobs, dice)
    ended, retired = _end_what_expired(db, now, kept)
    gone = _delete_old_replies(db, now.date() - kept.replies)
    orphans, orphans_left = _remove_orphans(db, blobs, now - kept.orphans)
    return Swept(
        sessions=ended,
        deletions=carried_out,
        replies=gone,
        keys_retired=retired,
        parts=blobs.sweep_parts(now - kept.orphans),
        orphans=orphans,
        left=left + orphans_left,
        wal_truncated=truncate_wal(db),
    )


def night(db: Database, blobs: Blobs, today: date, dice: Random) -> Rewritten | None:
    """Rewrite the blobs of all past days not yet done, in random order; compact the database.

    None: another front end has taken this night on, or it is done.
    """
    with db.write() as s:
        if not chores.claim(s, _CLAIMED, today):
            return None
    done = False
    try:
        result = _night(db, blobs, today, dice)
        done = True
    finally:
        if not done:  # so that it is tried again the same night
            with db.write() as s:
                chores.note(s, _CLAIMED, today - timedelta(days=1))
    return result


def _night(db: Database, blobs: Blobs, today: date, dice: Random) -> Rewritten:
    with db.read() as s:
        done = chores.last_day(s, _REWRITTEN) or date.min
        names = list(deliveries.blobs_of_days(s, after=done, before=today))
    dice.shuffle(names)
    left = sum(not _rewrite(blobs, name) for name in names)
    if not left:
        with db.write() as s:
            chores.note(s, _REWRITTEN, today - timedelta(days=1))
    blobs.settle(dice)
    compact(db)
    return Rewritten(blobs=len(names) - left, left=left, wal_truncated=truncate_wal(db))


def _rewrite(blobs: Blobs, name: str) -> bool:
    try:
        return blobs.rewrite(name)
    except (OSError, DiskFull):
        return False


def _carry_out_queued(db: Database, blobs: Blobs, dice: Random) -> tuple[int, int]:
    """Carry out what is queued, each by itself: no transaction says what one source deleted."""
    with db.read() as s:
        queued = list(deletions.queued(s))
    dice.shuffle(queued)
    left = 0
    for deletion in queued:
        with db.write() as s:
            names = deletions.carry_out(s, deletion.kind, deletion.target)
        left += _delete(blobs, names)
    return len(queued), left


def _end_what_expired(db: Database, now: datetime, kept: Kept) -> tuple[int, int]:
    today = now.date()
    with db.write() as s:
        bundles.delete_before(s, today - kept.bundles)
        quick_copies.delete_before(s, today - kept.replies)  # the replies go as well
        intake.delete_before(s, today)
        reviewers.forget_times(s, int(now.timestamp()))
        ended = sessions.delete_expired(s, int(now.timestamp()))
        return ended, desks.retire_expired(s, today)


def _delete_old_replies(db: Database, before: date) -> int:
    with db.write() as s:
        return deletions.delete_replies(s, replies.expired(s, before))


def _remove_orphans(db: Database, blobs: Blobs, before: datetime) -> tuple[int, int]:
    """Remove old blobs that no row names; return how many, and how many have to wait."""
    removed, left = 0, 0
    for names in in_batches(blobs.names()):
        with db.read() as s:
            known = deliveries.known_blobs(s, names)
        for name in names:
            if name not in known and _is_old(blobs, name, before):
                stuck = _delete(blobs, [name], unless=partial(_is_known, db, name))
                removed, left = removed + 1 - stuck, left + stuck
    return removed, left


def _is_known(db: Database, name: str) -> bool:
    """Ask again while nobody holds the blob: its row may have come between list and lock."""
    with db.read() as s:
        return bool(deliveries.known_blobs(s, [name]))


def _is_old(blobs: Blobs, name: str, before: datetime) -> bool:
    try:
        return blobs.changed(name) < before
    except NoSuchBlob:
        return False


def _delete(blobs: Blobs, names: Iterable[str], *, unless: Callable[[], bool] | None = None) -> int:
    """Delete blobs; return how many have to wait, for their users or for the disk."""
    left = 0
    for name in names:
        try:
            left += not blobs.delete(name, unless=unless)
        except OSError:
            left += 1
    return left
