"""The first pass over a bundle: whether it is whole, unaltered, and meant for this station.

Nothing is opened before the whole of it is known to be good. The envelopes are then read by their
place in the file, and hashed once more: the stick they lie on may give other bytes the second
time.
"""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from crypto.errors import BadSignature
from formats.bundle import (
    BODY_LIMIT,
    ENVELOPES_LIMIT,
    HEAD_LIMIT,
    KIND,
    QUICK_LIMIT,
    BundleManifest,
    EnvelopeEntry,
    QuickCopy,
    decode_bundle,
)
from formats.errors import FormatError
from formats.tarstream import TarLimits, TarReader
from viewing_station.errors import BundleRefusedError, StationError
from viewing_station.instance_keys import Standing, TrustedInstance
from viewing_station.trouble import TroubleError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 256 << 10  # bytes read at once
MEMBERS_LIMIT = 2 + ENVELOPES_LIMIT + QUICK_LIMIT
CARRIED_LIMIT = 1 << 40  # bytes (1 TiB): more than any stick that is carried by hand

Progress = Callable[[int], object]
Entry = EnvelopeEntry | QuickCopy


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle whose every byte is as the instance signed it, when it was looked at."""

    manifest: BundleManifest
    source: BinaryIO
    places: dict[str, int]
    standing: Standing

    def member(self, entry: Entry, progress: Progress) -> "MemberFile":
        """Return the member's bytes as a stream, which is proved again as it is read."""
        return MemberFile(self.source, self.places[entry.name], entry, progress)


@contextmanager
def opened_file(file: Path, refused: type[StationError]) -> Iterator[BinaryIO]:
    """Open a regular file, since it is read twice. Raises `refused`, with the reason."""
    # O_NONBLOCK: opening a pipe would wait for someone to write into it.
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise refused(reason="it is not a file")
        yield source


def check_bundle(
    source: BinaryIO, instance: TrustedInstance, desk: str, progress: Progress
) -> CheckedBundle:
    """Read all of a bundle and believe it. Raises BundleRefusedError."""
    size = os.fstat(source.fileno()).st_size
    try:
        return _checked(source, size, instance, desk, progress)
    except BadSignature:
        reason = f"it does not carry the signature of {instance.identity.name} that is trusted here"
    except FormatError as error:
        reason = f"it is damaged or not whole ({error})"
    raise BundleRefusedError(reason=reason)


def _checked(
    source: BinaryIO, size: int, instance: TrustedInstance, desk: str, progress: Progress
) -> CheckedBundle:
    limits = TarLimits(MEMBERS_LIMIT, HEAD_LIMIT + BODY_LIMIT, min(size, CARRIED_LIMIT))
    reader = TarReader(source, limits)
    manifest_bytes, signature = reader.read_manifest()
    standing = instance.verify(KIND, manifest_bytes, signature)
    manifest = decode_bundle(manifest_bytes)
    _check_address(manifest, instance, desk)
    members: list[Entry] = [*manifest.envelopes, *manifest.quick]
    entries = {entry.name: entry for entry in members}
    places = {}
    for member, stream in reader.exactly(manifest.members()):
        places[member.name] = source.tell()
        _check_member(entries[member.name], stream, progress)
    return CheckedBundle(manifest, source, places, standing)


def _check_address(manifest: BundleManifest, instance: TrustedInstance, desk: str) -> None:
    if manifest.instance != instance.identity.instance:
        raise BundleRefusedError(reason="it comes from another instance")
    if manifest.desk != desk:
        raise BundleRefusedError(reason=f"it is for the desk {manifest.desk}, and this is {desk}")


def _check_member(entry: Entry, stream: BinaryIO, progress: Progress) -> None:
    proof = Proof(entry)
    while piece := stream.read(PIECE):
        proof.take(piece)
        progress(len(piece))
    if not proof.holds():
        raise BundleRefusedError(reason=f"{entry.name} is not what the instance signed")


class Proof:
    """Checks a member's bytes, taken in their order, against the manifest."""

    def __init__(self, entry: Entry) -> None:
        self._parts = [(size, sha256, hashlib.sha256()) for size, sha256 in _parts(entry)]
        self._taken = 0

    def take(self, data: bytes) -> None:
        """Take the next bytes."""
        part_start = 0
        for size, _, digest in self._parts:
            begin, end = (at - self._taken for at in (part_start, part_start + size))
            digest.update(data[max(0, begin) : max(0, end)])
            part_start += size
        self._taken += len(data)

    def holds(self) -> bool:
        """Tell whether what was taken is what the instance signed, all of it and no more."""
        whole = self._taken == sum(size for size, _, _ in self._parts)
        return whole and all(digest.hexdigest() == sha256 for _, sha256, digest in self._parts)


class MemberFile(io.RawIOBase):
    """A member's bytes, which are proved again as they are read."""

    def __init__(self, source: BinaryIO, start: int, entry: Entry, progress: Progress) -> None:
        super().__init__()
        self._proof = Proof(entry)
        self._progress = progress
        self._source = source
        self._position = start
        self._end = start + entry.size

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read the next bytes into `buffer`; 0 at the end."""
        view = memoryview(buffer).cast("B")
        # By its place, and not by the file's: letters are read side by side.
        wanted = min(len(view), self._end - self._position)
        data = os.pread(self._source.fileno(), wanted, self._position)
        view[: len(data)] = data
        self._proof.take(data)
        self._progress(len(data))
        self._position += len(data)
        return len(data)

    def require_proof(self) -> None:
        """Return if all of it was read, and read as it was checked. Raises TroubleError."""
        while self.read(PIECE):  # gpg need not have read to the very end
            pass
        if not self._proof.holds():
            raise TroubleError(what="the bundle changed while it was read")


def _parts(entry: Entry) -> list[tuple[int, str]]:
    """Return size and SHA-256 of each part that the manifest vouches for."""
    if isinstance(entry, QuickCopy):
        return [(entry.size, entry.sha256)]
    return [(entry.head_size, entry.head_sha256), (entry.body_size, entry.body_sha256)]
