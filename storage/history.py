"""Queries: the history of what was done. Who, what, which day; never which delivery.

A line's hash covers the hash of the line before it: what is altered, or taken out of the middle,
breaks the chain. So that the last lines cannot simply be cut off, the end of the chain stands in
`history_head` under a seal that needs a key which is not in the database. What that leaves open
(whoever has that key, or an older copy of the whole) is told by people who wrote the end down.

The apps and the commands write through `web.history.note`, which brings the day and the seal.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from storage.models import HistoryHead, HistoryLine
from storage.statements import insert_new

START = bytes(32)  # what stands before the first line
_CHAIN = "deeds"
_CONTEXT = b"vasistas/history-line/1\n"
_AT_ONCE = 1_000  # lines read from the table at a time

Seal = Callable[[bytes], bytes]


class Deed(StrEnum):
    """What a line can tell. A new kind needs no migration."""

    BEGUN = "begun"
    COLLECTED = "collected"
    DELETED = "deleted"
    EXPIRED = "expired"  # by the desk's retention
    COURIER_REPLIED = "courier-replied"
    COURIER_DELETED = "courier-deleted"
    COURIER_REWRAPPED = "courier-rewrapped"
    COURIER_TAKEN = "courier-taken"  # that changed nothing
    REVIEWER_ADDED = "reviewer-added"
    REVIEWER_CHANGED = "reviewer-changed"
    REVIEWER_REMOVED = "reviewer-removed"
    LOGIN_RESET = "login-reset"
    PASSPHRASE_CHANGED = "passphrase-changed"  # noqa: S105  a deed's name
    TOTP_CHANGED = "totp-changed"
    CODES_MADE = "codes-made"
    CODE_USED = "code-used"
    DESK_ADDED = "desk-added"
    DESK_PAUSED = "desk-paused"
    DESK_RESUMED = "desk-resumed"
    DESK_CLOSED = "desk-closed"
    RETENTION_SET = "retention-set"
    QUOTA_SET = "quota-set"
    ANSWERS_CHANGED = "answers-changed"
    KEY_ADDED = "key-added"
    KEY_RETIRED = "key-retired"
    REWRAP_ASKED = "rewrap-asked"
    REWRAP_FINISHED = "rewrap-finished"
    REWRAP_UNDONE = "rewrap-undone"
    STATION_SET = "station-set"
    STATION_REMOVED = "station-removed"
    SIGNING_ROTATED = "signing-rotated"
    SIGNING_RETIRED = "signing-retired"
    TOTP_KEY_ROTATED = "totp-key-rotated"
    TOTP_KEY_RETIRED = "totp-key-retired"
    SESSIONS_ENDED = "sessions-ended"
    CODENAMES_CHANGED = "codenames-changed"
    BACKED_UP = "backed-up"
    RESTORED = "restored"
    RESTORATION_ANSWERED = "restoration-answered"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One deed. `who` is a reviewer's name, None for a command on the server or the server itself.

    `desk` decides which reviewers see it; None: admins only. `about` is a reviewer's name or a
    key's fingerprint, `number` how many: nothing here may name a delivery.
    """

    day: date
    deed: str
    who: str | None = None
    desk: str | None = None
    about: str | None = None
    number: int | None = None

    def digest(self, previous: bytes) -> bytes:
        """Give the line's hash behind `previous`: SHA-256, 32 bytes."""
        fields = [previous.hex(), self.day.isoformat(), self.deed, self.who, self.desk]
        written = json.dumps([*fields, self.about, self.number], ensure_ascii=True)
        return hashlib.sha256(_CONTEXT + written.encode("ascii")).digest()


@dataclass(frozen=True)
class Placed:
    """A line that is in the chain, and the hash of the one before it."""

    line: Line
    previous: bytes


@dataclass(frozen=True)
class Head:
    """The end of the chain and its seal."""

    hash: bytes
    seal: bytes


def record(s: Session, line: Line, seal: Seal) -> None:
    """Add a line at the end of the chain. Needs the write transaction of the deed itself."""
    insert_new(s, HistoryHead, {"chain": _CHAIN, "hash": START, "seal": b""})
    # Held until the commit, so that two front ends add one behind the other.
    ours = select(HistoryHead.hash).where(HistoryHead.chain == _CHAIN).with_for_update()
    previous = s.scalars(ours).one()
    digest = line.digest(previous)
    s.execute(insert(HistoryLine), asdict(line) | {"hash": digest, "previous": previous})
    moved = update(HistoryHead).where(HistoryHead.chain == _CHAIN)
    s.execute(moved.values(hash=digest, seal=seal(digest)))


def head(s: Session) -> Head | None:
    """Return the end of the chain, None where no line was ever written."""
    row = s.get(HistoryHead, _CHAIN)
    return None if row is None else Head(row.hash, row.seal)


def was_noted(s: Session, deed: Deed, about: str) -> bool:
    """Tell whether a line tells of this deed about this."""
    told = select(HistoryLine.hash).where(HistoryLine.deed == deed, HistoryLine.about == about)
    return s.scalars(told.limit(1)).first() is not None


def begun(s: Session) -> date | None:
    """Return the day of the first line."""
    first = select(HistoryLine.day).where(HistoryLine.previous == START)
    return s.scalars(first).one_or_none()


def back(s: Session, last: bytes, limit: int) -> list[Placed]:
    """Return at most `limit` lines, from the one of this hash backwards.

    Each step is one look-up by a unique index, and the walk ends after `limit` of them.
    """
    first = select(HistoryLine.hash, HistoryLine.previous, literal(1).label("step"))
    walk = first.where(HistoryLine.hash == last).cte("walk", recursive=True)
    earlier = select(HistoryLine.hash, HistoryLine.previous, walk.c.step + 1)
    earlier = earlier.where(HistoryLine.hash == walk.c.previous, walk.c.step < limit)
    walk = walk.union_all(earlier)
    found = select(HistoryLine).join(walk, HistoryLine.hash == walk.c.hash)
    return [_placed(row) for row in s.scalars(found.order_by(walk.c.step))]


def count(s: Session) -> int:
    """Return how many lines the table holds, chained or not."""
    return s.scalars(select(func.count()).select_from(HistoryLine)).one()


def _placed(row: HistoryLine) -> Placed:
    line = Line(
        day=row.day,
        deed=row.deed,
        who=row.who,
        desk=row.desk,
        about=row.about,
        number=row.number,
    )
    return Placed(line, row.previous)


def unbroken(s: Session, last: bytes) -> int | None:
    """Return how many lines lead from the start to the line of this hash; None if one is wrong."""
    number = 0
    while last != START:
        found = back(s, last, _AT_ONCE)
        if not found:
            return None
        for each in found:
            if each.line.digest(each.previous) != last:
                return None
            last = each.previous
        number += len(found)
    return number


def in_chain(s: Session, last: bytes, digits: str) -> bool:
    """Tell whether a line whose hash begins with these digits stands before, or at, this one."""
    found: list[Placed] = []
    while last != START:
        if last.hex().startswith(digits):
            return True
        if not found:
            found = back(s, last, _AT_ONCE)
        if not found:
            return False
        last = found.pop(0).previous
    return False


def of_desks(found: Sequence[Placed], desks: Sequence[str] | None) -> list[Placed]:
    """Keep the lines of these desks; None: all lines, those of no desk too."""
    return [each for each in found if desks is None or each.line.desk in desks]
