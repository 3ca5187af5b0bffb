"""One of the host's few places for an Argon2id run: 64 MiB and a core each."""

from collections.abc import Iterator
from contextlib import contextmanager

from web.errors import Busy
from web.services import Services

QUEUE_SECONDS = 15  # a wait that a person still takes for a slow page


@contextmanager
def argon2_slot(services: Services) -> Iterator[None]:
    """Hold a place meanwhile; raises Busy when too many wait already."""
    slot = services.derivations.acquire(timeout=QUEUE_SECONDS)
    if slot is None:
        raise Busy
    with slot:
        yield
