"""Reviewers, as the commands change them; what is done to accounts is `journalist_app.team`'s."""

from collections.abc import Sequence
from typing import Any

from journalist_app.credentials import Login
from journalist_app.team import Team
from web.services import Services


def add_reviewer(services: Services, name: str, slugs: Sequence[str], *, admin: bool) -> Login:
    """Add a reviewer of some desks."""
    return Team(services).add(name, slugs, admin=admin)


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
