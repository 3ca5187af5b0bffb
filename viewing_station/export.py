"""Writes a thread's messages and files into folders, one for each delivery.

What a source had sealed to the desk's key beforehand is written as it came, and opened beside it.
"""

import io
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from formats.letter import FILES_LIMIT, MESSAGE_NAME
from formats.names import Names
from formats.payload import PayloadReader
from viewing_station.deliveries import Delivery
from viewing_station.fresh_files import Fate, FreshFolder, Source, fresh_folder
from viewing_station.inner import LOOKED_AT, OPENED_LIMIT, looks_sealed, opened_name
from viewing_station.inner_files import open_inner
from viewing_station.opener import Opener, opener
from viewing_station.progress import meter
from viewing_station.station import Station
from viewing_station.threads import Thread
from viewing_station.trouble import OverflowingError
from viewing_station.vault import Draft


@dataclass
class Exported:
    """What an export did: `DELIVERY/name` of each file, by its fate."""

    written: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # of those written: the second layer's
    sealed: list[str] = field(default_factory=list)  # whose second layer does not open here
    awaited: list[str] = field(default_factory=list)  # deliveries whose files have not come


def export_thread(station: Station, thread: Thread, folder: Path) -> Exported:
    """Write a thread into `folder`. Raises KeyringError, BadBox, OSError."""
    exported = Exported()
    total = sum(delivery.size for delivery in thread.deliveries)
    with opener(station) as key, meter("Writing", total) as writing:
        for delivery in thread.deliveries:
            with fresh_folder(folder / delivery.name, writing.advance) as target:
                _Export(station, key, delivery, target, exported).run()
    return exported


@dataclass
class _Export:
    """The export of one delivery."""

    station: Station
    opener: Opener
    delivery: Delivery
    folder: FreshFolder
    exported: Exported
    names: Names = field(default_factory=Names)
    room: int = OPENED_LIMIT

    def run(self) -> None:
        """Write its files under their own names, then what was in them, then its message."""
        # Also while they are awaited, so that the message has the same name the next time.
        names = {file.name: self.names.add(file.name) for file in self.delivery.files}
        if self.delivery.awaits_files:
            self.exported.awaited.append(self.delivery.name)
        elif names:
            self._write_files(names)
        self._write_message()

    def _write_files(self, names: dict[str, str]) -> None:
        with self.station.vault.open(self.delivery.archive) as plain:
            archive = PayloadReader(plain, FILES_LIMIT)
            for own_name, name in names.items():
                source = partial(archive.open, own_name)
                self._write(name, source)
                if own_name in self.delivery.inner:
                    self._write_kept(name, self.delivery.inner[own_name])
                else:
                    self._write_inner(name, source)

    def _write_message(self) -> None:
        message = self.station.deliveries.message(self.delivery.name)
        self._write(self.names.add(MESSAGE_NAME), _bytes(message))
        inner = self.station.deliveries.inner_message(self.delivery.name)
        if inner is not None:
            self._write(self.names.add(opened_name(MESSAGE_NAME)), _bytes(inner), opened=True)

    def _write_kept(self, name: str, kept: str) -> None:
        """Write what was opened when it came: its key may be gone by now."""
        self._write(
            self.names.add(opened_name(name)), lambda: self.station.vault.open(kept), opened=True
        )

    def _write_inner(self, name: str, source: Source) -> None:
        with source() as content:
            if not looks_sealed(content.read(LOOKED_AT)):
                return
        with self.station.vault.draft() as draft:
            if not self._open_inner(source, draft):
                self.exported.sealed.append(self._shown(name))
                return
            inner = self.names.add(opened_name(name))
            self._write(inner, lambda: self.station.vault.reading(draft), opened=True)

    def _open_inner(self, source: Source, draft: Draft) -> bool:
        try:
            size = open_inner(self.opener, source, draft, self.room)
        except OverflowingError:
            self.room = 0  # a second bomb is not worth the time
            return False
        if size is None:
            return False
        self.room -= size
        return True

    def _write(self, name: str, source: Source, *, opened: bool = False) -> None:
        fates = {
            Fate.WRITTEN: self.exported.written,
            Fate.PRESENT: self.exported.present,
            Fate.BLOCKED: self.exported.blocked,
        }
        fate = self.folder.write(name, source)
        fates[fate].append(self._shown(name))
        if opened and fate is not Fate.BLOCKED:
            self.exported.opened.append(self._shown(name))

    def _shown(self, name: str) -> str:
        return f"{self.delivery.name}/{name}"


def _bytes(text: str) -> Source:
    return lambda: io.BytesIO(text.encode())
