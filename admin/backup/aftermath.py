"""What an admin must know of an instance that came back: who and what is valid in it again.

Whatever was taken away after the backup was made is there once more. The server cannot know what
that was, so all of it is listed, to be gone through by somebody who does.
"""

from dataclasses import dataclass
from typing import Any

from admin.onions import service_of
from admin.reviewers import list_reviewers
from journalist_app.desk_keeping import DeskKeeping
from web.services import Services


@dataclass(frozen=True)
class Valid:
    """Who may log in, who reaches the reviewers' service, and what is sealed to."""

    reviewers: list[dict[str, Any]]
    onion_clients: list[str]
    desk_keys: dict[str, list[str]]
    stations: list[str]


def valid_again(services: Services) -> Valid:
    """List it."""
    keeping = DeskKeeping(services)
    desks = keeping.list_desks()
    clients = service_of(services.instance.places, "journalist").clients
    return Valid(
        reviewers=list_reviewers(services),
        onion_clients=clients.names(),
        desk_keys={
            desk.slug: [key.fingerprint for key in keeping.keys(desk.slug) if key.state == "active"]
            for desk in desks
        },
        stations=[desk.slug for desk in desks if desk.station],
    )
