"""Retires keys, and destroys the secret part of those that nothing needs any more."""

import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

from viewing_station.desk_key import gpg_command, told
from viewing_station.desk_keys import KeyState, KnownKey, known_keys, usable
from viewing_station.errors import AlreadyDestroyedError, LastKeyError
from viewing_station.home import destroy_file, sync_folder
from viewing_station.keyring import keyring
from viewing_station.station import Station

_GRIP = re.compile(rb"^grp:{9}([0-9A-F]{40}):", re.MULTILINE)


def retire_key(station: Station, key: KnownKey, day: date) -> None:
    """Seal to a key no more; of a confirmed one, forget it. Raises LastKeyError."""
    if not key.own:
        with station.records.change():
            station.foreign_keys.drop(key.fingerprint)
        return
    check_spared(station, key, day)
    _note(station, key.fingerprint, destroyed=False)


def destroy_key(station: Station, key: KnownKey, day: date) -> None:
    """Destroy the secret part of a key made here: nothing sealed to it alone opens ever again.

    Raises LastKeyError, AlreadyDestroyedError, KeyringError. Retired first, so that an
    interruption leaves a key that is sealed to no more, and can be destroyed again.
    """
    if key.state is KeyState.DESTROYED:
        raise AlreadyDestroyedError(fingerprint=key.fingerprint)
    retire_key(station, key, day)
    with keyring(station.home.gnupg) as gnupg:
        delete_key(gnupg, key.fingerprint)
    _note(station, key.fingerprint, destroyed=True)


def check_spared(station: Station, key: KnownKey, day: date) -> None:
    """Raise LastKeyError if without this key none made here could be sealed to."""
    others = [
        other
        for other in usable(known_keys(station, day), own=True)
        if other.fingerprint != key.fingerprint
    ]
    if not others:
        raise LastKeyError(fingerprint=key.fingerprint)


def delete_key(gnupg: Path, fingerprint: str) -> None:
    """Overwrite and delete a key's secret part, and then its public one. Raises KeyringError.

    Does nothing to a key that is not there. On flash storage what was overwritten may still lie
    somewhere; it is encrypted under a passphrase that only the station's records hold.
    """
    listing = subprocess.run(
        gpg_command(gnupg, "--with-colons", "--with-keygrip", "--list-keys", fingerprint),
        capture_output=True,
        check=False,
    ).stdout
    grips = _GRIP.findall(listing)
    for grip in grips:
        overwrite_secret(gnupg, grip.decode("ascii"))
    if grips:
        delete = ("--yes", "--delete-keys", fingerprint)
        told(gpg_command(gnupg, *delete), "delete a key", stdin=subprocess.DEVNULL)


def overwrite_secret(gnupg: Path, grip: str) -> None:
    """Overwrite and delete the secret part that gpg keeps under a keygrip, if it is there."""
    file = secret_file(gnupg, grip)
    destroy_file(file)
    sync_folder(file.parent)


def secret_file(gnupg: Path, grip: str) -> Path:
    """Return where gpg keeps the secret part of a key or a subkey."""
    return gnupg / "private-keys-v1.d" / f"{grip}.key"


def _note(station: Station, fingerprint: str, *, destroyed: bool) -> None:
    note = next(n for n in station.settings.key_notes() if n.fingerprint == fingerprint)
    with station.records.change():
        station.settings.put_key(replace(note, retired=True, destroyed=destroyed))
