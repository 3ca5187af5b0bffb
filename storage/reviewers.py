"""Queries: reviewers, their desks, and what a log-in has to remember."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from storage import log_in_waits
from storage.desks import get_desk
from storage.errors import AlreadyThere
from storage.models import Reviewer, ReviewerDesk
from storage.statements import insert_new, rows_changed

TOTP_STEP = 30  # seconds (RFC 6238, section 4)
STEPS_REMEMBERED = 10  # five minutes; a code may be one step off


@dataclass(frozen=True, kw_only=True)
class NewReviewer:
    """A reviewer to add. The hash is PHC text; the box holds the TOTP secret, sealed."""

    name: str
    language: str
    passphrase_hash: str
    totp_box: bytes
    admin: bool = False


def add_reviewer(s: Session, new: NewReviewer, desks: Iterable[str]) -> str:
    """Add a reviewer and return the id. Raises AlreadyThere, DeskUnknown."""
    reviewer = secrets.token_hex(16)
    if not insert_new(s, Reviewer, asdict(new) | {"id": reviewer, "totp_step": 0}):
        raise AlreadyThere
    log_in_waits.put(s, reviewer)
    set_desks(s, reviewer, desks)
    return reviewer


def list_reviewers(s: Session) -> Sequence[Reviewer]:
    """Return all reviewers by name."""
    return s.scalars(select(Reviewer).order_by(Reviewer.name)).all()


def get(s: Session, reviewer: str) -> Reviewer | None:
    """Return a reviewer by id."""
    return s.get(Reviewer, reviewer)


def by_name(s: Session, name: str) -> Reviewer | None:
    """Return a reviewer by name."""
    return s.scalars(select(Reviewer).where(Reviewer.name == name)).one_or_none()


def desks_of(s: Session, reviewer: str) -> Sequence[str]:
    """Return the slugs of a reviewer's desks."""
    theirs = select(ReviewerDesk.desk).where(ReviewerDesk.reviewer == reviewer)
    return s.scalars(theirs.order_by(ReviewerDesk.desk)).all()


def set_desks(s: Session, reviewer: str, desks: Iterable[str]) -> None:
    """Let a reviewer see these desks and no others. Raises DeskUnknown."""
    s.execute(delete(ReviewerDesk).where(ReviewerDesk.reviewer == reviewer))
    for desk in sorted(set(desks)):
        get_desk(s, desk)
        s.execute(insert(ReviewerDesk), {"reviewer": reviewer, "desk": desk})


def set_admin(s: Session, reviewer: str, *, admin: bool) -> None:
    """Make a reviewer an admin, or no longer one."""
    _change(s, reviewer, admin=admin)


def hold_admins(s: Session) -> Sequence[str]:
    """Return the ids of all admins, held until the commit: who would change one waits."""
    held = select(Reviewer).where(Reviewer.admin).order_by(Reviewer.id).with_for_update()
    return [admin.id for admin in s.scalars(held)]


def set_language(s: Session, reviewer: str, language: str) -> None:
    """Set the language of a reviewer's pages."""
    _change(s, reviewer, language=language)


def set_passphrase(s: Session, reviewer: str, passphrase_hash: str) -> None:
    """Set the hash of a reviewer's passphrase."""
    _change(s, reviewer, passphrase_hash=passphrase_hash)


def set_totp(s: Session, reviewer: str, totp_box: bytes) -> None:
    """Set a reviewer's sealed TOTP secret; no step of it has been used."""
    _change(s, reviewer, totp_box=totp_box, totp_step=0)


def reseal_totp(s: Session, reviewer: str, totp_box: bytes) -> None:
    """Put the same TOTP secret in another box; what was used of it stays used."""
    _change(s, reviewer, totp_box=totp_box)


def accept_step(s: Session, reviewer: str, step: int) -> bool:
    """Use up a TOTP step; False if it, or a later one, was used before, perhaps just now."""
    unused = update(Reviewer).where(Reviewer.id == reviewer, Reviewer.totp_step < step)
    return bool(rows_changed(s, unused.values(totp_step=step)))


def forget_times(s: Session, now: int) -> None:
    """Forget the times of log-ins that serve no more; `now` in unix seconds.

    A used TOTP step is one: no later code can be of a step so old, and it tells half a minute.
    """
    spent = now // TOTP_STEP - STEPS_REMEMBERED
    s.execute(update(Reviewer).where(Reviewer.totp_step.between(1, spent - 1)).values(totp_step=0))
    log_in_waits.forget_times(s, now)


def remove_reviewer(s: Session, reviewer: str) -> None:
    """Remove a reviewer and their sessions; what they collected stays collected."""
    log_in_waits.remove(s, reviewer)
    s.execute(delete(Reviewer).where(Reviewer.id == reviewer))


def _change(s: Session, reviewer: str, **values: object) -> None:
    s.execute(update(Reviewer).where(Reviewer.id == reviewer).values(**values))
