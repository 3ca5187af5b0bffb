"""Queries: bundles already made."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from storage.models import Bundle
from storage.statements import rows_changed


@dataclass(frozen=True, kw_only=True)
class NewBundle:
    """A bundle to keep: the exact bytes of its manifest, and their signature (64 bytes)."""

    id: str
    desk: str
    day: date
    manifest: bytes
    signature: bytes


def insert_bundle(s: Session, new: NewBundle) -> None:
    """Keep a bundle, so that it can be streamed again."""
    s.execute(insert(Bundle), asdict(new))


def get(s: Session, bundle: str) -> Bundle | None:
    """Return a bundle that was made, None if there is none (any more)."""
    return s.get(Bundle, bundle)


def delete_before(s: Session, day: date) -> int:
    """Forget all bundles made before a day; return how many."""
    return rows_changed(s, delete(Bundle).where(Bundle.day < day))
