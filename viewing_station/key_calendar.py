"""Makes a year of subkeys in advance, each for its window only, and carries a calendar on.

Each subkey counts as soon as gpg has it, and the calendar is carried on from its last window: what
interrupts the making leaves a shorter calendar, which the next run makes as long as it was to be.
The first one counts once it is whole.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from viewing_station.desk_key import add_subkey, gpg_command, make_calendar_key, told
from viewing_station.errors import ClockBehindError, TooManyWindowsError
from viewing_station.key_destroy import overwrite_secret
from viewing_station.key_make import clear_unnoted, note_key, publish, secret_keys
from viewing_station.key_windows import OwnWindow, calendars, windows_of
from viewing_station.keyring import keyring
from viewing_station.progress import Measuring, meter
from viewing_station.server_stock import stock
from viewing_station.settings import KeyNote
from viewing_station.station import Station

USUAL_EVERY = 7  # days: what one stolen subkey opens
USUAL_WEEKS = 52
LONGEST = timedelta(days=800)  # of a calendar: the server takes as many windows, of a day each
_GRIP = re.compile(rb"^grp:{9}([0-9A-F]{40}):", re.MULTILINE)


@dataclass(frozen=True)
class Calendar:
    """A key's calendar, and how many of its windows are new."""

    key: str
    windows: tuple[OwnWindow, ...]
    added: int

    @property
    def ends(self) -> date:
        """The first day on which nothing can be sealed to it any more."""
        return max(window.ends for window in self.windows)


def carry_on(
    station: Station, day: date, until: date, every: int | None, measuring: Measuring = meter
) -> Calendar:
    """See that there is a calendar that covers the days up to `until`, and that it is published.

    The newest calendar that is in use is carried on; where there is none, a key is made for it.
    `every` None: as it was, or the usual. Raises ClockBehindError, TooManyWindowsError,
    KeyringError.
    """
    _check_clock(station, day)
    note = next((note for note in reversed(calendars(station)) if not note.retired), None)
    length = every or (note.every if note else USUAL_EVERY)
    if until - day > LONGEST:
        raise TooManyWindowsError(days=LONGEST.days)
    with keyring(station.home.gnupg) as gnupg:
        clear_orphans(gnupg)
        clear_unnoted(station, gnupg)
        making = _Making(station, gnupg, day, until, length, measuring)
        key, added = making.begin() if note is None else making.go_on(note)
    publish(station, day)
    return Calendar(key, tuple(windows_of(station.home.gnupg, key)), added)


@dataclass(frozen=True)
class _Making:
    """The making of one calendar, or of more of it; `every` so many days a window begins."""

    station: Station
    gnupg: Path
    day: date
    until: date
    every: int
    measuring: Measuring

    def begin(self) -> tuple[str, int]:
        """Make a key with a calendar; return its fingerprint and how many windows it has."""
        settings = self.station.settings
        with self.station.records.change():
            settings.keys_before = secret_keys(self.gnupg)
        key = make_calendar_key(self.gnupg, settings.desk, settings.keyring_passphrase, self.day)
        added = self._add(key)
        note_key(self.station, key, self.day, every=self.every)
        return key, added

    def go_on(self, note: KeyNote) -> tuple[str, int]:
        """Make the calendar of a key longer; return its fingerprint and how many are new."""
        added = self._add(note.fingerprint)
        if note.every != self.every:
            with self.station.records.change():
                self.station.settings.put_key(replace(note, every=self.every))
        return note.fingerprint, added

    def _add(self, key: str) -> int:
        """Add windows end to end behind the last, or from today where that is over."""
        length = timedelta(days=self.every)
        passphrase = self.station.settings.keyring_passphrase
        begins = max([self.day, *(window.ends for window in windows_of(self.gnupg, key))])
        number = max(0, -((begins - self.until) // length))
        with self.measuring("Making", number) as making:
            for _ in range(number):
                add_subkey(self.gnupg, key, passphrase, begins, begins + length)
                begins += length
                making.advance(1)
        return number


def clear_orphans(gnupg: Path) -> None:
    """Take away the secret parts of subkeys whose making was cut off before gpg noted them."""
    command = gpg_command(gnupg, "--with-colons", "--with-keygrip", "--list-keys")
    known = {grip.decode("ascii") for grip in _GRIP.findall(told(command, "list its keys"))}
    for file in (gnupg / "private-keys-v1.d").glob("*.key"):
        if file.stem not in known:
            overwrite_secret(gnupg, file.stem)


def _check_clock(station: Station, day: date) -> None:
    """Raise ClockBehindError if the server, whose bundles were opened here, is days ahead."""
    told_of = stock(station.records)
    if told_of is not None and told_of.day > day + timedelta(days=1):
        raise ClockBehindError(day=day, known=told_of.day)
