"""Writes the whole station into one sealed file, and reads it back before it counts.

The command holds the station meanwhile, so all of it is of one moment. Its files are sealed
already; the seal around them is for what is not: how many they are, and how large.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from crypto.errors import BadBox
from crypto.secret import Secret
from formats.errors import FormatError
from formats.manifest import MANIFEST_NAME
from formats.station_backup import (
    FILES_LIMIT,
    LIST_LIMIT,
    TOTAL_LIMIT,
    BackedUpFile,
    StationBackup,
    decode_station_backup,
)
from formats.tar_header import LARGEST
from formats.tarstream import TarLimits, TarPlan, TarReader
from viewing_station.arriving import arriving
from viewing_station.backup_file import PIECE, opening, sealing
from viewing_station.errors import BackupFailedError, BackupRefusedError
from viewing_station.progress import meter
from viewing_station.station import Station

LIMITS = TarLimits(1 + FILES_LIMIT, LARGEST, TOTAL_LIMIT)
# GnuPG's locks and seeds: of this machine and this moment, and made anew where they are missing.
_PASSING = ("random_seed", ".lock", ".tmp", "~")

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Written:
    """What a backup holds: how many files, of how many bytes."""

    files: int
    size: int


def write_backup(
    station: Station, file: Path, passphrase: Secret, day: date, *, force: bool
) -> Written:
    """Back a station up to `file`, whole and read back, or not at all.

    Raises FileThereError, BackupFailedError, OSError.
    """
    station.sweep()
    root = station.home.root
    listing = StationBackup(station.settings.desk, day, tuple(_files(station)))
    size = sum(each.size for each in listing.files)
    digests: dict[str, str] = {}
    with arriving(file, force=force) as sink:
        with meter("Backing up", size) as bar, sealing(sink, passphrase) as sealed:
            for piece in _plan(listing).stream(_contents(root, listing, digests, bar.advance)):
                sealed.write(piece)
        sink.flush()
        os.fsync(sink.fileno())
        with meter("Reading back", size) as bar:
            _read_back(sink, passphrase, listing, digests, bar.advance)
    return Written(len(listing.files), size)


def read_listing(reader: Iterator[tuple[str, int, BinaryIO]]) -> StationBackup:
    """Return the list that a backup begins with. Raises Malformed, TooLarge."""
    name, size, stream = next(reader, ("", 0, None))
    if name != MANIFEST_NAME or stream is None or size > LIST_LIMIT:
        raise BackupRefusedError(reason="it does not begin with its list")
    return decode_station_backup(stream.read())


def _files(station: Station) -> Iterator[BackedUpFile]:
    """Yield the files of the home: the wrapped master key first, whose return makes a station."""
    root = station.home.root
    yield _backed_up(root, station.home.master_key)
    for path in sorted(root.rglob("*")):
        passing = path.name.endswith(_PASSING) or path.name.startswith((".", "S."))
        if stat.S_ISREG(path.lstat().st_mode) and not passing and path != station.home.master_key:
            yield _backed_up(root, path)


def _backed_up(root: Path, path: Path) -> BackedUpFile:
    return BackedUpFile(path.relative_to(root).as_posix(), path.lstat().st_size)


def _plan(listing: StationBackup) -> TarPlan:
    return TarPlan([(MANIFEST_NAME, len(listing.encode())), *listing.members()])


def _contents(
    root: Path, listing: StationBackup, digests: dict[str, str], progress: Progress
) -> Callable[[int], Iterator[bytes]]:
    """Return what gives a member's bytes, and notes the SHA-256 of each in `digests`."""

    def content(index: int) -> Iterator[bytes]:
        if index == 0:
            yield listing.encode()
            return
        path = listing.files[index - 1].path
        digest = hashlib.sha256()
        with (root / path).open("rb") as source:
            while piece := source.read(PIECE):
                digest.update(piece)
                progress(len(piece))
                yield piece
        digests[path] = digest.hexdigest()

    return content


def _read_back(
    sink: BinaryIO,
    passphrase: Secret,
    listing: StationBackup,
    digests: dict[str, str],
    progress: Progress,
) -> None:
    """Open what was written as a restore does. Raises BackupFailedError."""
    sink.seek(0)
    try:
        members = iter(TarReader(opening(sink, passphrase), LIMITS))
        found = read_listing(members)
        read = {
            file.path: _digest(stream, progress)
            for file, (_, _, stream) in zip(found.files, members, strict=True)
        }
    except (BadBox, FormatError, BackupRefusedError, ValueError):
        raise BackupFailedError from None
    if (found, read) != (listing, digests):
        raise BackupFailedError


def _digest(stream: BinaryIO, progress: Progress) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
        progress(len(piece))
    return digest.hexdigest()
