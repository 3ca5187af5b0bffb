"""Queues deletions: what a reviewer has no more use for on the server."""

from collections.abc import Iterable

from formats.handles import new_item_id
from viewing_station.errors import NoSuchDeliveryError
from viewing_station.outbox import Deletion
from viewing_station.station import Station


def queue_deletions(station: Station, deliveries: Iterable[str]) -> int:
    """Queue each delivery's deletion once; return how many are new.

    Raises NoSuchDeliveryError, and queues none then.
    """
    asked = set(deliveries)
    for name in asked:
        if not station.deliveries.is_known(name):
            raise NoSuchDeliveryError(name=name)
    new = [name for name in asked if station.outbox.deletion(name) is None]
    with station.records.change():
        for name in new:
            station.outbox.put_deletion(Deletion(new_item_id(), name))
    return len(new)
