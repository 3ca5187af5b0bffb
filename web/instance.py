"""The instance: its home, its configuration and its own secrets."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from crypto.signing import InstanceSigner, SigningSeed
from crypto.totp import TotpSealingKey
from web.config import Config, load_config
from web.errors import ConfigError

SALT_BYTES = 16
KEY_BYTES = 32

SALT_FILE = "argon2-salt"
SIGNING_FILE = "instance-signing"
TOTP_FILE = "totp-sealing"


@dataclass(frozen=True)
class Places:
    """Where things lie inside the home."""

    home: Path

    @property
    def keys(self) -> Path:
        """The instance's secrets, 0600 each."""
        return self.home / "keys"

    @property
    def blobs(self) -> Path:
        """Envelope bodies, where they are kept in a directory."""
        return self.home / "blobs"

    @property
    def run(self) -> Path:
        """Locks and sockets: nothing that must outlive a restart."""
        return self.home / "run"

    @property
    def gnupg(self) -> Path:
        """An empty home for the gpg that seals: it reads no keyring and keeps nothing."""
        return self.home / "run" / "gnupg"

    @property
    def onions(self) -> Path:
        """The onion services' keys and their clients: the addresses, to be backed up."""
        return self.home / "onions"

    @property
    def tor_data(self) -> Path:
        """What our tor remembers of its network. Its entry guards must outlive a restart."""
        return self.home / "tor"

    def onion(self, app: str) -> Path:
        """Give the folder of an app's onion service."""
        return self.onions / app

    def tor_socket(self, app: str) -> Path:
        """Give the socket by which Tor comes to an app, and nobody else."""
        return self.run / f"{app}-tor.sock"

    @property
    def circuits_socket(self) -> Path:
        """Where the apps ask what a circuit may do."""
        return self.run / "circuits.sock"

    @property
    def onions_served(self) -> Path:
        """Locked while the onion services are kept; not in `run`, which may be cleaned up."""
        return self.onions / ".served"

    @property
    def onion_orders(self) -> Path:
        """Where commands reach whoever keeps the onion services."""
        return self.run / "onion.sock"

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.home / "vasistas.db"

    @property
    def identity(self) -> Path:
        """The public identity that stations pin."""
        return self.home / "instance.json"


@dataclass(frozen=True)
class Instance:
    """One instance, opened. Its secrets stay out of every repr."""

    places: Places
    config: Config
    salt: bytes = field(repr=False)
    signer: InstanceSigner = field(repr=False)
    totp_key: TotpSealingKey = field(repr=False)

    @property
    def database_url(self) -> str:
        """The configured database, or the embedded one."""
        return self.config.database or f"sqlite:///{self.places.database}"


def open_instance(home: Path) -> Instance:
    """Open the instance in `home`; raises ConfigError when anything of it is missing."""
    places = Places(home.resolve())
    return instance_at(places, load_config(places.home))


def instance_at(places: Places, config: Config) -> Instance:
    """Open an instance by its configuration; raises ConfigError when a key is missing."""
    return Instance(
        places=places,
        config=config,
        salt=_read_key(places.keys / SALT_FILE, SALT_BYTES),
        signer=InstanceSigner(SigningSeed(_read_key(places.keys / SIGNING_FILE, KEY_BYTES))),
        totp_key=TotpSealingKey(_read_key(places.keys / TOTP_FILE, KEY_BYTES)),
    )


def write_private(path: Path, data: bytes) -> None:
    """Create `path` 0600 with `data`, on the disk when this returns; never overwrites."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_key(path: Path, size: int) -> bytes:
    try:
        raw = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing: restore it from a backup.") from None
    except ValueError:
        raise ConfigError(f"{path} is damaged: restore it from a backup.") from None
    if len(raw) != size:
        raise ConfigError(f"{path} is damaged: restore it from a backup.")
    return raw
