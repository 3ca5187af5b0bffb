"""The desks as sources see them."""

from dataclasses import dataclass

from storage import desks
from storage.models import DeskState
from web.services import Services


@dataclass(frozen=True)
class ShownDesk:
    """A desk's name, whether it takes deliveries, the keys it seals to, what it says of itself."""

    slug: str
    name: str
    paused: bool
    fingerprints: tuple[str, ...]
    city: str = ""
    subject: str = ""
    languages: tuple[str, ...] = ()


def desks_for_sources(services: Services) -> list[ShownDesk]:
    """List the desks that are not closed, by name."""
    with services.db.read() as transaction:
        shown = [
            ShownDesk(
                desk.slug,
                desk.name,
                desk.state is DeskState.PAUSED,
                tuple(
                    key.fingerprint
                    for key in desks.active_keys(transaction, desk.slug, services.today)
                ),
                desk.city or "",
                desk.subject or "",
                tuple((desk.languages or "").split()),
            )
            for desk in desks.list_desks(transaction)
            if desk.state is not DeskState.CLOSED
        ]
    return sorted(shown, key=lambda desk: desk.name)
