"""Lets go of deliveries: nothing of what they said stays here, and the server is to delete them.

What stays is their handles, so that no bundle brings them back, and the clean copies made of them,
which were made to go out. One transaction decides; the sealed files that nothing names any more
are overwritten after it, by this command or by the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from formats.handles import new_item_id
from viewing_station.deliveries import Delivery
from viewing_station.document_texts import DocumentTexts
from viewing_station.documents import documents_of
from viewing_station.drafts import Drafts
from viewing_station.errors import NotCarriedError
from viewing_station.marks import Marks
from viewing_station.outbox import Deletion, Reply
from viewing_station.station import Station
from viewing_station.threads import Thread, all_threads, find_thread


@dataclass(frozen=True)
class LetGo:
    """What is to be let go, or was: deliveries with their documents, replies, clean copies kept."""

    deliveries: tuple[Delivery, ...]
    replies: tuple[Reply, ...]
    copies: int

    @property
    def documents(self) -> int:
        """How many documents came with them."""
        return sum(len(delivery.files) for delivery in self.deliveries)


def look_up(station: Station, wanted: Sequence[str]) -> LetGo:
    """Return what belongs to these deliveries and threads, each by its handle, id or name.

    What was let go before is passed over.

    Raises NoSuchThreadError, SeveralThreadsError; NotCarriedError where a reply is on its way.
    """
    deliveries: dict[str, Delivery] = {}
    for each in wanted:
        if station.deliveries.is_forgotten(each):
            continue
        found = station.deliveries.get(each)
        thread = None if found else find_thread(_threads(station), each)
        for delivery in (found,) if found else thread.deliveries if thread else ():
            deliveries[delivery.name] = delivery
    arrived = station.outbox.arrived()
    replies = tuple(each for each in station.outbox.replies() if each.delivery in deliveries)
    for reply in replies:
        if not reply.online and reply.id not in arrived:
            raise NotCarriedError(delivery=reply.delivery)
    copies = sum(copy.delivery in deliveries for copy in station.copies.all())
    return LetGo(tuple(deliveries.values()), replies, copies)


def let_go(station: Station, chosen: LetGo) -> None:
    """Do it. Killed anywhere, it was done or not; done again, it overwrites what is left."""
    names = {delivery.name for delivery in chosen.deliveries}
    left = {each.thread for each in station.deliveries.all() if each.name not in names}
    with station.records.change():
        for delivery in chosen.deliveries:
            for document in documents_of(delivery):
                DocumentTexts(station.records).drop(delivery.name, document.number)
            station.deliveries.forget(delivery.name)
            if station.outbox.deletion(delivery.name) is None:
                station.outbox.put_deletion(Deletion(new_item_id(), delivery.name))
            if delivery.thread not in left:
                station.marks.put(Marks(delivery.thread))
                Drafts(station.records).put(delivery.thread, "")
        for reply in chosen.replies:
            station.outbox.forget_reply(reply)
        for head in [each for each in station.outbox.heads() if each.delivery in names]:
            station.outbox.drop_head(head)
    station.sweep()


def _threads(station: Station) -> list[Thread]:
    return all_threads(station.deliveries, station.settings)
