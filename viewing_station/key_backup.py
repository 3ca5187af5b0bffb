"""The desk's secret keys as one OpenPGP message under a passphrase, which plain gpg opens.

Inside is a text: what the keys are, the passphrase they lie under, and the keys, armored. So
`gpg --decrypt FILE | gpg --import` needs nothing of ours, and the text says what to type next.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.errors import OpenFailed
from crypto.secret import Secret
from viewing_station.desk_key import (
    KeyringPassphrase,
    gpg_command,
    readable,
    told,
)
from viewing_station.errors import KeyBackupRefusedError, KeyringError
from viewing_station.keyring import keyring
from viewing_station.settings import KeyNote
from viewing_station.station import Station

# RFC 4880, section 3.7.1.3, with the highest count there is: some tenths of a second a guess, and
# no memory to speak of. A passphrase of several random words is what carries this.
_STRETCHED = (
    *("--s2k-mode", "3", "--s2k-digest-algo", "SHA512", "--s2k-count", "65011712"),
    *("--s2k-cipher-algo", "AES256", "--cipher-algo", "AES256", "--no-symkey-cache"),
)
_FIRST_LINE = "The OpenPGP keys of a Vasistas desk"
_KEY_LINE = re.compile(
    r"^Key: ([0-9A-F]{40}) made (\d{4}-\d\d-\d\d)( retired)?(?: every (\d+))?$", re.MULTILINE
)
_PASSPHRASE_LINE = re.compile(r"^Passphrase: ([0-9a-f]{64})$", re.MULTILINE)
_ARMOR = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
MESSAGE_LIMIT = 1 << 20  # bytes: a hundred keys of RSA-4096


@dataclass(frozen=True)
class BackedUpKeys:
    """What a backup of keys holds."""

    notes: tuple[KeyNote, ...]
    passphrase: KeyringPassphrase
    armored: bytes


def back_up_keys(station: Station, passphrase: Secret, day: date, *, windows: bool = True) -> bytes:
    """Return all keys made here, sealed by a passphrase. Raises KeyringError.

    Without `windows`, of a key with a calendar only the primary key, which can make new subkeys:
    a copy that outlives the subkeys must not have them.
    """
    notes = [note for note in station.settings.key_notes() if not note.destroyed]
    own = station.settings.keyring_passphrase
    with keyring(station.home.gnupg) as gnupg:
        with readable(own) as given:
            export = ("--passphrase-fd", str(given), "--armor", "--no-emit-version")
            names = (f"{n.fingerprint}{'!' if n.every and not windows else ''}" for n in notes)
            wanted = ("--export-secret-keys", *names)
            command = gpg_command(gnupg, *export, *wanted)
            armored = told(command, "export the keys", pass_fds=(given,))
        text = _text(station.settings.desk, notes, own, day) + armored.decode("ascii")
        with readable(passphrase) as given:
            seal = (*_STRETCHED, "--passphrase-fd", str(given), "--set-filename", "", "--symmetric")
            command = gpg_command(gnupg, *seal)
            return told(command, "seal the keys", input=text.encode(), pass_fds=(given,))


def open_backup(gnupg: Path, message: bytes, passphrase: Secret) -> BackedUpKeys:
    """Return what a backup holds. Raises KeyBackupRefusedError; needs an agent for `gnupg`."""
    try:
        with readable(passphrase) as given:
            words = ("--no-symkey-cache", "--passphrase-fd", str(given), "--decrypt")
            command = gpg_command(gnupg, *words)
            text = told(command, "open it", input=message, pass_fds=(given,)).decode()
        return _read(text)
    except (KeyringError, UnicodeDecodeError):
        raise KeyBackupRefusedError(reason="that is not its passphrase, or it is damaged") from None
    except (OpenFailed, ValueError):
        raise KeyBackupRefusedError(reason="it holds no keys of a desk") from None


def _text(desk: str, notes: Sequence[KeyNote], own: KeyringPassphrase, day: date) -> str:
    keys = "".join(
        f"Key: {note.fingerprint} made {note.made}{' retired' if note.retired else ''}"
        f"{f' every {note.every}' if note.every else ''}\n"
        for note in notes
    )
    passphrase = own.reveal().decode("ascii")
    return (
        f"{_FIRST_LINE}, {desk}, as of {day}.\n"
        "`gpg --import` takes this text as it is; the passphrase of the keys follows.\n\n"
        f"{keys}Passphrase: {passphrase}\n\n"
    )


def _read(text: str) -> BackedUpKeys:
    keys, passphrase = _KEY_LINE.findall(text), _PASSPHRASE_LINE.search(text)
    start = text.find(_ARMOR)
    if not text.startswith(_FIRST_LINE) or passphrase is None or not keys or start < 0:
        raise ValueError
    notes = [
        KeyNote(fingerprint, date.fromisoformat(made), retired=bool(retired), every=int(every or 0))
        for fingerprint, made, retired, every in keys
    ]
    under = KeyringPassphrase(passphrase[1].encode("ascii"))
    return BackedUpKeys(tuple(notes), under, text[start:].encode("ascii"))
