"""Search over everything that was opened and written here (docs/adr/0042-…)."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from viewing_station import deliveries, document_texts, marks, outbox
from viewing_station.deliveries import Summary, summary
from viewing_station.document_texts import decode_text
from viewing_station.search_shelves import HitKind, Passage, Shelf, of_marks, of_reply
from viewing_station.search_terms import Term, excerpt, read_query
from viewing_station.station import Station
from viewing_station.threads import friendly_name

HITS_LIMIT = 200  # more than anyone reads through: another word makes them fewer


class Found(NamedTuple):
    """A passage that was found, and where it can be read as it was written."""

    day: date
    passage: Passage
    shelf: Shelf | None = None  # None for a name, which lies on none
    slot: bytes = b""
    number: int = 0


@dataclass(frozen=True)
class Hit:
    """Something found.

    thread: its id, in hex. delivery: the handle, or empty for what stands on the thread itself;
    of a reply, the one it answers. place: a document's number, a reply's id, or empty.
    excerpt: one line of the text around the first match. day: that of the delivery or the reply,
    or else the thread's last one.
    """

    thread: str
    kind: HitKind
    delivery: str
    place: str
    excerpt: str = field(repr=False)
    day: date


class Searcher:
    """Searches one opened station, and holds the folded texts in memory for the next search.

    What was written meanwhile is taken up by itself. Use it from the thread (of the program) that
    opened the station.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        records = station.records
        # The deliveries come first: messages and texts are found through them.
        self._shelves = [
            Shelf(records, deliveries.KIND, self._of_delivery),
            Shelf(records, deliveries.MESSAGE, self._of_message),
            Shelf(records, deliveries.INNER_MESSAGE, self._of_inner_message),
            Shelf(records, document_texts.KIND, self._of_text),
            Shelf(records, outbox.REPLY, of_reply),
            Shelf(records, marks.KIND, of_marks),
        ]
        self._owners: dict[bytes, Summary] = {}  # by the slots of what a delivery has
        self._inner: dict[bytes, Summary] = {}
        self._inner_known = 0
        self._last_days: dict[str, date] = {}
        self._names: dict[str, str] = {}
        self._names_key = station.settings.names_key

    def search(self, query: str, limit: int = HITS_LIMIT) -> list[Hit]:
        """Return the newest hits, `limit` of them at most.

        Raises EmptySearchError, LongSearchError, DamagedError, RecordsError.
        """
        terms = read_query(query)
        self.refresh()
        found = heapq.nsmallest(limit, self._found(terms), key=_newest_first)
        return [_hit(each, terms) for each in found]

    def refresh(self) -> None:
        """Read what is not in memory yet: everything, the first time.

        A search does so by itself; done beforehand, the first search waits for nothing.
        """
        for shelf in self._shelves:
            shelf.refresh()

    def _found(self, terms: Sequence[Term]) -> Iterator[Found]:
        for shelf in self._shelves:
            for passage, slot, number in shelf.find(terms):
                day = passage.day or self._last_days.get(passage.thread, date.min)
                yield Found(day, passage, shelf, slot, number)
        for thread, name in self._names.items():
            if all(term.place(name) >= 0 for term in terms):
                passage = Passage(HitKind.NAME, thread, "", "", None, name)
                yield Found(self._last_days[thread], passage)

    def _of_delivery(self, slot: bytes, kept: bytes) -> Iterable[Passage]:
        """Yield the names of its files; note whose the texts are that are kept beside it."""
        found = summary(kept)
        self._owners[slot] = found
        self._owners[self._station.records.slot(deliveries.MESSAGE, found.name)] = found
        if found.thread not in self._names:
            self._names[found.thread] = friendly_name(self._names_key, found.thread)
        last = self._last_days.get(found.thread, found.day)
        self._last_days[found.thread] = max(last, found.day)
        return [
            Passage(HitKind.FILE, found.thread, found.name, str(number), found.day, name)
            for number, name in enumerate(found.files, start=1)
        ]

    def _of_message(self, slot: bytes, kept: bytes) -> Iterable[Passage]:
        return self._owned(HitKind.MESSAGE, self._owners.get(slot), "", kept.decode())

    def _of_inner_message(self, slot: bytes, kept: bytes) -> Iterable[Passage]:
        owner = self._inner_owners().get(slot)
        return self._owned(HitKind.OPENED, owner, "", kept.decode())

    def _inner_owners(self) -> Mapping[bytes, Summary]:
        """Return the owners of messages that were sealed beforehand: few have one."""
        if self._inner_known != len(self._owners):
            slot = self._station.records.slot
            for owner in set(self._owners.values()):
                self._inner[slot(deliveries.INNER_MESSAGE, owner.name)] = owner
            self._inner_known = len(self._owners)
        return self._inner

    def _of_text(self, _slot: bytes, kept: bytes) -> Iterable[Passage]:
        found = decode_text(kept)
        owner = self._owners.get(self._station.records.slot(deliveries.KIND, found.delivery))
        return self._owned(HitKind.TEXT, owner, str(found.number), found.text)

    @staticmethod
    def _owned(kind: HitKind, owner: Summary | None, place: str, text: str) -> list[Passage]:
        if owner is None:
            return []
        return [Passage(kind, owner.thread, owner.name, place, owner.day, text)]


def _newest_first(found: Found) -> tuple[int, str, str, str]:
    passage = found.passage
    return -found.day.toordinal(), passage.thread, passage.delivery, passage.kind.value


def _hit(found: Found, terms: Sequence[Term]) -> Hit:
    day, passage, shelf, slot, number = found
    text = shelf.original(slot, number) if shelf else passage.text
    shown = excerpt(text, terms)
    return Hit(passage.thread, passage.kind, passage.delivery, passage.place, shown, day)


def search(station: Station, query: str) -> list[Hit]:
    """Search once. Raises what `Searcher.search` raises."""
    return Searcher(station).search(query)
