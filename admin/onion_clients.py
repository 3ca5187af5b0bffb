"""Giving reviewers a key to their onion service, and taking it away, in layers.

Each layer alone leaks. Tor forgets a key only when its directories have a new descriptor; until
then, and for who has the old one in memory, circuits go on. So the key's file goes, which does
nothing by itself; then the sessions end, the circuits are closed, tor reads its keys again, and
the change is seen in the directories.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from admin.errors import AdminError
from admin.onions import lock_of, next_of, service_of
from admin.serving.onion_orders import Answer, NobodyServes, Order, give
from storage import reviewers, sessions
from tor.clients import AuthorizedClients, ClientKey
from tor.files import alone, hold
from tor.identity import OnionAddress
from web.instance import Places
from web.services import Services

SERVICE = "journalist"
_LATER = "It takes effect when `vasistas serve --tor` runs."


def new_client(services: Services, name: str) -> ClientKey:
    """Give a reviewer a key, which must be shown before anything else is done."""
    with _service(services) as (clients, address):
        return clients.add(name, address)


def let_in(services: Services, name: str) -> str:
    """Have the running service know a new key; tell when it does."""
    effect = _apply(services, Order("apply"), "The key opens the address from now on.")
    if reviewer_id(services, name) is None:
        effect += f" There is no reviewer named {name} yet."
    return effect


def replaced_client(services: Services, name: str) -> ClientKey:
    """Replace a reviewer's key; the new one must be shown before anything else is done."""
    with _service(services) as (clients, address):
        return clients.rotate(name, address)


def remove_client(services: Services, name: str) -> None:
    """Take a reviewer's key away."""
    with _service(services) as (clients, _):
        clients.remove(name)


def at_new_address(services: Services, key: ClientKey) -> ClientKey | None:
    """Give the same key as it is written for the address that the service moves to, if it does."""
    coming = next_of(services.instance.places, SERVICE)
    return None if coming is None else ClientKey(coming.address(), key.secret)


def has_client(services: Services, name: str) -> bool:
    """Tell whether a reviewer holds a key."""
    service = service_of(services.instance.places, SERVICE)
    return service.exists and name in service.clients.names()


def shut_out(services: Services, name: str, reviewer: str | None, *, hard: bool) -> str:
    """End what an old key opened: sessions, circuits, the way in; tell when it is done.

    `reviewer` is the id of whose key it was, if there is such a reviewer.
    """
    done = f"{name}'s old key opens nothing any more."
    if reviewer is not None:
        with services.db.write() as transaction:
            sessions.delete_of_reviewer(transaction, reviewer)
    else:
        done += f" No reviewer is named {name}: no session and no circuit was ended for it."
    if not hard:
        done += " A browser that was there lately may reach the log-in page for some hours: --hard."
    return _apply(services, Order("apply", hard=hard, reviewer=reviewer), done)


def _apply(services: Services, order: Order, done: str) -> str:
    try:
        answer = give_order(services, order)
    except NobodyServes:
        return _LATER
    return f"{done} {ordered(answer).sentence}".rstrip()


def give_order(services: Services, order: Order) -> Answer:
    """Give an order to the running serve.

    Raises NobodyServes, or AdminError where one runs that cannot be reached.
    """
    places = services.instance.places
    try:
        return give(places.onion_orders, order)
    except NobodyServes:
        if _is_served(places):
            raise AdminError(
                f"It is kept, but serve cannot be told: {places.onion_orders} is gone. Serve looks "
                "at the keys every second by itself; start it again to be sure."
            ) from None
        raise


def _is_served(places: Places) -> bool:
    if not places.onions_served.exists():
        return False
    held = hold(places.onions_served)
    if held is None:
        return True
    os.close(held)
    return False


def ordered(answer: Answer) -> Answer:
    """Give the answer back, or raise AdminError with what it says went wrong."""
    if not answer.done:
        raise AdminError(
            f"It is kept, but was not seen to have taken effect: {answer.sentence} "
            "Serve goes on trying; `onion show` tells how it stands."
        )
    return answer


@contextmanager
def _service(services: Services) -> Iterator[tuple[AuthorizedClients, OnionAddress]]:
    """Hold the service as it is: at the end of a move the list of clients is another one."""
    places = services.instance.places
    if not service_of(places, SERVICE).exists:
        raise AdminError("There is no onion service yet: `vasistas onion publish` makes it.")
    with alone(lock_of(places)):
        service = service_of(places, SERVICE)
        yield service.clients, service.address()


def reviewer_id(services: Services, name: str) -> str | None:
    """Give the id of the reviewer of that name, if there is one."""
    with services.db.read() as transaction:
        found = reviewers.by_name(transaction, name)
        return None if found is None else found.id
