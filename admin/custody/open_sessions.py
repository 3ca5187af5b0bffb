"""Ending sessions: the only secret of one is its visitor's cookie, and the row that it opens.

There is no key that all sessions share. What can be rotated is therefore all of them at once.
"""

from collections.abc import Iterable

from admin.custody.holding import settle
from storage import sessions
from storage.history import Deed
from storage.models import Visitor
from web.history import note
from web.services import Services


def end_sessions(services: Services, kinds: Iterable[Visitor]) -> None:
    """End all sessions of these kinds, in one transaction. Raises AdminError."""
    with services.db.write() as transaction:
        for kind in kinds:
            sessions.delete_kind(transaction, kind)
            # No number: how many sources were here at once is nobody's business later.
            note(services, transaction, Deed.SESSIONS_ENDED, about=kind.value)
    settle(services)
