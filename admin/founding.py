"""Making an instance: into a folder beside the place, which is named last, so that it is whole."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.beginning import begin_history
from admin.errors import AdminError
from crypto.signing import InstanceSigner, SigningSeed
from formats.errors import Malformed
from formats.identity import INSTANCE_NAME_LIMIT, Identity
from storage.blobs import BlobStore
from storage.schema import upgrade
from web.config import CONFIG_NAME, Config, check_database, render_config
from web.instance import (
    KEY_BYTES,
    SALT_BYTES,
    SALT_FILE,
    SIGNING_FILE,
    TOTP_FILE,
    Places,
    write_private,
)

INSTANCE_ID_BYTES = 16


def found(home: Path, name: str, database: str, blobs: str) -> None:
    """Make an instance in `home`, which must be absent or empty."""
    if home.exists() and any(home.iterdir()):
        raise AdminError(f"{home} is not empty: an instance needs a folder of its own.")
    if blobs:
        raise AdminError("Only bodies kept in the home are supported by this version.")
    check_database(database)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with all_or_nothing(home):
        _fill(Places(home.resolve()), name, database)
        begin_history(home)


@contextmanager
def all_or_nothing(home: Path) -> Iterator[None]:
    """Empty `home` again if what is done within fails or is interrupted."""
    try:
        yield
    except BaseException:
        for path in home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _fill(places: Places, name: str, database: str) -> None:
    instance = secrets.token_hex(INSTANCE_ID_BYTES)
    config = Config(name=name, instance=instance, database=database)
    for folder in (places.keys, places.run, places.gnupg):
        folder.mkdir(mode=0o700)
    seed = SigningSeed.new()
    _write_key(places.keys / SALT_FILE, secrets.token_bytes(SALT_BYTES))
    _write_key(places.keys / SIGNING_FILE, seed.reveal())
    _write_key(places.keys / TOTP_FILE, secrets.token_bytes(KEY_BYTES))
    write_private(places.identity, _identity(instance, name, seed).encode())
    BlobStore(places.blobs)
    upgrade(config.database or f"sqlite:///{places.database}")
    # Last: only a folder with a configuration is an instance.
    write_private(places.home / CONFIG_NAME, render_config(config).encode())


def _identity(instance: str, name: str, seed: SigningSeed) -> Identity:
    try:
        return Identity(instance, name, InstanceSigner(seed).public)
    except Malformed:
        raise AdminError(
            f"A service's name is 1 to {INSTANCE_NAME_LIMIT} characters, none of them invisible."
        ) from None


def _write_key(path: Path, raw: bytes) -> None:
    write_private(path, raw.hex().encode() + b"\n")
