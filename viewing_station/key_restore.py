"""Takes keys of the desk out of a backup into the keyring, beside those that are there.

Keys come out under the passphrase of the station that they were made at; each is put under this
station's own before it counts. What an interruption leaves is cleared away as when one is made.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from crypto.secret import Secret
from viewing_station.desk_key import gpg_command, told
from viewing_station.errors import KeyBackupRefusedError
from viewing_station.key_backup import BackedUpKeys, open_backup
from viewing_station.key_make import clear_unnoted, secret_keys
from viewing_station.keyring import keyring
from viewing_station.station import Station

REMEMBERED = 600  # seconds: a calendar's subkeys change their passphrase within a few


@dataclass(frozen=True)
class Restored:
    """The fingerprints of the keys that came, and of those that were here already."""

    new: tuple[str, ...]
    known: tuple[str, ...]


def restore_keys(station: Station, message: bytes, passphrase: Secret) -> Restored:
    """Take the keys in. Raises KeyBackupRefusedError, KeyringError."""
    settings = station.settings
    with keyring(station.home.gnupg, remembers=REMEMBERED) as gnupg:
        backup = open_backup(gnupg, message, passphrase)
        clear_unnoted(station, gnupg)
        before = secret_keys(gnupg)
        _check_same(station, backup, before)
        with station.records.change():
            settings.keys_before = before
        _import(gnupg, backup)
        new = [note for note in backup.notes if note.fingerprint not in before]
        for note in new:
            _change_passphrase(gnupg, note.fingerprint, backup, settings.keyring_passphrase)
        _note(station, backup)
    known = [note.fingerprint for note in backup.notes if note.fingerprint in before]
    return Restored(tuple(note.fingerprint for note in new), tuple(known))


def _check_same(station: Station, backup: BackedUpKeys, here: frozenset[str]) -> None:
    """Refuse more subkeys of a calendar that is here, where they lie under another passphrase.

    gpg changes the passphrase of whole keys only, and some of this one have the new one already.
    """
    more = any(note.every and note.fingerprint in here for note in backup.notes)
    if more and backup.passphrase != station.settings.keyring_passphrase:
        reason = "a calendar in it is here already, from another copy; restore into a new station"
        raise KeyBackupRefusedError(reason=reason)


def _import(gnupg: Path, backup: BackedUpKeys) -> None:
    told(gpg_command(gnupg, "--import"), "import the keys", input=backup.armored)


def _change_passphrase(gnupg: Path, fingerprint: str, backup: BackedUpKeys, own: Secret) -> None:
    """Put a key under this station's passphrase. gpg asks on a pipe for the old, then the new."""
    answers = backup.passphrase.reveal() + b"\n" + own.reveal() + b"\n"
    command = gpg_command(gnupg, "--command-fd", "0", "--status-fd", "1", "--passwd", fingerprint)
    command.remove("--batch")  # with which gpg would ask for nothing
    told(command, "change a key's passphrase", input=answers)


def _note(station: Station, backup: BackedUpKeys) -> None:
    """Let the keys count: older than those made here, in the order that they had."""
    here = {note.fingerprint: note for note in station.settings.key_notes()}
    first = min((note.order for note in here.values()), default=0) - len(backup.notes)
    with station.records.change():
        for order, note in enumerate(backup.notes, first):
            known = here.get(note.fingerprint)
            if known is None:
                station.settings.put_key(replace(note, order=order))
            elif known.destroyed:
                station.settings.put_key(replace(known, destroyed=False))
        station.settings.keys_before = None
