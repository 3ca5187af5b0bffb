"""Deliveries that were opened here: their letter, their message, and where their files lie."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Self

from formats.letter import FileEntry, Letter, decode_letter
from viewing_station.records import Records

KIND = "delivery"
MESSAGE = "message"
INNER_MESSAGE = "inner-message"
REFUSAL = "refusal"
FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Delivery:
    """A letter that was opened and believed.

    name: the handle. thread: its id, in hex. written: `letter.json`, which is read as a letter
    only when something of it is asked for, since lists go over a hundred thousand of them.
    letter_body: SHA-256 (hex) of the body it came in, by which it is known again.
    archive: the sealed file that holds its files' payload; empty until that was opened.
    inner: the sealed files that hold what its files had been sealed to beforehand, by their names;
    kept where the subkey that opens them will be destroyed.
    """

    name: str
    thread: str
    day: date
    written: str = field(repr=False)
    letter_body: str
    archive: str = ""
    read: bool = False
    inner: dict[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, letter: Letter, letter_body: str, archive: str = "", *, read: bool = False) -> Self:
        """Return the delivery whose letter this is."""
        written = letter.encode().decode()
        thread = letter.thread.hex()
        return cls(letter.delivery, thread, letter.day, written, letter_body, archive, read)

    @cached_property
    def letter(self) -> Letter:
        """The letter."""
        return decode_letter(self.written.encode())

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """The files, as the letter lists them."""
        return self.letter.files

    @property
    def size(self) -> int:
        """The size of all files together, in bytes."""
        return sum(file.size for file in self.letter.files)

    @property
    def awaits_files(self) -> bool:
        """Whether the letter speaks of files that were not opened here yet."""
        return bool(self.letter.files) and not self.archive


class Summary(NamedTuple):
    """What a search needs of a delivery: its handle, its thread, its day, its files' names."""

    name: str
    thread: str
    day: date
    files: tuple[str, ...]


class Deliveries:
    """The deliveries among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def get(self, name: str) -> Delivery | None:
        """Return the delivery of this handle, if it was opened here."""
        kept = self._records.get(KIND, name)
        return None if kept is None else _decode(kept)

    def all(self) -> Iterator[Delivery]:
        """All of them, in no order that means anything."""
        return map(_decode, self._records.all(KIND))

    def put(self, delivery: Delivery) -> None:
        """Keep it, in place of what was known of it before."""
        self._records.put(KIND, delivery.name, _encode(delivery))
        self._records.drop(REFUSAL, delivery.name)

    def put_message(self, name: str, message: str, inner: str | None) -> None:
        """Keep the message, and what was sealed inside it beforehand, if anything was."""
        self._records.put(MESSAGE, name, message.encode())
        if inner is not None:
            self._records.put(INNER_MESSAGE, name, inner.encode())

    def message(self, name: str) -> str:
        """Return the message as it came; empty where the source wrote none."""
        return (self._records.get(MESSAGE, name) or b"").decode()

    def inner_message(self, name: str) -> str | None:
        """Return what the message held, sealed beforehand, opened; None where it held nothing."""
        kept = self._records.get(INNER_MESSAGE, name)
        return None if kept is None else kept.decode()

    def mark_read(self, delivery: Delivery) -> None:
        """Remember that a reviewer saw it."""
        if not delivery.read:
            self.put(replace(delivery, read=True))

    def refuse(self, name: str) -> None:
        """Remember the handle of what was refused, so that it can be discarded."""
        self._records.put(REFUSAL, name, name.encode())

    def forget(self, name: str) -> None:
        """Keep nothing of it but the handle, so that no bundle brings it back."""
        for kind in (KIND, MESSAGE, INNER_MESSAGE):
            self._records.drop(kind, name)
        self._records.put(FORGOTTEN, name, name.encode())

    def is_forgotten(self, name: str) -> bool:
        """Whether it was here, and was let go."""
        return self._records.get(FORGOTTEN, name) is not None

    def is_known(self, name: str) -> bool:
        """Whether a bundle brought this delivery here, believed or refused, kept or let go."""
        kinds = (KIND, REFUSAL, FORGOTTEN)
        return any(self._records.get(kind, name) is not None for kind in kinds)


def _encode(delivery: Delivery) -> bytes:
    """Return a first line with what lists and searches need, and the letter as it is below."""
    first: dict[str, Any] = {
        "name": delivery.name,
        "thread": delivery.thread,
        "day": delivery.day.isoformat(),
        "names": [file.name for file in delivery.files],
        "letter_body": delivery.letter_body,
        "archive": delivery.archive,
        "read": delivery.read,
    }
    if delivery.inner:
        first["inner"] = delivery.inner
    return f"{json.dumps(first)}\n{delivery.written}".encode()


def _parted(kept: bytes) -> tuple[dict[str, Any], str]:
    """Return a record's first line, read, and its letter. No list checks again what was believed.

    Version 0.1 kept one line, with the letter as a text in it.
    """
    line, _, written = kept.decode().partition("\n")
    first = json.loads(line)
    if "letter" in first:
        written = first.pop("letter")
        letter = json.loads(written)
        names = [file["name"] for file in letter["files"]]
        first |= {"name": letter["delivery"], "thread": letter["thread"], "day": letter["day"]}
        first["names"] = names
    first["day"] = date.fromisoformat(first["day"])
    return first, written


def _decode(kept: bytes) -> Delivery:
    first, written = _parted(kept)
    del first["names"]
    return Delivery(written=written, **first)


def summary(kept: bytes) -> Summary:
    """Read of a delivery's record what a search needs."""
    first, _ = _parted(kept)
    return Summary(first["name"], first["thread"], first["day"], tuple(first["names"]))
