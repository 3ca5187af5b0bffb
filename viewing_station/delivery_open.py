"""Opens one delivery of a bundle that was checked: its letter first, then its files.

Each of the two is kept as soon as it is believed, in a transaction of its own, so that a command
that is cut off leaves nothing half done and the next one goes on from there.
"""

from dataclasses import dataclass, replace
from enum import Enum

from formats.bundle import EnvelopeEntry, EnvelopeKind
from viewing_station.bundle_check import CheckedBundle, Progress
from viewing_station.deliveries import Delivery
from viewing_station.files_open import open_files
from viewing_station.inner_files import open_inner_files
from viewing_station.key_windows import calendars
from viewing_station.letters_ahead import LettersAhead
from viewing_station.opener import Opener
from viewing_station.station import Station
from viewing_station.trouble import TroubleError

Entries = dict[EnvelopeKind, EnvelopeEntry]


class State(Enum):
    """What a bundle brought of a delivery."""

    NEW = "new"
    FILES = "files"  # its letter was here before, its files were not
    KNOWN = "known"
    REFUSED = "refused"
    FORGOTTEN = "forgotten"  # it was let go here, and stays away


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery of a bundle; `trouble` is a clause, or empty."""

    name: str
    state: State
    delivery: Delivery | None = None
    trouble: str = ""


@dataclass(frozen=True)
class DeliveryOpening:
    """The opening of one bundle's deliveries, while the desk's key is at hand."""

    station: Station
    bundle: CheckedBundle
    opener: Opener
    letters: LettersAhead
    progress: Progress

    def open(self, name: str, entries: Entries) -> Outcome:
        """Open and keep what is new of a delivery. A lie is told in the outcome, never raised."""
        if self.station.deliveries.is_forgotten(name):
            self.progress(sum(entry.size for entry in entries.values()))
            return Outcome(name, State.FORGOTTEN)
        known = self.station.deliveries.get(name)
        try:
            delivery = self._letter(name, known, entries.get(EnvelopeKind.LETTER))
        except TroubleError as trouble:
            return self._refused(name, known, trouble)
        try:
            complete = self._files(delivery, entries.get(EnvelopeKind.FILES))
        except TroubleError as trouble:
            return Outcome(
                name, State.NEW if known is None else State.KNOWN, delivery, str(trouble)
            )
        if known is None:
            return Outcome(name, State.NEW, complete)
        return Outcome(name, State.KNOWN if complete is delivery else State.FILES, complete)

    def _letter(self, name: str, known: Delivery | None, entry: EnvelopeEntry | None) -> Delivery:
        if known is not None:
            return self._same(known, entry)
        if entry is None:
            raise TroubleError(what="its letter is not in the bundle")
        opened = self.letters.take(entry)
        delivery = Delivery.of(opened.letter, entry.body_sha256)
        with self.station.records.change():
            self.station.deliveries.put(delivery)
            self.station.deliveries.put_message(name, opened.message, opened.inner)
        return delivery

    def _same(self, known: Delivery, entry: EnvelopeEntry | None) -> Delivery:
        """Return what is known. New keys change an envelope's head, and nothing its body."""
        if entry is not None:
            self.progress(entry.size)
            if entry.body_sha256 != known.letter_body:
                raise TroubleError(
                    what="another letter came under its name; the one that came first was kept"
                )
        return known

    def _files(self, delivery: Delivery, entry: EnvelopeEntry | None) -> Delivery:
        if entry is None:
            return delivery
        if delivery.archive:
            self.progress(entry.size)
            return delivery
        if not delivery.files:
            raise TroubleError(what="files came with it that its letter does not list")
        member = self.bundle.member(entry, self.progress)
        archive = open_files(self.opener, member, entry, delivery.letter, self.station.vault)
        complete = replace(delivery, archive=archive, read=False)
        if calendars(self.station):
            inner = open_inner_files(self.opener, self.station.vault, complete)
            complete = replace(complete, inner=inner)
        with self.station.records.change():
            self.station.deliveries.put(complete)
        return complete

    def _refused(self, name: str, known: Delivery | None, trouble: TroubleError) -> Outcome:
        if known is None:
            with self.station.records.change():
                self.station.deliveries.refuse(name)
        return Outcome(name, State.REFUSED, known, str(trouble))
