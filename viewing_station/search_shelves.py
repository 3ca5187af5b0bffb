"""What a search looks through: for each kind of record, the texts in one, and whose they are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from viewing_station.folding import fold
from viewing_station.marks import decode_marks
from viewing_station.outbox import decode_reply
from viewing_station.records import Records
from viewing_station.search_terms import Term


class HitKind(Enum):
    """In what something was found."""

    MESSAGE = "message"
    OPENED = "opened-message"  # what the source had sealed in it beforehand
    FILE = "file"  # its name
    TEXT = "document-text"
    REPLY = "reply"
    NOTE = "note"
    LABEL = "label"
    ASSIGNEE = "assignee"
    NAME = "thread-name"


class Passage(NamedTuple):
    """A text, and where it stands. A `day` that is missing is the thread's last one."""

    kind: HitKind
    thread: str
    delivery: str
    place: str
    day: date | None
    text: str


Reader = Callable[[bytes, bytes], Iterable[Passage]]  # of a slot and what lies there


class Shelf:
    """The passages in all records of a kind, folded. For an excerpt they are read again."""

    def __init__(self, records: Records, kind: str, reader: Reader) -> None:
        self._records = records
        self._kind = kind
        self._reader = reader
        self._version: tuple[int, int] | None = None
        self._stamps: dict[bytes, bytes] = {}
        self._passages: dict[bytes, tuple[Passage, ...]] = {}

    def refresh(self) -> None:
        """Take up what was written since the last time, here or by another command."""
        version = self._records.version(self._kind)
        if version == self._version:
            return
        written, gone = self._records.changed(self._kind, self._stamps)
        for slot in gone:
            del self._stamps[slot], self._passages[slot]
        for slot, stamp, content in written:
            self._stamps[slot] = stamp
            self._passages[slot] = tuple(_folded(each) for each in self._reader(slot, content))
        self._version = version

    def find(self, terms: Sequence[Term]) -> Iterator[tuple[Passage, bytes, int]]:
        """Yield the passages that hold every term: folded, with their slot and their number."""
        first, *others = terms
        for slot, passages in self._passages.items():
            for number, passage in enumerate(passages):
                if first.place(passage.text) >= 0 and all(
                    term.place(passage.text) >= 0 for term in others
                ):
                    yield passage, slot, number

    def original(self, slot: bytes, number: int) -> str:
        """Return a passage's text as it was written."""
        content = self._records.at(self._kind, slot)
        return "" if content is None else list(self._reader(slot, content))[number].text


def _folded(passage: Passage) -> Passage:
    return passage._replace(text=fold(passage.text))


def of_reply(_slot: bytes, kept: bytes) -> Iterable[Passage]:
    """Yield the text of a reply."""
    reply = decode_reply(kept)
    yield Passage(HitKind.REPLY, reply.thread, reply.delivery, reply.id, reply.day, reply.text)


def of_marks(_slot: bytes, kept: bytes) -> Iterable[Passage]:
    """Return the note, the labels and the name on a thread."""
    marks = decode_marks(kept)
    texts = [(HitKind.NOTE, marks.note), (HitKind.ASSIGNEE, marks.assignee)]
    texts += [(HitKind.LABEL, label) for label in marks.labels]
    return [Passage(kind, marks.thread, "", "", None, text) for kind, text in texts if text]
