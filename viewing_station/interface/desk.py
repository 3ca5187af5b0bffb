"""What the interface knows of the station between two key strokes: threads, marks, drafts.

Reading a hundred thousand deliveries takes seconds, so they are read when the interface opens and
when something came; what a reviewer changes is changed here and at the station.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from viewing_station.drafts import Drafts
from viewing_station.marks import Marks
from viewing_station.station import Station
from viewing_station.threads import Thread, all_threads


@dataclass
class Desk:
    """A station at which someone sits."""

    station: Station
    threads: dict[str, Thread] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict, repr=False)
    written: set[str] = field(default_factory=set)  # threads whose draft this sitting changed
    question: str = field(default="", repr=False)  # what was searched for last
    _unkept: set[str] = field(default_factory=set)

    def refresh(self) -> None:
        """Read everything again. Raises DamagedError, RecordsError."""
        station = self.station
        listed = all_threads(station.deliveries, station.settings)
        self.threads = {thread.id: thread for thread in listed}
        self.marks = {marks.thread: marks for marks in station.marks.all()}
        self.drafts = dict(Drafts(station.records).all())

    def marks_of(self, thread: str) -> Marks:
        """Return a thread's marks, empty ones where it has none."""
        return self.marks.get(thread, Marks(thread))

    def mark_again(self, thread: str) -> None:
        """Take up the marks of a thread that were changed at the station."""
        self.marks[thread] = self.station.marks.get(thread)

    def shown(self) -> list[Thread]:
        """Return the threads that are not muted, newest first."""
        return [each for each in self.threads.values() if not self.marks_of(each.id).muted]

    def muted(self) -> list[Thread]:
        """Return the muted threads, newest first."""
        return [each for each in self.threads.values() if self.marks_of(each.id).muted]

    def mark_read(self, thread: Thread, shown: Collection[str]) -> None:
        """Remember that a reviewer saw those deliveries of a thread that were shown."""
        new = {each.name for each in thread.deliveries if not each.read and each.name in shown}
        if not new:
            return
        with self.station.records.change():
            for delivery in thread.deliveries:
                if delivery.name in new:
                    self.station.deliveries.mark_read(delivery)
        deliveries = tuple(
            replace(each, read=True) if each.name in new else each for each in thread.deliveries
        )
        self.threads[thread.id] = replace(thread, deliveries=deliveries)

    def write(self, thread: str, text: str) -> None:
        """Take down a draft as it stands; `keep_drafts` seals it."""
        if text != self.drafts.get(thread, ""):
            self.drafts[thread] = text
            self.written.add(thread)
            self._unkept.add(thread)

    def keep_drafts(self) -> None:
        """Seal what was written since the last time. Raises what is TOLD where it cannot."""
        if not self._unkept:
            return
        with self.station.records.change():
            for thread in self._unkept:
                Drafts(self.station.records).put(thread, self.drafts[thread])
        self._unkept.clear()

    def throw_away(self) -> None:
        """Forget every draft that this sitting wrote; `keep_drafts` does so at the station."""
        for thread in list(self.written):
            self.write(thread, "")

    def drop_draft(self, thread: str) -> None:
        """Forget a draft: it was sealed, or thrown away."""
        self.write(thread, "")
        self.keep_drafts()
        self.written.discard(thread)

    def begun(self) -> list[str]:
        """Return the names of the threads to which this sitting began a reply, not sealed yet."""
        begun = [each for each in self.written if self.drafts.get(each, "").strip()]
        return sorted(self.threads[each].name for each in begun if each in self.threads)

    def to_carry(self) -> int:
        """Return how many replies and deletions wait for a courier."""
        outbox = self.station.outbox
        arrived = outbox.arrived()
        replies = sum(not (each.online or each.id in arrived) for each in outbox.replies())
        return replies + sum(each.id not in arrived for each in outbox.deletions())
