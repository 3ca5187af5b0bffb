"""What a source's session holds: nothing that outlives it, and nothing readable on a disk."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from flask import g, request

from crypto.codename import Codename, parse
from crypto.schedule import MailboxKeys
from crypto.sessionbox import SessionKind
from web.csrf import new_token
from web.errors import NoSession
from web.services import Services
from web.sessions import Lifetimes, OpenSession, SessionKeeper

COOKIE_NAME = "vasistas"


@dataclass
class SourceSession:
    """The state of one visit.

    `codename` stands here from the first visit's start to its end, and on no later one. `keys`
    are the mailbox keys, in hexadecimal, once they were derived. `found` holds the ids of
    deliveries and replies that the mailbox test found, up to and including the day `tested`.
    `shown` is true once the codename was, and `copied` once it was typed back; `way` is the number
    of the quick way out.
    """

    language: str
    csrf: str = field(default_factory=new_token)
    desk: str | None = None
    codename: str | None = None
    keys: str | None = None
    deliveries: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    tested: str | None = None
    receipt: dict[str, int] | None = None
    notice: str | None = None
    shown: bool = False
    copied: bool = False
    way: str = "0"

    def __repr__(self) -> str:
        return "SourceSession(…)"

    @property
    def mailbox_keys(self) -> MailboxKeys | None:
        """The derived keys, if they were derived in this visit."""
        return MailboxKeys.from_bytes(bytes.fromhex(self.keys)) if self.keys else None

    @property
    def shown_codename(self) -> Codename | None:
        """The codename, while the first visit lasts."""
        return parse(self.codename) if self.codename else None

    @property
    def tested_day(self) -> date | None:
        """The last day whose rows were tested."""
        return date.fromisoformat(self.tested) if self.tested else None

    def remember_keys(self, keys: MailboxKeys) -> None:
        """Keep the derived keys for the rest of the visit."""
        self.keys = keys.to_bytes().hex()

    def encode(self) -> bytes:
        """Give the bytes that are sealed."""
        return json.dumps(asdict(self)).encode()


class SourceSessions:
    """The sessions of the source app, as its views use them."""

    def __init__(self, services: Services, by_itself: frozenset[str] = frozenset()):
        """`by_itself` are the paths that a page asks for without its reader."""
        self._by_itself = by_itself
        config = services.instance.config
        lifetimes = Lifetimes(
            timedelta(minutes=config.source_idle_minutes),
            timedelta(hours=config.source_session_hours),
        )
        self.keeper = SessionKeeper(
            services.db, SessionKind.SOURCE, COOKIE_NAME, lifetimes, services.now
        )

    def load(self) -> None:
        """Find the request's session, if it has one, and its language."""
        g.open_session = g.source = None  # what follows may fail, and its page asks for them
        by_itself = request.path in self._by_itself
        found = self.keeper.find(request.cookies.get(COOKIE_NAME), by_itself=by_itself)
        g.open_session = found
        g.source = SourceSession(**json.loads(found.data)) if found else None
        if g.source is not None and "l" not in request.args:
            g.language = g.source.language

    def start(self, source: SourceSession) -> OpenSession:
        """Start a session in place of the one that may have been here."""
        self.end()
        g.source = source
        g.open_session = self.keeper.start(source.encode())
        return g.open_session  # type: ignore[no-any-return]  # flask.g is untyped

    def save(self) -> None:
        """Seal what the views changed."""
        g.open_session.data = g.source.encode()
        self.keeper.save(g.open_session)

    def end(self) -> None:
        """End the session, if there is one."""
        if g.open_session is not None:
            self.keeper.end(g.open_session)
            g.open_session = g.source = None


def current_source() -> SourceSession:
    """Give the request's session; raises NoSession where there is none."""
    source: SourceSession | None = g.source
    if source is None:
        raise NoSession
    return source
