"""Queries: sessions of sources and of reviewers. Times are unix seconds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from storage.models import SessionRow, Visitor
from storage.statements import rows_changed


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """A session to keep: the cookie's id, and a box that only the cookie opens.

    `ends` comes whatever the visitor does, `expires` unless they do something.
    """

    id: bytes
    kind: Visitor
    box: bytes
    expires: int
    ends: int
    reviewer: str | None = None


def put(s: Session, new: NewSession) -> None:
    """Keep a new session."""
    s.execute(insert(SessionRow), asdict(new) | {"expires": min(new.expires, new.ends)})


def get(s: Session, session: bytes, now: int) -> SessionRow | None:
    """Return a session that has not expired, without its parcel; None if there is none."""
    living = select(SessionRow).where(SessionRow.id == session, SessionRow.expires > now)
    return s.scalars(living).one_or_none()


def touch(s: Session, session: bytes, expires: int) -> None:
    """Put off a session's expiry, at most to its end."""
    later = case((SessionRow.ends < expires, SessionRow.ends), else_=expires)
    s.execute(update(SessionRow).where(SessionRow.id == session).values(expires=later))


def set_times(s: Session, session: bytes, expires: int, ends: int) -> None:
    """Give a session other times: a delivery under way must not outlive it."""
    times = {"expires": min(expires, ends), "ends": ends}
    s.execute(update(SessionRow).where(SessionRow.id == session).values(**times))


def replace_box(s: Session, session: bytes, box: bytes) -> None:
    """Put another box in the place of a session's."""
    s.execute(update(SessionRow).where(SessionRow.id == session).values(box=box))


def set_parcel(s: Session, session: bytes, parcel: bytes | None) -> None:
    """Put down a sealed parcel for the next request, or remove it."""
    s.execute(update(SessionRow).where(SessionRow.id == session).values(parcel=parcel))


def parcel(s: Session, session: bytes) -> bytes | None:
    """Return the parcel that was put down, None if there is none."""
    return s.scalars(select(SessionRow.parcel).where(SessionRow.id == session)).one_or_none()


def delete_session(s: Session, session: bytes) -> None:
    """End a session."""
    s.execute(delete(SessionRow).where(SessionRow.id == session))


def of_reviewer(s: Session, reviewer: str, now: int) -> Sequence[SessionRow]:
    """Return a reviewer's sessions that have not expired, the one that ends last first."""
    theirs = select(SessionRow).where(SessionRow.reviewer == reviewer, SessionRow.expires > now)
    return s.scalars(theirs.order_by(SessionRow.ends.desc(), SessionRow.id)).all()


def delete_of_reviewer(s: Session, reviewer: str) -> int:
    """End all sessions of a reviewer (by id); return how many."""
    theirs = delete(SessionRow).where(SessionRow.reviewer == reviewer)
    return rows_changed(s, theirs)


def delete_kind(s: Session, kind: Visitor) -> int:
    """End all sessions of sources, or of reviewers; return how many."""
    return rows_changed(s, delete(SessionRow).where(SessionRow.kind == kind))


def delete_expired(s: Session, now: int) -> int:
    """End all sessions that have expired; return how many."""
    over = delete(SessionRow).where(SessionRow.expires <= now)
    return rows_changed(s, over)
