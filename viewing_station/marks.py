"""What reviewers put on a thread: labels, a note, whose it is, a star, silence."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from viewing_station.records import Records

KIND = "marks"


@dataclass(frozen=True)
class Marks:
    """The marks on one thread (its id in hex). None of them ever leaves the station."""

    thread: str
    labels: tuple[str, ...] = ()
    note: str = ""
    assignee: str = ""
    starred: bool = False
    muted: bool = False


class ThreadMarks:
    """The marks among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def get(self, thread: str) -> Marks:
        """Return the marks on a thread; empty ones where there are none."""
        kept = self._records.get(KIND, thread)
        return Marks(thread) if kept is None else decode_marks(kept)

    def put(self, marks: Marks) -> None:
        """Keep them in place of the thread's former ones; empty ones leave no record."""
        if marks == Marks(marks.thread):
            self._records.drop(KIND, marks.thread)
        else:
            self._records.put(KIND, marks.thread, json.dumps(asdict(marks)).encode())

    def all(self) -> Iterator[Marks]:
        """Return the marks on every thread that has some."""
        return map(decode_marks, self._records.all(KIND))


def decode_marks(kept: bytes) -> Marks:
    """Read a record's content."""
    fields = json.loads(kept)
    return Marks(**fields | {"labels": tuple(fields["labels"])})
