"""The files of an export for people: the documents, a page about them, and all checksums."""

import hashlib
from collections.abc import Iterator, Sequence

from viewing_station.publishing.page import NAME, page
from viewing_station.publishing.release import Part, Work

SUMS = "SHA256SUMS"


def files_of(works: Sequence[Work]) -> list[Part]:
    """Return the files that make an export whole, in the order they are written."""
    documents = [part for work in works for part in work.parts]
    index = _known(NAME, page(works), "text/html")
    lines = [f"{part.sha256}  {part.name}\n" for part in (index, *documents)]
    return [index, *documents, _known(SUMS, "".join(lines).encode(), "text/plain")]


def _known(name: str, content: bytes, media_type: str) -> Part:
    def pieces() -> Iterator[bytes]:
        yield content

    return Part(name, len(content), pieces, hashlib.sha256(content).hexdigest(), media_type)
