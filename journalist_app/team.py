"""Accounts, as admins keep them: on the pages, and by the command, which comes without an actor.

Who acts by a page must be an admin still when it happens, and does nothing here to their own
account. So the last admin can neither be removed nor demoted, and nobody locks themselves out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from journalist_app.credentials import (
    Credentials,
    Login,
    draw_credentials,
    replace_credentials,
    store_codes,
)
from journalist_app.keeping_refusals import (
    BadReviewerName,
    NameTaken,
    NoLongerAdmin,
    NoSuchDesk,
    NoSuchReviewer,
    OnesOwnAccount,
)
from storage import recovery_codes, reviewers, sessions
from storage.errors import AlreadyThere, DeskUnknown
from storage.history import Deed
from storage.models import Reviewer
from web.history import note
from web.services import Services

_NAME = re.compile(r"[^\W_](?:[\w.-]{0,38}[^\W_])?")


@dataclass(frozen=True)
class Actor:
    """The admin who asks by a page."""

    id: str
    name: str


@dataclass(frozen=True)
class Member:
    """An account as it is listed. `codes_left` counts unused recovery codes."""

    id: str
    name: str
    desks: tuple[str, ...]
    admin: bool
    codes_left: int


class Team:
    """The accounts of an instance, in the hands of `actor`; None: of a command on the server."""

    def __init__(self, services: Services, actor: Actor | None = None) -> None:
        self._services, self._actor = services, actor

    def members(self) -> list[Member]:
        """List all accounts by name."""
        with self._services.db.read() as transaction:
            return [_member(transaction, row) for row in reviewers.list_reviewers(transaction)]

    def member(self, reviewer: str) -> Member:
        """Give one account; raises NoSuchReviewer."""
        with self._services.db.read() as transaction:
            return _member(transaction, _row(transaction, reviewer))

    def named(self, name: str) -> Member:
        """Give the account of that name; raises NoSuchReviewer."""
        with self._services.db.read() as transaction:
            row = reviewers.by_name(transaction, name)
            if row is None:
                raise NoSuchReviewer(f"There is no reviewer named {name}.")
            return _member(transaction, row)

    def add(self, name: str, desks: Sequence[str], *, admin: bool) -> Login:
        """Add an account. Raises BadReviewerName, NameTaken, NoSuchDesk."""
        if not _NAME.fullmatch(name):
            raise BadReviewerName
        drawn = draw_credentials(self._services, name)
        with self._services.db.write() as transaction:
            self._check_actor(transaction)
            reviewer = self._insert(transaction, drawn, admin=admin)
            _give_desks(transaction, reviewer, desks)
            store_codes(transaction, reviewer, drawn.login.recovery_codes)
            self._note(transaction, Deed.REVIEWER_ADDED, name)
        return drawn.login

    def _insert(self, transaction: Session, drawn: Credentials, *, admin: bool) -> str:
        new = reviewers.NewReviewer(
            name=drawn.login.name,
            language=self._services.instance.config.language,
            admin=admin,
            passphrase_hash=drawn.passphrase_hash,
            totp_box=drawn.totp_box(self._services),
        )
        try:
            return reviewers.add_reviewer(transaction, new, [])
        except AlreadyThere:
            raise NameTaken from None

    def reset(self, reviewer: str) -> Login:
        """Replace all that an account logs in with, and end its sessions."""
        drawn = draw_credentials(self._services, self.member(reviewer).name)
        with self._services.db.write() as transaction:
            self._check_actor(transaction, reviewer)
            row = _row(transaction, reviewer)
            replace_credentials(self._services, transaction, reviewer, drawn)
            sessions.delete_of_reviewer(transaction, reviewer)
            self._note(transaction, Deed.LOGIN_RESET, row.name)
        return drawn.login

    def change(self, reviewer: str, desks: Sequence[str], *, admin: bool) -> None:
        """Give an account these desks and no others, and let it administer or not."""
        with self._services.db.write() as transaction:
            row = _row(transaction, reviewer)
            # One's own desks may be changed; one's own right to administer may not.
            self._check_actor(transaction, None if row.admin == admin else reviewer)
            reviewers.set_admin(transaction, reviewer, admin=admin)
            _give_desks(transaction, reviewer, desks)
            self._note(transaction, Deed.REVIEWER_CHANGED, row.name)

    def remove(self, reviewer: str) -> None:
        """Remove an account and its sessions; what it collected stays collected."""
        with self._services.db.write() as transaction:
            self._check_actor(transaction, reviewer)
            row = _row(transaction, reviewer)
            reviewers.remove_reviewer(transaction, reviewer)
            self._note(transaction, Deed.REVIEWER_REMOVED, row.name)

    def _check_actor(self, transaction: Session, target: str | None = None) -> None:
        """Hold all admins, so that of two who demote each other one comes too late."""
        if self._actor is None:
            return
        if self._actor.id not in reviewers.hold_admins(transaction):
            raise NoLongerAdmin
        if self._actor.id == target:
            raise OnesOwnAccount

    def _note(self, transaction: Session, deed: Deed, name: str) -> None:
        who = self._actor.name if self._actor else None
        note(self._services, transaction, deed, who=who, about=name)


def _row(transaction: Session, reviewer: str) -> Reviewer:
    found = reviewers.get(transaction, reviewer)
    if found is None:
        raise NoSuchReviewer
    return found


def _member(transaction: Session, row: Reviewer) -> Member:
    theirs = tuple(reviewers.desks_of(transaction, row.id))
    return Member(row.id, row.name, theirs, row.admin, recovery_codes.left(transaction, row.id))


def _give_desks(transaction: Session, reviewer: str, desks: Sequence[str]) -> None:
    try:
        reviewers.set_desks(transaction, reviewer, desks)
    except DeskUnknown:
        raise NoSuchDesk from None
