"""Reviewers, as the commands change them; what is done to accounts is `journalist_app.team`'s."""

from collections.abc import Sequence
from typing import Any

from admin.errors import AdminError
from journalist_app.credentials import Login
from journalist_app.keeping_refusals import NameTaken
from journalist_app.team import Team
from web.services import Services


def add_reviewer(services: Services, name: str, slugs: Sequence[str], *, admin: bool) -> Login:
    """Add a reviewer of some desks.

    A log-in that was made and not shown is lost: an interrupted `add` is taken up by a reset.
    """
    try:
        return Team(services).add(name, slugs, admin=admin)
    except NameTaken:
        raise AdminError(
            f"There is a reviewer named {name} already: `reviewer reset` gives a new log-in."
        ) from None


def reset_reviewer(services: Services, name: str) -> Login:
    """Replace a reviewer's credentials and end all their sessions."""
    team = Team(services)
    return team.reset(team.named(name).id)


def remove_reviewer(services: Services, name: str) -> None:
    """Remove a reviewer and their sessions."""
    team = Team(services)
    team.remove(team.named(name).id)


def list_reviewers(services: Services) -> list[dict[str, Any]]:
    """List names, desks and whether they administer."""
    return [
        {
            "name": member.name,
            "desks": list(member.desks),
            "role": "admin" if member.admin else "reviewer",
        }
        for member in Team(services).members()
    ]
