"""Rotating the key that seals reviewers' TOTP secrets.

The rename of the key file decides: from then on both keys open, and the new one seals. All boxes
are sealed anew in one transaction; whoever stores one meanwhile seals it within a transaction too.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.custody.holding import holding_keys, settle
from admin.custody.rotation import Resealed
from admin.errors import AdminError
from crypto.errors import BadBox
from crypto.totp import TotpSealingKey, open_totp, open_totp_under, seal_totp
from storage import reviewers
from storage.history import Deed
from web.history import note
from web.key_files import KeptKey, KeptKeys, read_keys
from web.private_files import is_tidy, replace_private, tidy
from web.services import Services


def rotate_totp(services: Services) -> Resealed:
    """Begin an overlap with a new key, or complete one that was begun; raises AdminError."""
    path = services.instance.places.totp
    with holding_keys(services):
        tidy(path)
        keys = read_keys(path)
        begun = keys.previous is None
        if begun:
            keys = KeptKeys(KeptKey(TotpSealingKey.new().reveal(), services.today), keys.present)
            replace_private(path, keys.encode())
        done = _reseal(services, noting=begun)
        settle(services)
    since = keys.present.since or services.today
    return Resealed(begun, since, len(done.waiting), done.unreadable)


def retire_totp(services: Services) -> bool:
    """End the overlap and destroy the old key; False where there is none. Raises AdminError."""
    path = services.instance.places.totp
    with holding_keys(services):
        tidy(path)
        keys = read_keys(path)
        if keys.previous is None:
            return False
        _reseal(services, noting=False)
        with services.db.write() as transaction:
            note(services, transaction, Deed.TOTP_KEY_RETIRED)
        settle(services)
        _destroy(services, keys)
    return True


def is_resealed(services: Services) -> bool:
    """Tell whether every box is sealed with the key in force, and nothing is left over."""
    with services.db.read() as transaction:
        waiting = _look(services, transaction).waiting
    return not waiting and is_tidy(services.instance.places.totp)


@dataclass(frozen=True)
class _Boxes:
    """The boxes by id that wait for the new key, sealed with it, and how many none opens."""

    waiting: dict[str, bytes]
    unreadable: int


def _destroy(services: Services, keys: KeptKeys) -> None:
    """Destroy the old key while the database is held, and nothing that is stored needs it."""
    with services.db.write() as transaction:
        if _look(services, transaction).waiting:
            raise AdminError("A log-in was changed just now with the old key: run it once more.")
        replace_private(services.instance.places.totp, KeptKeys(keys.present).encode())


def _reseal(services: Services, *, noting: bool) -> _Boxes:
    """Seal every box anew that the key in force does not open, in one transaction."""
    with services.db.write() as transaction:
        found = _look(services, transaction)
        for reviewer, box in found.waiting.items():
            reviewers.reseal_totp(transaction, reviewer, box)
        if noting or found.waiting:
            number = len(found.waiting)
            note(services, transaction, Deed.TOTP_KEY_ROTATED, number=number)
    return found


def _look(services: Services, transaction: Session) -> _Boxes:
    keys = services.instance.totp_keys
    waiting, unreadable = {}, 0
    for row in reviewers.list_reviewers(transaction):
        try:
            open_totp(keys[0], row.name, row.totp_box)
        except BadBox:
            try:
                secret = open_totp_under(keys[1:], row.name, row.totp_box)
            except BadBox:
                unreadable += 1  # a fault of before, which the log-in tells of; it stays as it is
            else:
                waiting[row.id] = seal_totp(keys[0], row.name, secret)
    return _Boxes(waiting, unreadable)
