"""Sessions of both apps: a row that only the cookie opens, and a cookie that opens only a row.

What a session holds is the app's own bytes, sealed under a key made from the cookie. The cookie
itself is never stored, so that the disk without the browser says nothing, nor the reverse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response

from crypto.errors import BadBox
from crypto.kinds import SessionId
from crypto.sessionbox import (
    SessionCookie,
    SessionKind,
    open_session,
    seal_session,
    session_id,
)
from storage import sessions as rows
from storage.engine import Database
from storage.errors import StorageError
from storage.models import Visitor
from web.faults import report_fault

UPLOAD_HOURS = 24  # the longest that a delivery under way keeps its session alive
_VISITORS = {SessionKind.SOURCE: Visitor.SOURCE, SessionKind.REVIEWER: Visitor.REVIEWER}
GRAIN_SECONDS = 15 * 60  # the finest that a session's times are kept


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lives without a request, and at most."""

    idle: timedelta
    longest: timedelta


@dataclass
class OpenSession:
    """A session found by its cookie. `data` is what the app sealed into it."""

    cookie: SessionCookie
    id: SessionId
    data: bytes
    reviewer: str | None
    ends: int = 0

    def __repr__(self) -> str:
        return "OpenSession(…)"


class SessionKeeper:
    """The sessions of one app."""

    def __init__(
        self,
        db: Database,
        kind: SessionKind,
        cookie_name: str,
        lifetimes: Lifetimes,
        now: Callable[[], datetime],
    ) -> None:
        self._db, self._kind, self._lifetimes, self._now = db, kind, lifetimes, now
        self.cookie_name = cookie_name

    def start(self, data: bytes, reviewer: str | None = None) -> OpenSession:
        """Make a session that holds `data`, under a new cookie."""
        cookie = SessionCookie.new()
        now = self._now()
        ends = _coarse(now + self._lifetimes.longest)
        session = OpenSession(cookie, session_id(cookie, self._kind), data, reviewer, ends)
        with self._db.write() as transaction:
            rows.put(
                transaction,
                rows.NewSession(
                    id=session.id,
                    kind=_VISITORS[self._kind],
                    reviewer=reviewer,
                    box=seal_session(cookie, self._kind, data),
                    expires=_coarse(now + self._lifetimes.idle),
                    ends=ends,
                ),
            )
        return session

    def find(self, untrusted_cookie: str | None, *, by_itself: bool = False) -> OpenSession | None:
        """Open the session of a cookie, or give None for any cookie that opens nothing.

        A request that a page makes `by_itself` does not lengthen the session's life.
        """
        if not untrusted_cookie:
            return None
        try:
            cookie = SessionCookie.from_text(untrusted_cookie)
            return self._open(cookie, by_itself=by_itself)
        except BadBox:
            return None

    def _open(self, cookie: SessionCookie, *, by_itself: bool) -> OpenSession | None:
        name = session_id(cookie, self._kind)
        now = self._now()
        with self._db.read() as transaction:
            row = rows.get(transaction, name, int(now.timestamp()))
            if row is None or row.kind is not _VISITORS[self._kind]:
                return None
            data = open_session(cookie, self._kind, row.box)
            found = OpenSession(cookie, name, data, row.reviewer, row.ends)
            expires = row.expires
        if not by_itself:
            self._prolong(found, expires, now)
        return found

    def _prolong(self, session: OpenSession, expires: int, now: datetime) -> None:
        fresh = min(_coarse(now + self._lifetimes.idle), session.ends)
        if fresh > expires:
            try:
                with self._db.write() as transaction:
                    rows.touch(transaction, session.id, fresh)
            except StorageError as error:
                report_fault(error)  # a full disk, say: whoever wants to leave must be able to

    def save(self, session: OpenSession) -> None:
        """Seal the session's present data into its row."""
        box = seal_session(session.cookie, self._kind, session.data)
        with self._db.write() as transaction:
            rows.replace_box(transaction, session.id, box)

    def hold(self, session: OpenSession) -> None:
        """Keep the session alive for as long as an upload may last."""
        until = _coarse(self._now() + timedelta(hours=UPLOAD_HOURS))
        self._set_times(session, until, max(until, session.ends))

    def release(self, session: OpenSession) -> None:
        """Give the session its idle time from now on; its end stays, unless that is past."""
        expires = _coarse(self._now() + self._lifetimes.idle)
        self._set_times(session, expires, max(expires, session.ends))

    def _set_times(self, session: OpenSession, expires: int, ends: int) -> None:
        with self._db.write() as transaction:
            rows.set_times(transaction, session.id, expires, ends)

    def end(self, session: OpenSession) -> None:
        """Delete the row: from now on the cookie opens nothing."""
        with self._db.write() as transaction:
            rows.delete_session(transaction, session.id)

    def give_cookie(self, response: Response, session: OpenSession) -> None:
        """Set the cookie: gone with the browser, out of reach of scripts and of other sites.

        It has no Secure flag: an onion address is reached by plain HTTP inside Tor's encryption.
        """
        response.set_cookie(
            self.cookie_name, session.cookie.to_text(), httponly=True, samesite="Strict"
        )


def _coarse(moment: datetime) -> int:
    """Give unix seconds, rounded up: a row's times must not say when a delivery was made."""
    return -(-int(moment.timestamp()) // GRAIN_SECONDS) * GRAIN_SECONDS
