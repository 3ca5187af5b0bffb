"""Where everything of a station lies, and the lock that lets one command at a time work there.

HOME/                    0700
  master.key             the wrapped master key; its arrival is what makes HOME a station
  station.db             sealed records
  gnupg/                 the desk's secret OpenPGP key
  files/                 what sources sent, each payload a sealed file
  SLUG-openpgp.asc       public, for the admin
  SLUG-station.pub       public, for the admin
  announcement-key.json  public, for the admin, at the station that announces moves
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from viewing_station.errors import BusyError, NoStationError

PRIVATE_FILE = 0o600
PIECE = 1 << 20  # bytes overwritten at once
PRIVATE_FOLDER = 0o700


@dataclass(frozen=True)
class Home:
    """The paths of one station. Making one touches no disk."""

    root: Path

    @property
    def master_key(self) -> Path:
        """The wrapped master key; where it lies, a station is complete."""
        return self.root / "master.key"

    @property
    def unfinished(self) -> Path:
        """The wrapped master key while `init` is at work; renamed to `master_key` at its end."""
        return self.root / "master.key.part"

    @property
    def rewrapped(self) -> Path:
        """The master key in a new passphrase, until it takes the place of `master_key`."""
        return self.root / "master.key.new"

    @property
    def database(self) -> Path:
        """The sealed records."""
        return self.root / "station.db"

    @property
    def gnupg(self) -> Path:
        """GnuPG's home, with the desk's secret key."""
        return self.root / "gnupg"

    @property
    def files(self) -> Path:
        """The sealed payloads."""
        return self.root / "files"

    def public_key(self, slug: str) -> Path:
        """Return the path of the desk's OpenPGP public key, for the admin."""
        return self.root / f"{slug}-openpgp.asc"

    def station_key(self, slug: str) -> Path:
        """Return the path of the station's courier-signing public key, for the admin."""
        return self.root / f"{slug}-station.pub"

    @property
    def announcement_key(self) -> Path:
        """The public half of the key that announces moves, for the admin."""
        return self.root / "announcement-key.json"

    def require(self) -> None:
        """Raise NoStationError where `init` never ended."""
        if not self.master_key.is_file():
            raise NoStationError(home=self.root)


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the station for one command; raises BusyError. The lock dies with the process."""
    folder = os.open(home.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield
    finally:
        os.close(folder)


def destroy_file(path: Path) -> None:
    """Overwrite a file with zeros and delete it; one that is gone already is no error.

    On flash storage what was overwritten may still lie somewhere: here it was always sealed.
    """
    with contextlib.suppress(FileNotFoundError):
        if not path.is_symlink():  # else something else would be overwritten
            handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "wb", buffering=0) as file:
                left = os.fstat(handle).st_size
                while left:
                    left -= file.write(bytes(min(left, PIECE)))
                os.fsync(handle)
        path.unlink()


def sync_folder(folder: Path) -> None:
    """Make the renames done in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
