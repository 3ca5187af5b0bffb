"""Whether each desk can still be sealed to, and for how long."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from storage import desks
from storage.models import Desk, DeskKey, DeskState
from web.services import Services

NAME = "keys"
# A new key is made at the station, carried, compared and added: the first warning leaves two
# months for it, the others are for those who put it off.
WARNED_DAYS = (60, 30, 7)


def check_keys(services: Services) -> Iterator[Problem]:
    """Look at the keys of all desks that are not closed."""
    today = services.today
    with services.db.read() as transaction:
        known = [
            (desk, desks.active_keys(transaction, desk.slug, today))
            for desk in desks.list_desks(transaction)
            if desk.state is not DeskState.CLOSED
        ]
    for desk, keys in known:
        if not keys:
            said = "has no usable key: its hatch is closed. Add one with `desk key add`."
            yield Problem(NAME, f"Desk {desk.slug} {said}")
        for key in keys:
            yield from _expiring(services, desk, key)


def _expiring(services: Services, desk: Desk, key: DeskKey) -> Iterator[Problem]:
    if key.expires is None:
        return
    left = (key.expires - services.today).days
    within = [days for days in WARNED_DAYS if left <= days]
    if within:
        yield Problem(
            NAME,
            f"Key {key.fingerprint} of desk {desk.slug} expires in {left} days (within "
            f"{min(within)}). Make a new one at the station and add it before.",
        )
