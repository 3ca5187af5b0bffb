"""How old the secrets are and which overlaps last: ages and fingerprints, never a secret."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from admin.custody.signing_key import is_announced
from admin.custody.totp_key import is_resealed
from crypto.fingerprint import fingerprint
from storage import history
from web.key_files import KeptKey, read_keys
from web.services import Services


@dataclass(frozen=True)
class SecretState:
    """A secret that can be rotated. `overlap` is true while the one before it is there too.

    `finished` is false where a command was cut off and is to be run once more.
    """

    secret: str
    since: date
    days: int
    overlap: bool
    finished: bool
    fingerprint: str | None = None


def states(services: Services) -> list[SecretState]:
    """Look at every key that can be rotated."""
    places = services.instance.places
    signing = fingerprint(services.instance.signer.public)
    return [
        _state(services, "signing", places.signing, is_announced, signing),
        _state(services, "totp", places.totp, is_resealed, None),
    ]


def _state(
    services: Services,
    name: str,
    path: Path,
    is_finished: Callable[[Services], bool],
    shown: str | None,
) -> SecretState:
    keys = read_keys(path)
    since = _since(services, keys.present)
    return SecretState(
        secret=name,
        since=since,
        days=(services.today - since).days,
        overlap=keys.previous is not None,
        finished=is_finished(services),
        fingerprint=shown,
    )


def _since(services: Services, key: KeptKey) -> date:
    """Return the day in the file; a key without one is as old as the instance."""
    if key.since is not None:
        return key.since
    with services.db.read() as transaction:
        return history.begun(transaction) or services.today
