"""One examination inside the sandbox: what was found, and the files that still wait for theirs.

A document holds others: pictures, attachments, members, earlier versions of itself. They are
written beside it, into memory, and looked at in turn.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from viewing_station.inspecting.finding import (
    CUT,
    FIELD_LIMIT,
    SENTENCE_LIMIT,
    VALUE_LIMIT,
    Finding,
    Weight,
    cut,
)

DEPTH_LIMIT = 4  # a photo in a letter in a mailbox in an archive
MEMBERS_LIMIT = 500  # files looked at in all: a delivery's worth of attachments
BYTES_LIMIT = 512 << 20  # bytes (512 MiB) written out in all: they lie in memory
EACH_LIMIT = 150  # findings of one weight: more are counted


@dataclass(frozen=True)
class Item:
    """A file to look at. `member` is its path within the document; empty for the document."""

    path: Path
    member: str = ""
    depth: int = 0

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size


@dataclass
class Examination:
    """Collects what is found. Nothing in it trusts a length that a document gave."""

    folder: Path
    waiting: deque[Item] = field(default_factory=deque)
    seen: list[Item] = field(default_factory=list)
    room: int = BYTES_LIMIT
    _found: dict[Finding, None] = field(default_factory=dict)
    _counts: Counter[Weight] = field(default_factory=Counter)
    _skipped: int = 0

    def tell(self, item: Item, weight: Weight, where: str, value: object, sentence: str) -> None:
        """Keep a finding; `{value}` in our sentence stands for what the document says."""
        shown = cut(" ".join(str(value).split(" ")).strip(), VALUE_LIMIT)
        finding = Finding(
            weight,
            cut(where, FIELD_LIMIT),
            shown,
            cut(sentence.replace("{value}", shown), SENTENCE_LIMIT),
            cut(item.member, FIELD_LIMIT),
        )
        if finding in self._found:
            return
        self._counts[weight] += 1
        if self._counts[weight] <= EACH_LIMIT:
            self._found[finding] = None

    def unread(self, item: Item, why: str) -> None:
        """Say that something could not be looked at: it may hold anything."""
        self.tell(item, Weight.UNKNOWN, "inspection", why, "Not all of it could be read: {value}.")

    def add(self, parent: Item, name: str, pieces: Iterable[bytes]) -> None:
        """Have a file within a file looked at too, as far as the caps allow."""
        full = len(self.seen) + len(self.waiting) >= MEMBERS_LIMIT
        if full or parent.depth >= DEPTH_LIMIT or self.room <= 0:
            self._skipped += 1
            return
        path = self.folder / f"member-{len(self.seen) + len(self.waiting)}"
        with path.open("wb") as sink:
            for piece in pieces:
                self.room -= len(piece)
                if self.room <= 0:
                    self._skipped += 1
                    break
                sink.write(piece)
        if self.room <= 0:
            path.unlink()
            return
        member = f"{parent.member}/{name}" if parent.member else name
        self.waiting.append(Item(path, member, parent.depth + 1))

    def findings(self) -> Iterator[Finding]:
        """Return what was found, and how much more there was."""
        yield from self._found
        for weight, count in self._counts.items():
            if count > EACH_LIMIT:
                more = f"{count - EACH_LIMIT:,}"
                yield Finding(weight, CUT, more, f"There are {more} more of these.")
        if self._skipped:
            skipped = f"{self._skipped:,}"
            yield Finding(
                Weight.UNKNOWN,
                "inspection",
                skipped,
                f"Files within it that were not looked at, because they are too many, too large "
                f"or too deep: {skipped}.",
            )
