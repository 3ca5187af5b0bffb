"""Giving reviewers a key to their onion service, and taking it away, in layers.

Each layer alone leaks. Tor forgets a key only when its directories have a new descriptor; until
then, and for who has the old one in memory, circuits go on. So the sessions end first, then the
circuits are closed, then the key goes and the change is seen in the directories.
"""

from admin.errors import AdminError
from admin.onions import service_of
from admin.serving.onion_orders import Answer, NobodyServes, Order, give
from storage import reviewers, sessions
from tor.clients import AuthorizedClients, ClientKey
from tor.identity import OnionAddress
from web.services import Services

SERVICE = "journalist"
_LATER = "It takes effect when `vasistas serve --tor` runs."


def add_client(services: Services, name: str) -> tuple[ClientKey, str]:
    """Give a reviewer a key; tell when it has taken effect."""
    clients, address = _service(services)
    key = clients.add(name, address)
    effect = _apply(services, Order("apply"), "The key opens the address from now on.")
    if _reviewer(services, name) is None:
        effect += f" There is no reviewer named {name} yet."
    return key, effect


def rotate_client(services: Services, name: str) -> tuple[ClientKey, str]:
    """Replace a reviewer's key and end what the old one opened."""
    clients, address = _service(services)
    key = clients.rotate(name, address)
    return key, _shut_out(services, name, hard=False)


def remove_client(services: Services, name: str, *, hard: bool) -> str:
    """Take a reviewer's key away; tell when it has taken effect."""
    clients, _ = _service(services)
    clients.remove(name)
    return _shut_out(services, name, hard=hard)


def has_client(services: Services, name: str) -> bool:
    """Tell whether a reviewer holds a key."""
    service = service_of(services.instance.places, SERVICE)
    return service.exists and name in service.clients.names()


def _shut_out(services: Services, name: str, *, hard: bool) -> str:
    """End sessions, circuits, and what the directories say, in this order."""
    reviewer = _reviewer(services, name)
    if reviewer is not None:
        with services.db.write() as transaction:
            sessions.delete_of_reviewer(transaction, reviewer)
    done = f"{name}'s old key opens nothing any more."
    if not hard:
        done += " A browser that was there lately may reach the log-in page for some hours: --hard."
    return _apply(services, Order("apply", hard=hard, reviewer=reviewer), done)


def _apply(services: Services, order: Order, done: str) -> str:
    try:
        answer = give(services.instance.places.onion_orders, order)
    except NobodyServes:
        return _LATER
    return f"{done} {ordered(answer).sentence}".rstrip()


def ordered(answer: Answer) -> Answer:
    """Give the answer back, or raise AdminError with what it says went wrong."""
    if not answer.done:
        raise AdminError(
            f"The change is made, but not seen to have taken effect: {answer.sentence} "
            "Serve goes on trying; `onion show` tells how it stands."
        )
    return answer


def _service(services: Services) -> tuple[AuthorizedClients, OnionAddress]:
    service = service_of(services.instance.places, SERVICE)
    if not service.exists:
        raise AdminError("There is no onion service yet: `vasistas onion publish` makes it.")
    return service.clients, service.address()


def _reviewer(services: Services, name: str) -> str | None:
    with services.db.read() as transaction:
        found = reviewers.by_name(transaction, name)
        return None if found is None else found.id
