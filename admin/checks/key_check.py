"""Whether each desk can still be sealed to, and for how long."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from journalist_app.desk_keeping import DeskKeeping, ListedDesk, ListedKey
from journalist_app.key_warnings import warned_within
from storage.models import DeskState
from web.services import Services

NAME = "keys"


def check_keys(services: Services) -> Iterator[Problem]:
    """Look at the keys of all desks that are not closed."""
    keeping = DeskKeeping(services)
    for desk in keeping.list_desks():
        if desk.state is DeskState.CLOSED:
            continue
        if not desk.keys:
            said = "has no usable key: its hatch is closed. Add one with `desk key add`."
            yield Problem(NAME, f"Desk {desk.slug} {said}")
        for key in keeping.keys(desk.slug):
            yield from _of_key(services, desk, key)


def _of_key(services: Services, desk: ListedDesk, key: ListedKey) -> Iterator[Problem]:
    named = f"Key {key.fingerprint} of desk {desk.slug}"
    if key.state == "between":
        yield Problem(
            NAME,
            f"{named} has a calendar that leaves today out: nothing is sealed to it. Extend it at "
            "the station (`key calendar`) and add the file.",
        )
    within = warned_within(key.expires, services.today)
    if key.state != "active" or key.expires is None or within is None:
        return
    left = (key.expires - services.today).days
    ends = f"expires in {left} days (within {within}). "
    todo = "Make a new one at the station and add it before."
    if key.windows:
        ends = f"has a calendar that ends in {left} days (within {within}). "
        todo = "Extend it at the station (`key calendar`) and add the file before."
    yield Problem(NAME, f"{named} {ends}{todo}")
