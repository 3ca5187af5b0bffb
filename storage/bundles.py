"""Queries: bundles already made."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models import Bundle
from storage.statements import rows_changed

# A manifest is JSON, and its ids need no escapes; some have the kind of an envelope behind them.
_QUOTED = re.compile(rb'"([^"\\.]*)(?:\.[a-z]+)?"')


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


def delete_naming(s: Session, deliveries: Iterable[str]) -> int:
    """Forget the bundles that name any of these deliveries; return how many.

    They could not be streamed again, and would say what was deleted.
    """
    gone = {delivery.encode() for delivery in deliveries}
    naming = [
        bundle
        for bundle, manifest in s.execute(select(Bundle.id, Bundle.manifest))
        if not gone.isdisjoint(_QUOTED.findall(manifest))
    ]
    return rows_changed(s, delete(Bundle).where(Bundle.id.in_(naming)))


def delete_before(s: Session, day: date) -> int:
    """Forget all bundles made before a day; return how many."""
    return rows_changed(s, delete(Bundle).where(Bundle.day < day))
