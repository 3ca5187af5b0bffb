"""Makes a further key for the desk, and keeps the file that the admin needs up to date.

A key counts once it is noted. One that was made and not noted, because the power went, was never
shown to anyone: it is taken away before the next is made.
"""

import re
from datetime import date
from pathlib import Path

from viewing_station.arriving import arriving
from viewing_station.desk_key import (
    MadeKey,
    gpg_command,
    make_desk_key,
    public_part,
    told,
)
from viewing_station.desk_keys import known_keys, usable
from viewing_station.key_destroy import delete_key
from viewing_station.keyring import keyring
from viewing_station.settings import KeyNote
from viewing_station.station import Station

_SECRET = re.compile(rb"^sec:[^\n]*\nfpr:{9}([0-9A-F]{40}):", re.MULTILINE)


def make_key(station: Station, day: date) -> MadeKey:
    """Make a key, note it, and write its public part for the admin. Raises KeyringError."""
    settings = station.settings
    with keyring(station.home.gnupg) as gnupg:
        clear_unnoted(station, gnupg)
        with station.records.change():
            settings.keys_before = secret_keys(gnupg)
        made = make_desk_key(gnupg, settings.desk, settings.keyring_passphrase, day)
        note_key(station, made.fingerprint, day)
    publish(station, day)
    return made


def note_key(station: Station, fingerprint: str, day: date, every: int = 0) -> None:
    """Let a key in the keyring count, as the newest."""
    settings = station.settings
    order = 1 + max((note.order for note in settings.key_notes()), default=0)
    with station.records.change():
        settings.put_key(KeyNote(fingerprint, day, order, every=every))
        settings.keys_before = None


def clear_unnoted(station: Station, gnupg: Path) -> None:
    """Take away what an interrupted making left in the keyring."""
    before = station.settings.keys_before
    if before is None:
        return
    noted = {note.fingerprint for note in station.settings.key_notes()}
    for fingerprint in secret_keys(gnupg) - before - noted:
        delete_key(gnupg, fingerprint)
    with station.records.change():
        station.settings.keys_before = None


def secret_keys(gnupg: Path) -> frozenset[str]:
    """Return the fingerprints of the secret keys in the keyring."""
    listing = told(gpg_command(gnupg, "--with-colons", "--list-secret-keys"), "list its keys")
    return frozenset(found.decode("ascii") for found in _SECRET.findall(listing))


def publish(station: Station, day: date) -> Path:
    """See that the public file is that of the newest usable key; return its path."""
    file = station.home.public_key(station.settings.desk)
    if own := usable(known_keys(station, day), own=True):
        armored = public_part(station.home.gnupg, own[-1].fingerprint)
        if not file.is_file() or file.read_bytes() != armored:
            with arriving(file, force=True) as sink:
                sink.write(armored)
    return file
