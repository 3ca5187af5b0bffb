"""One's own sessions, as their owner sees and ends them.

A page names a session by a word that only the session that shows it understands: no cookie, and
nothing that finds a row or opens one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from crypto.kinds import SessionId
from crypto.sessionbox import session_name
from journalist_app.account_refusals import NoSuchSession
from storage import sessions
from web.services import Services
from web.sessions import OpenSession


@dataclass(frozen=True)
class OwnSession:
    """A session as it is listed; its times are kept to the quarter of an hour.

    `begun` is reckoned from its end, which needs no further time to be stored: after a change of
    the longest session it is off by that much, for the sessions from before.
    """

    name: str
    id: SessionId
    begun: datetime
    expires: datetime
    ends: datetime
    present: bool


class OwnSessions:
    """The sessions of the reviewer whose session is `present`."""

    def __init__(self, services: Services, present: OpenSession) -> None:
        self._services, self._present = services, present
        self._longest = timedelta(hours=services.instance.config.reviewer_session_hours)

    def living(self) -> list[OwnSession]:
        """List those that live, the present one first."""
        with self._services.db.read() as transaction:
            found = self._all(transaction)
        return sorted(found, key=lambda each: not each.present)

    def _all(self, transaction: Session) -> list[OwnSession]:
        now = int(self._services.now().timestamp())
        rows = sessions.of_reviewer(transaction, self._present.reviewer or "", now)
        return [
            OwnSession(
                name=session_name(self._present.cookie, SessionId(row.id)),
                id=SessionId(row.id),
                begun=_moment(row.ends) - self._longest,
                expires=_moment(row.expires),
                ends=_moment(row.ends),
                present=row.id == self._present.id,
            )
            for row in rows
        ]

    def end(self, untrusted_name: str) -> OwnSession:
        """End the session of that name and give it; raises NoSuchSession."""
        with self._services.db.write() as transaction:
            for each in self._all(transaction):
                if each.name == untrusted_name:
                    sessions.delete_session(transaction, each.id)
                    return each
        raise NoSuchSession

    def end_others(self) -> int:
        """End all but the present one; give how many."""
        with self._services.db.write() as transaction:
            others = [each for each in self._all(transaction) if not each.present]
            for each in others:
                sessions.delete_session(transaction, each.id)
        return len(others)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
