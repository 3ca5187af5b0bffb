"""A service's folder (tor's HiddenServiceDir): the key, the address, the clients let in.

The keys are made here and never by tor: with a key missing tor would make another, and the
address would change without anybody having asked for it.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tor.clients import AuthorizedClients
from tor.errors import KeyDamaged
from tor.files import destroy, make_private_folder, sync_folder, write_whole
from tor.identity import OnionAddress, OnionIdentity

SECRET_FILE = "hs_ed25519_secret_key"  # noqa: S105  a file's name
PUBLIC_FILE = "hs_ed25519_public_key"
HOSTNAME_FILE = "hostname"
CLIENTS_FOLDER = "authorized_clients"
KEY_FILE_MAX_BYTES = 1024  # tor's is 96 bytes


@dataclass(frozen=True)
class ServiceDirectory:
    """One onion service's folder."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether the service was made; a folder that lost its key still was."""
        return self.path.exists()

    @property
    def clients(self) -> AuthorizedClients:
        """Who may reach the service, where it is not for everybody."""
        return AuthorizedClients(self.path / CLIENTS_FOLDER)

    def make(self, identity: OnionIdentity, *, closed: bool) -> None:
        """Write a new service's folder, its name last; raises FileExistsError if it is there.

        One that is `closed` has its seal from the start: it is never open, not for a moment.
        """
        if self.path.exists():
            raise FileExistsError(self.path)
        make_private_folder(self.path.parent)
        made = self.path.with_name(f".{self.path.name}.part")
        shutil.rmtree(made, ignore_errors=True)  # an interrupted making's; nobody knows that key
        make_private_folder(made)
        write_whole(made / SECRET_FILE, identity.secret_file())
        write_whole(made / PUBLIC_FILE, identity.public_file())
        write_whole(made / HOSTNAME_FILE, f"{identity.address.host}\n".encode())
        if closed:
            AuthorizedClients(made / CLIENTS_FOLDER).seal()
        sync_folder(made)
        made.rename(self.path)
        sync_folder(self.path.parent)  # an address that was told must outlive a power cut

    def destroy(self) -> None:
        """Destroy the key, then the rest; what was interrupted is taken up again."""
        if not self.path.exists():
            return
        destroy(self.path / SECRET_FILE)
        shutil.rmtree(self.path)
        sync_folder(self.path.parent)

    def address(self) -> OnionAddress:
        """Give the address; raises KeyDamaged unless key and name are there and belong together."""
        address = read_identity(self.path).address
        try:
            written = (self.path / HOSTNAME_FILE).read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            written = ""
        if written != address.host:
            raise KeyDamaged(
                f"{self.path / HOSTNAME_FILE} is not the address of the key beside it: "
                "restore the folder from a backup."
            )
        return address


def read_identity(folder: Path) -> OnionIdentity:
    """Read the key in a service's folder, of ours or of another tor; raises KeyDamaged."""
    path = folder / SECRET_FILE
    try:
        with path.open("rb") as file:
            return OnionIdentity.from_file(file.read(KEY_FILE_MAX_BYTES))
    except FileNotFoundError:
        raise KeyDamaged(f"{path} is missing: restore it from a backup.") from None
    except KeyDamaged:
        raise KeyDamaged(f"{path} is damaged: restore it from a backup.") from None
