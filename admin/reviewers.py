"""Reviewers, as the commands change them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.errors import AdminError
from crypto.passphrase import Passphrase, hash_passphrase, new_passphrase
from crypto.totp import new_totp_secret, seal_totp, totp_uri
from storage import desks, reviewers, sessions
from storage.models import Reviewer
from web.services import Services

_NAME = re.compile(r"[^\W_](?:[\w.-]{0,38}[^\W_])?")


@dataclass(frozen=True)
class Login:
    """What a reviewer needs to log in; shown once and kept nowhere."""

    name: str
    passphrase: Passphrase = field(repr=False)
    totp_uri: str = field(repr=False)


@dataclass(frozen=True)
class _Credentials:
    login: Login
    passphrase_hash: str = field(repr=False)
    totp_box: bytes = field(repr=False)


def add_reviewer(services: Services, name: str, slugs: Sequence[str], *, admin: bool) -> Login:
    """Add a reviewer of some desks."""
    if not _NAME.fullmatch(name):
        raise AdminError("A reviewer's name is 1 to 40 letters, digits, dots or hyphens.")
    made = _credentials(services, name)
    with services.db.write() as transaction:
        slugs = list(dict.fromkeys(slugs))  # one named twice is one
        for slug in slugs:
            desks.get_desk(transaction, slug)
        reviewers.add_reviewer(
            transaction,
            reviewers.NewReviewer(
                name=name,
                language=services.instance.config.language,
                admin=admin,
                passphrase_hash=made.passphrase_hash,
                totp_box=made.totp_box,
            ),
            slugs,
        )
    return made.login


def reset_reviewer(services: Services, name: str) -> Login:
    """Replace a reviewer's credentials and end all their sessions."""
    made = _credentials(services, name)
    with services.db.write() as transaction:
        found = _find(reviewers.by_name(transaction, name), name)
        reviewers.set_passphrase(transaction, found.id, made.passphrase_hash)
        reviewers.set_totp(transaction, found.id, made.totp_box)
        reviewers.clear_failures(transaction, found.id)
        sessions.delete_of_reviewer(transaction, found.id)
    return made.login


def remove_reviewer(services: Services, name: str) -> None:
    """Remove a reviewer and their sessions."""
    with services.db.write() as transaction:
        reviewers.remove_reviewer(transaction, _find(reviewers.by_name(transaction, name), name).id)


def list_reviewers(services: Services) -> list[dict[str, Any]]:
    """List names, desks and whether they administer."""
    with services.db.read() as transaction:
        return [
            {
                "name": found.name,
                "desks": reviewers.desks_of(transaction, found.id),
                "role": "admin" if found.admin else "reviewer",
            }
            for found in reviewers.list_reviewers(transaction)
        ]


def _credentials(services: Services, name: str) -> _Credentials:
    config, totp_key = services.instance.config, services.instance.totp_key
    passphrase, secret = new_passphrase(config.language), new_totp_secret()
    login = Login(name, passphrase, totp_uri(secret, name, config.name))
    return _Credentials(login, hash_passphrase(passphrase), seal_totp(totp_key, name, secret))


def _find(found: Reviewer | None, name: str) -> Reviewer:
    if found is None:
        raise AdminError(f"There is no reviewer named {name}.")
    return found
