"""A document, or a member of one, or of that: where its bytes come from, and what it is called."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from viewing_station.documents import Document, reading
from viewing_station.looking.members import DEPTH_LIMIT, Source, TooDeepError, take_out
from viewing_station.station import Station


@dataclass(frozen=True)
class Found:
    """What is looked at: its own name, and its bytes, as often as they are wanted."""

    name: str
    source: Source


@contextmanager
def found_within(station: Station, document: Document, members: Sequence[str]) -> Iterator[Found]:
    """Go down from a document through `members`, each named by its number or its path.

    What is taken out is held in memory that no disk backs. Raises TooDeepError, and as `take_out`
    and `reading`.
    """
    if len(members) > DEPTH_LIMIT:
        raise TooDeepError(limit=DEPTH_LIMIT)
    found = Found(document.entry.name, lambda: reading(station, document))
    with ExitStack() as held:
        for wanted in members:
            memory = held.enter_context(os.fdopen(os.memfd_create("member"), "w+b"))
            member = take_out(found.source, found.name, wanted, memory.write)
            memory.flush()
            found = Found(member.short_name, _again(memory))
        yield found


def _again(memory: BinaryIO) -> Source:
    """Return what opens it anew from its beginning, each reader with a place of its own."""
    path = Path(f"/proc/self/fd/{memory.fileno()}")
    return lambda: path.open("rb")
