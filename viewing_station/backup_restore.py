"""Brings a whole station back, into an empty folder.

It is built up in a folder beside, which then takes the empty one's place in one step. What an
interrupted `restore` left there is cleared away by the next one, and is no station.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crypto.errors import BadBox
from crypto.secret import Secret
from formats.errors import FormatError
from formats.station_backup import BackedUpFile, StationBackup
from formats.tarstream import TarReader
from viewing_station.backup_file import PIECE, opening
from viewing_station.backup_write import LIMITS, Progress, read_listing
from viewing_station.bundle_check import opened_file
from viewing_station.errors import BackupRefusedError, HomeNotEmptyError, StationExistsError
from viewing_station.home import PRIVATE_FILE, PRIVATE_FOLDER, Home, locked, sync_folder
from viewing_station.progress import meter


def restore_backup(root: Path, file: Path, passphrase: Secret) -> StationBackup:
    """Make a station in `root` of what a backup holds; return its list.

    Raises BackupRefusedError, StationExistsError, HomeNotEmptyError, BusyError, OSError; `root`
    is as it was then.
    """
    root = root.absolute()
    _check_empty(root)
    with opened_file(file, BackupRefusedError) as source:
        plain = opening(source, passphrase)  # before anything is made: a passphrase is mistyped
        with _building(root) as home, meter("Restoring", file.stat().st_size) as bar:
            listing = _restore(home, plain, bar.advance)
            os.sync()
            _check_empty(root)
            home.root.rename(root)  # which an empty folder gives way to, and nothing else
            sync_folder(root.parent)
    return listing


def _check_empty(root: Path) -> None:
    if Home(root).master_key.exists():
        raise StationExistsError(home=root)
    if root.exists() and any(root.iterdir()):
        raise HomeNotEmptyError(home=root)


@contextmanager
def _building(root: Path) -> Iterator[Home]:
    """Hold an empty folder beside `root`; what is still there at the end goes."""
    home = Home(root.with_name(f".{root.name}.restoring"))
    home.root.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    with locked(home):
        try:
            _empty(home.root)
            yield home
        finally:
            shutil.rmtree(home.root, ignore_errors=True)


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def _restore(home: Home, plain: BinaryIO, progress: Progress) -> StationBackup:
    try:
        members = iter(TarReader(plain, LIMITS))
        listing = read_listing(members)
        _check_first(home, listing)
        for backed_up, (_, size, stream) in zip(listing.files, members, strict=True):
            if size != backed_up.size:
                raise BackupRefusedError(reason="its list does not fit what follows")
            _write(home, backed_up, stream, progress)
        _make_folder(home.files)  # which may have been empty
    except BadBox:
        raise BackupRefusedError(reason="it is damaged or was altered") from None
    except (FormatError, ValueError):
        raise BackupRefusedError(reason="it has not the form of a backup") from None
    return listing


def _check_first(home: Home, listing: StationBackup) -> None:
    """Raise BackupRefusedError unless it is a station's home."""
    if home.master_key.name not in {file.path for file in listing.files}:
        raise BackupRefusedError(reason="it does not hold a whole station")


def _write(home: Home, file: BackedUpFile, stream: BinaryIO, progress: Progress) -> None:
    path = home.root / file.path
    _make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as sink:
        while piece := stream.read(PIECE):
            sink.write(piece)
            progress(len(piece))


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(PRIVATE_FOLDER)
