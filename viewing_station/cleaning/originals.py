"""What a copy is made of: a document, or a file in it that is taken out for as long as it takes."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from viewing_station.documents import Document, reading
from viewing_station.inspecting.members import fetch_member
from viewing_station.looking.within import found_within
from viewing_station.station import Station

PIECE = 256 << 10  # bytes copied at once
Opening = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Original:
    """A document or a member. sha256: hex, of what `open` gives, from its beginning each time."""

    document: Document
    member: str
    size: int
    sha256: str
    open: Opening

    @property
    def name(self) -> str:
        """Its own name."""
        return self.member.rpartition("/")[2] or self.document.entry.name


@dataclass
class Counting:
    """Counts and hashes what it passes on."""

    write: Callable[[bytes], object]
    size: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def __call__(self, piece: bytes) -> None:
        """Pass on a piece."""
        self.size += len(piece)
        self._digest.update(piece)
        self.write(piece)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all of it, in hex."""
        return self._digest.hexdigest()


@contextmanager
def original_of(
    station: Station, document: Document, members: Sequence[str] = ()
) -> Iterator[Original]:
    """Hold the document, or the file in it; that one lies sealed meanwhile, and goes.

    members: the path that inspecting shows; or, one after the other, the paths or numbers that
    `members` lists. Raises FilesAwaitedError, SandboxError, and what taking out a member raises.
    """
    whole = Original(
        document,
        "",
        document.entry.size,
        document.entry.sha256,
        partial(reading, station, document),
    )
    if not members:
        yield whole
        return
    with station.vault.draft() as draft:
        counting = Counting(draft.write)
        path = _taken_out(station, whole, members, counting)
        draft.finish()
        again = partial(station.vault.reading, draft)
        yield Original(document, path, counting.size, counting.sha256, again)


def _taken_out(
    station: Station, whole: Original, members: Sequence[str], sink: Callable[[bytes], object]
) -> str:
    """Give the file to `sink`; return its path. Only numbers need the archive's own list."""
    if any(member.isdecimal() for member in members):
        with found_within(station, whole.document, members) as found, found.source() as stream:
            while piece := stream.read(PIECE):
                sink(piece)
        return found.name
    path = "/".join(members)
    with whole.open() as stream:
        fetch_member(stream, whole.size, path, sink, whole.name)
    return path
