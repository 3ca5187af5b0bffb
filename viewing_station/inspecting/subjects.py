"""Which documents an inspection is asked for: one, a delivery's, or a whole thread's."""

from viewing_station.deliveries import Delivery
from viewing_station.documents import Document, documents_of, find_document
from viewing_station.station import Station
from viewing_station.threads import all_threads, find_thread


def find_subjects(station: Station, which: str, wanted: str | None) -> tuple[Document, ...]:
    """Return the documents meant by a delivery and a file, by a delivery, or by a thread.

    Raises NoSuchDeliveryError, NoSuchFileError, NoSuchThreadError, SeveralThreadsError.
    """
    if wanted is not None:
        return (find_document(station, which, wanted),)
    found = station.deliveries.get(which)
    deliveries = (found,) if found else _of_thread(station, which)
    return tuple(
        document
        for delivery in deliveries
        if not delivery.awaits_files
        for document in documents_of(delivery)
    )


def _of_thread(station: Station, which: str) -> tuple[Delivery, ...]:
    return find_thread(all_threads(station.deliveries, station.settings), which).deliveries
