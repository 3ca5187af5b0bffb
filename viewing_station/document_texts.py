"""The words found in documents, kept so that a search finds them: a record for each document."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from viewing_station.records import Records

KIND = "document-text"
TEXT_LIMIT = 400_000  # characters: some 200 pages; a search holds the texts of all in memory


@dataclass(frozen=True)
class DocumentText:
    """What a delivery's document says; `number` as lists show it. `cut` where that was more."""

    delivery: str
    number: int
    text: str = field(repr=False)
    cut: bool = False


class DocumentTexts:
    """The texts among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put(self, delivery: str, number: int, text: str) -> DocumentText:
        """Keep a document's text, TEXT_LIMIT characters of it, in place of its former one."""
        readable = text[:TEXT_LIMIT].encode(errors="replace").decode()  # a lone surrogate is none
        kept = DocumentText(delivery, number, readable, cut=len(text) > TEXT_LIMIT)
        encoded = json.dumps(asdict(kept), ensure_ascii=False).encode()
        self._records.put(KIND, f"{delivery}/{number}", encoded)
        return kept

    def get(self, delivery: str, number: int) -> DocumentText | None:
        """Return the text kept of a document, if any was."""
        kept = self._records.get(KIND, f"{delivery}/{number}")
        return None if kept is None else decode_text(kept)

    def drop(self, delivery: str, number: int) -> None:
        """Forget a document's text."""
        self._records.drop(KIND, f"{delivery}/{number}")

    def all(self) -> Iterator[DocumentText]:
        """All of them, in no order that means anything."""
        return map(decode_text, self._records.all(KIND))


def decode_text(kept: bytes) -> DocumentText:
    """Read a record's content."""
    return DocumentText(**json.loads(kept))
