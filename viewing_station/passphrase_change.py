"""Gives a station another passphrase: the same master key, wrapped anew, whole or not at all."""

import os
import secrets
from pathlib import Path

from crypto.secret import Secret
from crypto.store_key import wrap_master
from viewing_station.home import PRIVATE_FILE, Home, locked, sync_folder
from viewing_station.station import unwrap


def change_passphrase(root: Path, old: Secret, new: Secret) -> None:
    """Replace the passphrase of the station in `root`. Nothing of the store is sealed anew.

    Raises NoStationError, BusyError, WrongPassphraseError, OSError; the old one stays good then.
    """
    home = Home(root)
    home.require()
    with locked(home):
        wrapped = wrap_master(new, unwrap(home, old))
        try:
            _write(home.rewrapped, wrapped)
            with home.master_key.open("r+b") as former:
                home.rewrapped.replace(home.master_key)
                sync_folder(root)
                _overwrite(former.fileno(), len(wrapped))
        finally:
            home.rewrapped.unlink(missing_ok=True)


def _write(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())


def _overwrite(handle: int, size: int) -> None:
    """Leave nothing that the old passphrase opens, as far as the disk writes where it is told."""
    os.pwrite(handle, secrets.token_bytes(size), 0)
    os.fsync(handle)
