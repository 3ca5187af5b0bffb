"""Takes a backup's members apart, into a folder that is no instance yet.

Bodies go where they will stay, files under their numbers, until the manifest is verified: nothing
before tells what is what, and nothing is in its place.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from admin.errors import AdminError
from admin.progress import Advance
from crypto.errors import BadKey, BadSignature
from crypto.signing import InstanceVerifier
from formats.backup import (
    KIND,
    LIMITS,
    BackupManifest,
    BodiesDigest,
    check_order,
    decode_backup,
    file_member,
    is_body,
)
from formats.errors import FormatError, Malformed, TooLarge
from formats.identity import IDENTITY_LIMIT, Identity, decode_identity
from formats.manifest import MANIFEST_LIMIT, MANIFEST_NAME, SIGNATURE_NAME, SIGNATURE_SIZE
from formats.tarstream import TarReader
from storage.blob_files import EPOCH
from storage.blob_protocol import CHUNK

IDENTITY = "instance.json"
LISTED = "bodies"  # of each body its name, size and SHA-256, to be held against the database
_ASIDE = {MANIFEST_NAME: MANIFEST_LIMIT, SIGNATURE_NAME: SIGNATURE_SIZE}  # kept in memory


@dataclass(frozen=True)
class Unpacked:
    """A backup whose members are what its signed manifest says, and the identity that signed it."""

    manifest: BackupManifest
    identity: Identity
    aside: Path


def unpack(source: BinaryIO, blobs: Path, aside: Path, advance: Advance) -> Unpacked:
    """Read a backup to its end, and verify all of it but what the database says.

    Raises AdminError on anything that is not right.
    """
    try:
        return _Unpacking(blobs, aside, advance).run(TarReader(source, LIMITS))
    except FormatError:
        raise AdminError("The file has not the form of a backup; nothing was restored.") from None


class _Unpacking:
    def __init__(self, blobs: Path, aside: Path, advance: Advance) -> None:
        self._blobs, self._aside, self._advance = blobs, aside, advance
        self._bodies = BodiesDigest()
        self._found: dict[str, tuple[int, str]] = {}
        self._kept: dict[str, bytes] = {}

    def run(self, reader: TarReader) -> Unpacked:
        with (self._aside / LISTED).open("w", encoding="ascii") as listed:
            for name, size, stream in reader:
                if is_body(name):
                    listed.write(self._body(name, stream))
                elif name in _ASIDE:
                    self._keep(name, size, stream)
                else:
                    self._found[name] = self._write(self._aside / name, stream)
        manifest = decode_backup(self._kept.get(MANIFEST_NAME, b""))
        check_order((*self._found, *self._kept), manifest)
        self._compare(manifest)
        identity = self._identity(manifest)
        self._verify(manifest, identity)
        return Unpacked(manifest, identity, self._aside)

    def _body(self, name: str, stream: BinaryIO) -> str:
        if self._found or self._kept:
            raise Malformed("a body behind the files")
        shard = self._blobs / name[:2]
        shard.mkdir(0o700, parents=True, exist_ok=True)
        size, digest = self._write(shard / name, stream)
        self._bodies.add(name, size, digest)
        return f"{name} {size} {digest}\n"

    def _write(self, path: Path, stream: BinaryIO) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as sink:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                sink.write(piece)
                self._advance(len(piece))
            sink.flush()
            os.utime(handle, EPOCH)
        return size, digest.hexdigest()

    def _keep(self, name: str, size: int, stream: BinaryIO) -> None:
        if size > _ASIDE[name]:
            raise TooLarge(name)
        self._kept[name] = stream.read()

    def _compare(self, manifest: BackupManifest) -> None:
        said = {
            file_member(number): (file.size, file.sha256)
            for number, file in enumerate(manifest.files)
        }
        if said != self._found or not self._bodies.matches(manifest):
            raise Malformed("what is in it is not what it says")

    def _identity(self, manifest: BackupManifest) -> Identity:
        paths = [file.path for file in manifest.files]
        if IDENTITY not in paths:
            raise Malformed("no identity")
        place = self._aside / file_member(paths.index(IDENTITY))
        if place.stat().st_size > IDENTITY_LIMIT:
            raise TooLarge(IDENTITY)
        return decode_identity(place.read_bytes())

    def _verify(self, manifest: BackupManifest, identity: Identity) -> None:
        try:
            verifier = InstanceVerifier(identity.signing_key)
            verifier.verify(KIND, self._kept[MANIFEST_NAME], self._kept.get(SIGNATURE_NAME, b""))
        except (BadKey, BadSignature):
            raise AdminError("The backup is not signed by the instance that it holds.") from None
        if manifest.instance != identity.instance:
            raise AdminError("The backup is of another instance than the identity in it.")


def listed_bodies(aside: Path) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, size and SHA-256 of each body that was unpacked, in the order of their names."""
    with (aside / LISTED).open(encoding="ascii") as lines:
        for line in lines:
            name, size, digest = line.split()
            yield name, int(size), bytes.fromhex(digest)
