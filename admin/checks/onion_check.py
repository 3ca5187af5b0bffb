"""Whether a move to a new onion address goes as sources were told, or will be told in time."""

from collections.abc import Iterator

from admin import announcing
from admin.checks.problem import Problem
from admin.onion_rotation import is_retiring, moving
from admin.onion_state import Overlap
from admin.serving.shape import APP_NAMES
from web.services import Services

NAME = "onion"
# A draft is carried to the station and back, and sources still need to come by and read it.
WARNED_DAYS = 14


def check_onions(services: Services) -> Iterator[Problem]:
    """Look at the moves under way."""
    places = services.instance.places
    for app in APP_NAMES:
        overlap = moving(places, app)
        if overlap is not None:
            yield from _moving(services, app, overlap)
        if is_retiring(places, app):
            said = f"The key of a retired {app} address is not destroyed yet: `onion retire {app}`."
            yield Problem(NAME, said)


def _moving(services: Services, app: str, overlap: Overlap) -> Iterator[Problem]:
    left = (overlap.until - services.today).days
    if app == announcing.APP and not announcing.is_announced(services.instance):
        if left <= WARNED_DAYS:
            yield Problem(NAME, f"{_end(app, left)}, and no source was told the new one. {_HOW}")
    elif left < -1:  # the sweeper of a running serve would have ended it
        said = "`onion retire` ends it, as a running `serve` does."
        yield Problem(NAME, f"{_end(app, left)}. {said}")


_HOW = (
    "Have the station sign the draft, then `onion announce FILE`, or give sources more time with "
    "`onion extend source`."
)


def _end(app: str, left: int) -> str:
    if left < 0:
        return f"The last day of the old {app} address is past by {-left} days"
    return f"The old {app} address ends in {left} days"
