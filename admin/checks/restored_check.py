"""Whether stations have still to bring again what a backup could not know."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from storage import restorations
from web.services import Services

NAME = "restored"


def check_restored(services: Services) -> Iterator[Problem]:
    """Look for desks whose station has not answered since the restore."""
    with services.db.read() as transaction:
        waiting = restorations.awaited(transaction)
    for each in waiting:
        yield Problem(
            NAME,
            f"Desk {each.desk}: deletions and replies since {each.backed_up} wait for its "
            "station's next courier. Collect a bundle, open it there, and hand the courier over.",
        )
