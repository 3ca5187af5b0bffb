"""Queries: the recovery codes that a reviewer has not used yet, as hashes of 32 bytes."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from storage.models import RecoveryCode
from storage.statements import rows_changed


def replace(s: Session, reviewer: str, hashes: Iterable[bytes]) -> None:
    """Give a reviewer these codes; those from before are void."""
    s.execute(delete(RecoveryCode).where(RecoveryCode.reviewer == reviewer))
    s.execute(insert(RecoveryCode), [{"reviewer": reviewer, "hash": each} for each in hashes])


def is_there(s: Session, reviewer: str, code: bytes) -> bool:
    """Tell whether this is the hash of an unused code of the reviewer."""
    return s.get(RecoveryCode, (reviewer, code)) is not None


def strike(s: Session, reviewer: str, code: bytes) -> bool:
    """Use a code up; False if it is not there, or not any more."""
    used = delete(RecoveryCode).where(RecoveryCode.reviewer == reviewer, RecoveryCode.hash == code)
    return bool(rows_changed(s, used))


def left(s: Session, reviewer: str) -> int:
    """Return how many codes a reviewer has left."""
    theirs = select(func.count()).where(RecoveryCode.reviewer == reviewer)
    return s.scalars(theirs).one()
