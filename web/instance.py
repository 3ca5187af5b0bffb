"""The instance: its home, its configuration and its own secrets."""

from dataclasses import dataclass, field
from pathlib import Path

from crypto.signing import InstanceSigner, SigningSeed
from crypto.totp import TotpSealingKey
from web.config import Config, load_config
from web.errors import ConfigError
from web.key_files import KEY_BYTES, read_keys
from web.private_files import write_private

__all__ = [
    "KEY_BYTES",
    "SALT_BYTES",
    "SALT_FILE",
    "SIGNING_FILE",
    "TOTP_FILE",
    "Instance",
    "Places",
    "instance_at",
    "open_instance",
    "write_private",
]

SALT_BYTES = 16

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
    def signing(self) -> Path:
        """What bundles and requests to re-wrap are signed with."""
        return self.keys / SIGNING_FILE

    @property
    def totp(self) -> Path:
        """What reviewers' TOTP secrets are sealed with."""
        return self.keys / TOTP_FILE

    @property
    def codename_choice(self) -> Path:
        """Which version of the codename is drawn."""
        return self.keys / "codename-version"

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

    @property
    def succession(self) -> Path:
        """Every signing key since the first, each signed by the one before it: public."""
        return self.home / "succession.json"


@dataclass(frozen=True)
class Instance:
    """One instance, opened. Its secrets stay out of every repr.

    Keys that can be rotated are read from their files at each use: no process keeps one for later.
    """

    places: Places
    config: Config
    salt: bytes = field(repr=False)

    @property
    def database_url(self) -> str:
        """The configured database, or the embedded one."""
        return self.config.database or f"sqlite:///{self.places.database}"

    @property
    def signer(self) -> InstanceSigner:
        """The signing key in force."""
        return self.signers[0]

    @property
    def signers(self) -> tuple[InstanceSigner, ...]:
        """The signing key in force and, in an overlap, the one before. Raises ConfigError."""
        keys = read_keys(self.places.signing).all
        return tuple(InstanceSigner(SigningSeed(raw)) for raw in keys)

    @property
    def totp_key(self) -> TotpSealingKey:
        """The key in force that seals TOTP secrets."""
        return self.totp_keys[0]

    @property
    def totp_keys(self) -> tuple[TotpSealingKey, ...]:
        """The keys that open TOTP secrets, the one in force first. Raises ConfigError."""
        return tuple(TotpSealingKey(raw) for raw in read_keys(self.places.totp).all)


def open_instance(home: Path) -> Instance:
    """Open the instance in `home`; raises ConfigError when anything of it is missing."""
    places = Places(home.resolve())
    return instance_at(places, load_config(places.home))


def instance_at(places: Places, config: Config) -> Instance:
    """Open an instance by its configuration; raises ConfigError when a key is missing."""
    instance = Instance(places, config, _read_salt(places.keys / SALT_FILE))
    _ = instance.signers, instance.totp_keys  # what is missing is told of now
    return instance


def _read_salt(path: Path) -> bytes:
    try:
        salt = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing: restore it from a backup.") from None
    except ValueError:
        raise ConfigError(f"{path} is damaged: restore it from a backup.") from None
    if len(salt) != SALT_BYTES:
        raise ConfigError(f"{path} is damaged: restore it from a backup.")
    return salt
