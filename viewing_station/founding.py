"""Founds a station: its master key, its desk's OpenPGP key, its signing key, its trust.

The wrapped master key is written first under another name and gets its own last. Until then the
home is no station: an interrupted `init` can be run again and begins anew.
"""

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.secret import Secret
from crypto.signing import SigningSeed, StationSigner
from crypto.store_key import MasterKey, new_master
from formats.handles import is_desk_slug
from formats.identity import Identity
from formats.station import StationIdentity
from viewing_station.desk_key import KeyringPassphrase, MadeKey, make_desk_key
from viewing_station.errors import BadSlugError, HomeNotEmptyError, StationExistsError
from viewing_station.home import PRIVATE_FILE, PRIVATE_FOLDER, Home, locked, sync_folder
from viewing_station.keyring import keyring, make_keyring
from viewing_station.records import make_records, open_records
from viewing_station.settings import KeyNote, NamesKey
from viewing_station.station import assemble


@dataclass(frozen=True)
class Founded:
    """What an admin needs of a new station, and the fingerprints to compare."""

    openpgp_file: Path
    station_file: Path
    openpgp_fingerprint: str
    station_public: bytes


def check_slug(slug: str) -> None:
    """Raise BadSlugError unless `slug` can name a desk."""
    if not is_desk_slug(slug):
        raise BadSlugError(slug=slug)


def found(root: Path, slug: str, identity: Identity, passphrase: Secret, day: date) -> Founded:
    """Make a station in `root`.

    Raises StationExistsError, HomeNotEmptyError, BusyError, KeyringError, OSError.
    """
    home = Home(root)
    root.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    with locked(home):
        _clear(home)
        root.chmod(PRIVATE_FOLDER)
        master, wrapped = new_master(passphrase)
        _write(home.unfinished, wrapped)
        founded = _furnish(home, slug, identity, master, day)
        sync_folder(root)
        home.unfinished.rename(home.master_key)
        sync_folder(root)
    return founded


def _clear(home: Home) -> None:
    """Leave an empty home, and touch nothing that an unfinished `init` did not make."""
    if home.master_key.exists():
        raise StationExistsError(home=home.root)
    if home.unfinished.exists():
        for folder in (home.gnupg, home.files):
            shutil.rmtree(folder, ignore_errors=True)
        for made in (
            f"{home.database.name}*",
            home.public_key("*").name,
            home.station_key("*").name,
        ):
            for file in home.root.glob(made):
                file.unlink()
        home.unfinished.unlink()
    if any(home.root.iterdir()):
        raise HomeNotEmptyError(home=home.root)


def _furnish(home: Home, slug: str, identity: Identity, master: MasterKey, day: date) -> Founded:
    home.files.mkdir(PRIVATE_FOLDER)
    make_keyring(home.gnupg)
    make_records(home.database, master)
    passphrase = KeyringPassphrase.new()
    with keyring(home.gnupg) as gnupg:
        made = make_desk_key(gnupg, slug, passphrase, day)
    seed = SigningSeed.new()
    with open_records(home.database, master) as records:
        station = assemble(home, records, master)
        with records.change():
            station.settings.desk = slug
            station.settings.instance = identity
            station.settings.seed = seed
            station.settings.keyring_passphrase = passphrase
            station.settings.names_key = NamesKey(secrets.token_bytes(NamesKey.SIZE))
            station.settings.put_key(KeyNote(made.fingerprint, day))
    return _publish(home, slug, made, StationSigner(seed).public)


def _publish(home: Home, slug: str, made: MadeKey, public: bytes) -> Founded:
    openpgp_file, station_file = home.public_key(slug), home.station_key(slug)
    _write(openpgp_file, made.armored)
    _write(station_file, StationIdentity(slug, public).encode())
    return Founded(openpgp_file, station_file, made.fingerprint, public)


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
