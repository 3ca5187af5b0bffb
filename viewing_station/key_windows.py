"""The windows of a key with a calendar, as the keyring has them: which days, and what is left."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from viewing_station.desk_key import gpg_command, told
from viewing_station.key_destroy import secret_file
from viewing_station.settings import KeyNote
from viewing_station.station import Station

_KINDS = {"pub", "sub"}
_KIND, _VALIDITY, _MADE, _EXPIRY, _TEXT, _USES = 0, 1, 5, 6, 9, 11  # GnuPG's doc/DETAILS


@dataclass(frozen=True)
class OwnWindow:
    """A subkey of a calendar made here: sealed to from `begins` to the day before `ends`.

    `here` tells whether its secret part is.
    """

    key: str
    subkey: str
    grip: str
    begins: date
    ends: date
    here: bool


def calendars(station: Station) -> list[KeyNote]:
    """Return the keys made here that have a calendar and are not destroyed, oldest first."""
    return [note for note in station.settings.key_notes() if note.every and not note.destroyed]


def windows_of(gnupg: Path, key: str) -> list[OwnWindow]:
    """Return the windows of a key in their order; needs no agent. Raises KeyringError."""
    options = ("--no-autostart", "--with-colons", "--with-keygrip", "--with-subkey-fingerprint")
    command = gpg_command(gnupg, *options, "--list-keys", key)
    listing = told(command, "list its keys", stdin=subprocess.DEVNULL).decode("utf-8", "replace")
    found: list[OwnWindow] = []
    subkey: list[str] = []
    fingerprint = ""
    for fields in (line.split(":") for line in listing.splitlines()):
        if fields[_KIND] in _KINDS:
            subkey = fields
        elif fields[_KIND] == "fpr":
            fingerprint = fields[_TEXT]
        elif fields[_KIND] == "grp" and _is_window(subkey):
            here = secret_file(gnupg, fields[_TEXT]).exists()
            begins, ends = _day(subkey[_MADE]), _day(subkey[_EXPIRY])
            found.append(OwnWindow(key, fingerprint, fields[_TEXT], begins, ends, here))
    return sorted(found, key=lambda window: (window.begins, window.subkey))


def all_windows(station: Station) -> list[OwnWindow]:
    """Return the windows of all calendars here. Raises KeyringError."""
    gnupg = station.home.gnupg
    return [each for note in calendars(station) for each in windows_of(gnupg, note.fingerprint)]


def _is_window(fields: list[str]) -> bool:
    bound = fields[_KIND] == "sub" and fields[_VALIDITY] not in {"r", "i"}
    return bound and "e" in fields[_USES] and fields[_EXPIRY].isdigit()


def _day(moment: str) -> date:
    return datetime.fromtimestamp(int(moment), UTC).date()
