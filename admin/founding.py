"""Making an instance: its configuration gets its name last, and makes a folder an instance.

Until then it lies under another name, by which the next `init` knows what an interrupted one left
and begins anew. It keeps the keys that are whole: the history in a database that lies elsewhere may
be sealed by them already. Nobody was shown them.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.beginning import begin_history
from admin.errors import AdminError
from crypto.signing import SigningSeed
from formats.errors import Malformed
from formats.identity import INSTANCE_NAME_LIMIT, Identity
from storage.blobs import BlobStore
from storage.schema import upgrade
from tor.files import sync_folder, write_whole
from web.config import CONFIG_NAME, Config, check_database, render_config
from web.instance import (
    KEY_BYTES,
    SALT_BYTES,
    SALT_FILE,
    SIGNING_FILE,
    TOTP_FILE,
    Instance,
    Places,
    instance_at,
    write_private,
)

INSTANCE_ID_BYTES = 16


def found(
    home: Path, name: str, database: str, blobs: str, *furnish: Callable[[Instance], None]
) -> None:
    """Make an instance in `home`, which must be absent or empty, and furnish it.

    One that was interrupted is begun anew.
    """
    if home.exists() and any(home.iterdir()) and not _unfinished(home).exists():
        raise _not_empty(home)
    if blobs:
        raise AdminError("Only bodies kept in the home are supported by this version.")
    check_database(database)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with _alone(home), all_or_nothing(home):
        instance = _fill(Places(home.resolve()), name, database)
        begin_history(instance)
        for each in furnish:
            each(instance)
        write_whole(_unfinished(home), render_config(instance.config).encode())
        _unfinished(home).rename(home / CONFIG_NAME)
        sync_folder(home)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the folder, and clear away what an interrupted `init` left in it."""
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        found = set(home.iterdir())
        if found and (_unfinished(home) not in found or home / CONFIG_NAME in found):
            raise _not_empty(home)
        _unfinished(home).touch(0o600)
        _remove(*found - {_unfinished(home), Places(home).keys})
        yield
    finally:
        os.close(folder)


@contextmanager
def all_or_nothing(home: Path) -> Iterator[None]:
    """Empty `home` again if what is done within fails or is interrupted."""
    try:
        yield
    except BaseException:
        _remove(*home.iterdir())
        raise


def _remove(*paths: Path) -> None:
    for path in paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _unfinished(home: Path) -> Path:
    return home / f"{CONFIG_NAME}.part"


def _not_empty(home: Path) -> AdminError:
    return AdminError(f"{home} is not empty: an instance needs a folder of its own.")


def _fill(places: Places, name: str, database: str) -> Instance:
    instance = secrets.token_hex(INSTANCE_ID_BYTES)
    config = Config(name=name, instance=instance, database=database)
    for folder in (places.keys, places.run, places.gnupg):
        folder.mkdir(mode=0o700, exist_ok=True)
    seed = SigningSeed.new()
    _write_key(places.keys / SALT_FILE, secrets.token_bytes(SALT_BYTES))
    _write_key(places.keys / SIGNING_FILE, seed.reveal())
    _write_key(places.keys / TOTP_FILE, secrets.token_bytes(KEY_BYTES))
    made = instance_at(places, config)
    write_private(places.identity, _identity(instance, name, made.signer.public).encode())
    BlobStore(places.blobs)
    upgrade(made.database_url)
    return made


def _identity(instance: str, name: str, public: bytes) -> Identity:
    try:
        return Identity(instance, name, public)
    except Malformed:
        raise AdminError(
            f"A service's name is 1 to {INSTANCE_NAME_LIMIT} characters, none of them invisible."
        ) from None


def _write_key(path: Path, raw: bytes) -> None:
    """Write a key, unless an interrupted `init` wrote it whole."""
    written = raw.hex().encode() + b"\n"
    if path.exists() and path.stat().st_size == len(written):
        return
    path.unlink(missing_ok=True)
    write_private(path, written)
