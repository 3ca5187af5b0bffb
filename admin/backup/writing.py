"""Makes a backup: streams the instance through gpg into a file, and looks at what was written."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from admin.arriving import arriving
from admin.backup.members import Members
from admin.backup.small_files import small_files
from admin.backup.workbench import workbench
from admin.errors import AdminError
from admin.progress import meter
from crypto.deskkeys import DeskKey
from crypto.envelope import EnvelopeSeal
from crypto.errors import BadPackets, SealFailed
from crypto.sealed_message import SealedMessage
from storage.blob_protocol import CHUNK
from storage.connections import sqlite_path
from storage.history import Deed
from storage.snapshot import all_bodies, opened_snapshot, take_snapshot
from web.history import note
from web.services import Services

Sink = Callable[[bytes], object]


@dataclass(frozen=True)
class Written:
    """What a backup came to: sizes in bytes, the SHA-256 of the sealed file in hex.

    `gone` counts deliveries deleted meanwhile, `lost` bodies that this server does not have as it
    should; `foreign` names files in the home that are none of ours and not in the backup.
    """

    size: int
    sha256: str
    bodies: int
    bodies_size: int
    files: int
    gone: int
    lost: tuple[str, ...]
    foreign: tuple[str, ...]


def write_backup(services: Services, file: Path | None, keys: Sequence[DeskKey]) -> Written:
    """Back the instance up to `file`, whole and looked at, or not at all; None: standard output.

    Deliveries go on meanwhile. Raises AdminError, SealFailed, OSError.
    """
    with workbench(services.instance.places) as bench, _out(file) as out:
        snapshot = bench / "database"
        take_snapshot(services.db, snapshot)
        small = small_files(services.instance.places, sqlite_path(services.instance.database_url))
        written = SealedMessage()
        with meter("Backing up", _total(snapshot)) as advance:
            members = Members(services, snapshot, small.taken, advance)
            _seal(services, keys, members.stream(), _telling(out.write, written))
        _check(written, len(keys))
        if file is not None:
            _read_back(out, written)
        with services.db.write() as transaction:  # before the file is there: none is unnoted
            for key in keys:
                note(services, transaction, Deed.BACKED_UP, about=key.fingerprint)
    return Written(
        size=written.size,
        sha256=written.sha256,
        bodies=members.bodies.number,
        bodies_size=members.bodies.size,
        files=len(small.taken) + 1,
        gone=len(members.gone),
        lost=tuple(members.lost),
        foreign=small.foreign,
    )


@contextmanager
def _out(file: Path | None) -> Iterator[BinaryIO]:
    if file is not None:
        with arriving(file) as sink:
            yield sink
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _total(snapshot: Path) -> int:
    with opened_snapshot(snapshot) as copy:
        return snapshot.stat().st_size + sum(size for _, _, size, _ in all_bodies(copy))


def _seal(services: Services, keys: Sequence[DeskKey], pieces: Iterator[bytes], sink: Sink) -> None:
    """Seal a stream to keys, hidden among all there are: the file does not say whose it is."""
    begun = False

    def take(body: bytes) -> None:
        nonlocal begun
        if not begun:
            sink(seal.head)
            begun = True
        sink(body)

    armored = [key.armored for key in keys]
    home = services.instance.places.gnupg
    seal = EnvelopeSeal(armored, take, services.today, home, hashing=False)
    try:
        with seal:
            for piece in pieces:
                seal.write(piece)
            seal.finish()
    except SealFailed as error:
        if isinstance(error.__cause__, OSError):  # a full disk, a pipe that nobody reads
            raise error.__cause__ from None
        raise AdminError("gpg did not seal the backup, and nothing of it was kept.") from error


def _telling(sink: Sink, written: SealedMessage) -> Sink:
    def take(piece: bytes) -> None:
        sink(piece)
        written.feed(piece)

    return take


def _check(message: SealedMessage, recipients: int) -> None:
    try:
        message.finish()
    except BadPackets:
        raise AdminError("What gpg wrote is no whole message, and was not kept.") from None
    if message.recipients != recipients:
        raise AdminError("The backup is not sealed to the keys asked for, and was not kept.")


def _read_back(file: BinaryIO, written: SealedMessage) -> None:
    """Read the file from the disk and not from memory, as far as the system can be told so."""
    file.flush()
    os.fsync(file.fileno())
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    found = SealedMessage()
    file.seek(0)
    with meter("Reading back", written.size) as advance:
        try:
            while piece := file.read(CHUNK):
                found.feed(piece)
                advance(len(piece))
        except BadPackets:
            raise AdminError("The disk gives back something else than was written.") from None
    if (found.size, found.sha256) != (written.size, written.sha256):
        raise AdminError("The disk gives back something else than was written.")
    _check(found, written.recipients)
