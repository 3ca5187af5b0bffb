"""What a reviewer's session holds, and who the reviewer of a request is."""

import json
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Literal

from flask import Response, g, request

from crypto.sessionbox import SessionKind
from journalist_app.refusals import SignInFirst
from storage import desks, reviewers
from web.circuits import CircuitLimits
from web.csrf import new_token
from web.languages import link
from web.responses import see_other
from web.services import Services
from web.sessions import Lifetimes, SessionKeeper

COOKIE_NAME = "vasistas_reviewer"
RECENT_BUNDLES = 5  # the downloads of a session that its pages offer to take up again


@dataclass(frozen=True)
class RecentBundle:
    """A bundle made in this session: its id, file name, deliveries, and size in bytes."""

    id: str
    file_name: str
    deliveries: int
    size: int


@dataclass(frozen=True)
class Pending:
    """A credential that was shown in this session and is not in effect before its proof.

    `kept` is a passphrase's hash, or a TOTP secret's sealed box in hexadecimal; `until` is unix
    seconds.
    """

    kind: Literal["passphrase", "totp"]
    kept: str = field(repr=False)
    until: int


@dataclass
class Visit:
    """The state of one session. `notices` and `warnings` are sentences to be shown once."""

    language: str
    csrf: str = field(default_factory=new_token)
    notices: list[str] = field(default_factory=list)
    bundles: list[RecentBundle] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pending: Pending | None = None

    def __repr__(self) -> str:
        return "Visit(…)"

    def remember_bundle(self, made: RecentBundle) -> None:
        """Note a bundle, the newest first."""
        self.bundles = [made, *self.bundles][:RECENT_BUNDLES]

    def encode(self) -> bytes:
        """Give the bytes that are sealed."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Visit":
        """Read what `encode` gave."""
        fields = json.loads(data)
        bundles = [RecentBundle(**made) for made in fields.pop("bundles")]
        pending = fields.pop("pending", None)
        return cls(**fields, bundles=bundles, pending=Pending(**pending) if pending else None)


@dataclass(frozen=True)
class CurrentReviewer:
    """Who asks. `desks` are theirs, slug to name, in the order of the names.

    Being an admin adds pages, and no delivery.
    """

    id: str
    name: str
    desks: dict[str, str]
    admin: bool = False


class ReviewerSessions:
    """The sessions of this app, as its views use them."""

    def __init__(self, services: Services) -> None:
        config = services.instance.config
        lifetimes = Lifetimes(
            timedelta(minutes=config.reviewer_idle_minutes),
            timedelta(hours=config.reviewer_session_hours),
        )
        self._db = services.db
        self._limits = CircuitLimits(services.circuits)
        self.keeper = SessionKeeper(
            services.db, SessionKind.REVIEWER, COOKIE_NAME, lifetimes, services.now
        )

    def load(self) -> None:
        """Find the request's session, its reviewer and its language, if it has one."""
        g.open_session = g.visit = g.reviewer = None
        found = self.keeper.find(request.cookies.get(COOKIE_NAME))
        if found is None or found.reviewer is None:
            return
        g.open_session, g.visit = found, Visit.decode(found.data)
        self._limits.belongs(found.reviewer)
        g.reviewer = self._reviewer(found.reviewer)
        if "l" not in request.args:
            g.language = g.visit.language

    def _reviewer(self, reviewer: str) -> CurrentReviewer | None:
        """Read the reviewer's name and desks afresh: what an admin changes counts at once."""
        with self._db.read() as transaction:
            row = reviewers.get(transaction, reviewer)
            if row is None:
                return None
            theirs = set(reviewers.desks_of(transaction, reviewer))
            names = {
                desk.slug: desk.name
                for desk in desks.list_desks(transaction)
                if desk.slug in theirs
            }
        in_order = dict(sorted(names.items(), key=lambda desk: _sortable(desk[1])))
        return CurrentReviewer(row.id, row.name, in_order, row.admin)

    def start(self, reviewer: str, language: str) -> None:
        """Start a session under a new cookie, in place of the one that may have been here."""
        self.end()
        g.visit = Visit(language)
        g.open_session = self.keeper.start(g.visit.encode(), reviewer)

    def save(self) -> None:
        """Seal what the views changed."""
        g.open_session.data = g.visit.encode()
        self.keeper.save(g.open_session)

    def tell(self, sentence: str) -> None:
        """Keep a sentence for the next page."""
        current_visit().notices.append(sentence)
        self.save()

    def told(self) -> list[str]:
        """Give the sentences to show now, and forget them."""
        visit: Visit | None = g.get("visit")
        if visit is None or not visit.notices:
            return []
        sentences, visit.notices = visit.notices, []
        self.save()
        return sentences

    def warn(self, sentence: str) -> None:
        """Keep a sentence for the top of the next page, whichever it is."""
        current_visit().warnings.append(sentence)
        self.save()

    def warned(self) -> list[str]:
        """Give the warnings to show now, and forget them."""
        visit: Visit | None = g.get("visit")
        if visit is None or not visit.warnings:
            return []
        sentences, visit.warnings = visit.warnings, []
        self.save()
        return sentences

    def end(self) -> None:
        """End the session, if there is one."""
        if g.open_session is not None:
            self.keeper.end(g.open_session)
            g.open_session = g.visit = g.reviewer = None

    def leave(self) -> Response:
        """End the session and have the browser forget it."""
        self.end()
        response = see_other(link("/login"))
        # Not "cookies": Chromium then drops the Set-Cookie beside it, which deletes ours, and
        # does not heed this header where an address is no secure context, as http://….onion.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.delete_cookie(COOKIE_NAME, httponly=True, samesite="Strict")
        return response


def current_reviewer() -> CurrentReviewer:
    """Give the request's reviewer; raises SignInFirst where there is none."""
    reviewer: CurrentReviewer | None = g.reviewer
    if reviewer is None:
        raise SignInFirst
    return reviewer


def current_visit() -> Visit:
    """Give the request's session; raises SignInFirst where there is none."""
    visit: Visit | None = g.visit
    if visit is None:
        raise SignInFirst
    return visit


def _sortable(name: str) -> str:
    """Take accents off the letters, so that "É" stands with "E" and not behind "Z"."""
    return unicodedata.normalize("NFKD", name).casefold()
