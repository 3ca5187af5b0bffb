"""Whether a rotation of one of the server's own secrets was begun and not ended."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from admin.custody.state import states
from web.services import Services

NAME = "secrets"
# Days after which an overlap is told of. Every desk's reviewers come by within a month, and move
# their station; a log-in that was under way with the old TOTP key ends within a day.
OVERLAP_DAYS = {"signing": 30, "totp": 2}


def check_secrets(services: Services) -> Iterator[Problem]:
    """Look at the keys that can be rotated."""
    for state in states(services):
        name = state.secret
        if not state.finished:
            said = f"Rotating the {name} key was cut off: run `vasistas secret rotate {name}` again"
            yield Problem(NAME, f"{said} (or `retire`, if that is what was cut off).")
        if state.overlap and state.days > OVERLAP_DAYS[name]:
            said = f"The old {name} key is kept beside the new one for {state.days} days"
            yield Problem(NAME, f"{said}: `vasistas secret retire {name}` destroys it.")
