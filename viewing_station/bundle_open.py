"""Opens a bundle: all of it is checked before anything is opened, then each delivery by itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from formats.bundle import BundleManifest, EnvelopeEntry, EnvelopeKind
from viewing_station.bundle_check import CheckedBundle, check_bundle, opened_file
from viewing_station.delivery_open import DeliveryOpening, Entries, Outcome, State
from viewing_station.errors import BundleRefusedError
from viewing_station.instance_keys import Standing
from viewing_station.key_tidy import destroy_due
from viewing_station.key_windows import OwnWindow
from viewing_station.letter_open import Address, OpenedLetter, open_letter
from viewing_station.letters_ahead import in_turn, letters_ahead
from viewing_station.opener import opener
from viewing_station.progress import Measuring, meter
from viewing_station.quick_copies import QuickCopies, open_quick_copies
from viewing_station.server_stock import note_stock
from viewing_station.station import Station


@dataclass(frozen=True)
class Report:
    """What became of a bundle; `arrived` counts the items of ours that the server now has.

    `standing` tells whether the instance has a newer key than the one trusted here.
    `destroyed` are the subkeys that nothing needed any more after it.
    """

    manifest: BundleManifest
    outcomes: tuple[Outcome, ...]
    online: QuickCopies
    arrived: int
    standing: Standing
    destroyed: tuple[OwnWindow, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the bundle brought anything that was not here."""
        here = {State.KNOWN, State.FORGOTTEN}
        brought = any(outcome.state not in here for outcome in self.outcomes)
        return brought or bool(self.online.kept or self.arrived)


def open_bundle(station: Station, file: Path, day: date, measuring: Measuring = meter) -> Report:
    """Open a bundle into the station, on a day, and destroy what keys nothing needs after it.

    Raises BundleRefusedError, and nothing of it was kept then; KeyringError; OSError where there
    is no room, and then the deliveries that were opened so far stay. An OSError that a meter
    raises stops the opening in the same way.
    """
    settings = station.settings
    with opened_file(file, BundleRefusedError) as source:
        with measuring("Checking", file.stat().st_size) as checking:
            trusted = settings.trust.instance
            bundle = check_bundle(source, trusted, settings.desk, checking.advance)
        station.learn(bundle.standing)
        station.sweep()
        outcomes, online = _open_members(station, bundle, measuring)
    arrived = _acknowledge(station, bundle.manifest)
    destroyed = tuple(destroy_due(station, day))
    return Report(bundle.manifest, outcomes, online, arrived, bundle.standing, destroyed)


def _open_members(
    station: Station, bundle: CheckedBundle, measuring: Measuring
) -> tuple[tuple[Outcome, ...], QuickCopies]:
    total = sum(member.size for member in bundle.manifest.members())
    with opener(station) as key, measuring("Opening", total) as opening:
        advance = in_turn(opening.advance)
        settings = station.settings
        address = Address(settings.instance.instance, settings.desk)
        deliveries = _by_delivery(bundle.manifest.envelopes)

        def read(entry: EnvelopeEntry) -> OpenedLetter:
            return open_letter(key, bundle.member(entry, advance), entry, address)

        with letters_ahead(read, _new_letters(station, deliveries)) as letters:
            work = DeliveryOpening(station, bundle, key, letters, advance)
            outcomes = tuple(work.open(name, entries) for name, entries in deliveries.items())
        return outcomes, open_quick_copies(station, bundle, key, advance)


def _new_letters(station: Station, deliveries: dict[str, Entries]) -> list[EnvelopeEntry]:
    """Return the letters that are not here yet, in the order of their deliveries."""
    here = station.deliveries
    new = (
        entries
        for name, entries in deliveries.items()
        if not (here.get(name) or here.is_forgotten(name))
    )
    return [entries[EnvelopeKind.LETTER] for entries in new if EnvelopeKind.LETTER in entries]


def _by_delivery(envelopes: Iterable[EnvelopeEntry]) -> dict[str, Entries]:
    grouped: dict[str, Entries] = defaultdict(dict)
    for entry in envelopes:
        grouped[entry.delivery][entry.kind] = entry
    return grouped


def _acknowledge(station: Station, manifest: BundleManifest) -> int:
    """Note what the server has taken, once a bundle: an old one opened again unsays nothing."""
    with station.records.change():
        if station.outbox.is_opened(manifest.bundle):
            return 0
        station.outbox.note_opened(manifest.bundle)
        station.outbox.note_heard(manifest.bundle, restored=manifest.restored)
        if manifest.held is not None:
            note_stock(station.records, manifest.day, manifest.held)
        return station.outbox.acknowledge(manifest.couriers_taken, restored=manifest.restored)
