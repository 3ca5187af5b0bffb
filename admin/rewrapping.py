"""How far re-wrapping is, and its end: the old heads destroyed, or put back."""

from dataclasses import dataclass
from datetime import timedelta

from admin.errors import AdminError
from storage import bundles, desks, rewraps, sealed_sets
from storage.errors import DeskUnknown
from storage.history import Deed
from storage.upkeep import truncate_wal
from web.history import note
from web.services import Services


@dataclass(frozen=True)
class Status:
    """How a desk's envelopes stand; `usable` is false where it has no key to seal to."""

    desk: str
    envelopes: int
    outstanding: int
    old_heads: int
    usable: bool


def status(services: Services, grace: timedelta = sealed_sets.GRACE) -> list[Status]:
    """Tell how far it is, desk by desk; windows are over once they have been for `grace`."""
    today = services.today
    with services.db.read() as transaction:
        found = []
        for desk in desks.list_desks(transaction):
            current = sealed_sets.current_sets(transaction, desk.slug, today, grace)
            counted = rewraps.progress(transaction, desk.slug, current)
            usable = bool(desks.active_keys(transaction, desk.slug, today))
            outstanding = counted.envelopes - counted.current
            found.append(
                Status(desk.slug, counted.envelopes, outstanding, counted.old_heads, usable)
            )
        return found


def choose_desk(services: Services, slug: str | None, grace: timedelta = sealed_sets.GRACE) -> str:
    """Give the desk that is meant: the one named, else the only one that there is work for."""
    if slug is not None:
        with services.db.read() as transaction:
            try:
                return desks.get_desk(transaction, slug).slug
            except DeskUnknown:
                raise AdminError(f"There is no desk {slug}.") from None
    waiting = [each.desk for each in status(services, grace) if each.outstanding and each.usable]
    if not waiting:
        raise AdminError(
            "All envelopes are sealed to their desks' present keys: nothing to re-wrap."
        )
    if len(waiting) > 1:
        raise AdminError(f"Several desks have something to re-wrap: --desk {' or '.join(waiting)}.")
    return waiting[0]


def finish(services: Services, *, incomplete: bool) -> int:
    """Destroy the old heads of all desks; give how many.

    Raises AdminError while a desk that has any waits for new heads, but for `incomplete`.
    """
    begun = [each for each in status(services) if each.old_heads]
    for desk in begun:
        if desk.outstanding and not incomplete:
            raise AdminError(
                f"{desk.outstanding} of {desk.envelopes} envelopes of {desk.desk} are not "
                "re-wrapped yet, so the old heads were kept. With --incomplete they go anyhow."
            )
    destroyed = 0
    with services.db.write() as transaction:
        for desk in begun:
            number = rewraps.finish(transaction, desk.desk)
            note(services, transaction, Deed.REWRAP_FINISHED, desk=desk.desk, number=number)
            destroyed += number
    _settle(services)
    return destroyed


def undo(services: Services) -> int:
    """Put the old heads of all desks back; give how many."""
    restored = 0
    with services.db.write() as transaction:
        for desk in desks.list_desks(transaction):
            names = rewraps.undo(transaction, desk.slug)
            if names:
                bundles.delete_naming(transaction, names)
                note(services, transaction, Deed.REWRAP_UNDONE, desk=desk.slug, number=len(names))
            restored += len(names)
    _settle(services)
    return restored


def _settle(services: Services) -> None:
    """Leave nothing of what was taken away in the write-ahead log; a reader may be in the way."""
    if not truncate_wal(services.db):
        raise AdminError(
            "Done; but a reader kept the database's log from being emptied: run it once more."
        )
