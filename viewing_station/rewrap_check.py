"""The first pass over a request to re-wrap: whole, unaltered, and meant for this station."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crypto.errors import BadSignature
from formats import bundle
from formats.errors import FormatError
from formats.rewrap import HEADS_LIMIT, KIND, HeadEntry, RewrapManifest, decode_rewrap
from formats.tarstream import TarLimits, TarReader
from viewing_station.errors import RewrapRefusedError
from viewing_station.instance_keys import Standing, TrustedInstance

MEMBERS_LIMIT = 2 + HEADS_LIMIT
CARRIED_LIMIT = 2 << 30  # bytes (2 GiB): the most heads there can be, of the largest size


@dataclass(frozen=True)
class CheckedRewrap:
    """A request whose every byte is as the instance signed it, when it was looked at."""

    manifest: RewrapManifest
    source: BinaryIO
    standing: Standing

    def heads(self) -> Iterator[tuple[HeadEntry, bytes]]:
        """Yield each head, read and proved once more. Raises RewrapRefusedError."""
        self.source.seek(0)
        try:
            reader = _reader(self.source)
            reader.read_manifest()
            yield from _members(reader, self.manifest)
        except FormatError:
            raise RewrapRefusedError(reason="it changed while it was read") from None


def check_rewrap(source: BinaryIO, instance: TrustedInstance, desk: str) -> CheckedRewrap:
    """Read all of a request and believe it. Raises RewrapRefusedError."""
    try:
        reader = _reader(source)
        manifest_bytes, signature = reader.read_manifest()
        standing = _verify(manifest_bytes, signature, instance)
        manifest = decode_rewrap(manifest_bytes)
        _check_address(manifest, instance, desk)
        for _ in _members(reader, manifest):
            pass
    except FormatError as error:
        raise RewrapRefusedError(reason=f"it is damaged or not whole ({error})") from None
    return CheckedRewrap(manifest, source, standing)


def _reader(source: BinaryIO) -> TarReader:
    size = os.fstat(source.fileno()).st_size
    return TarReader(source, TarLimits(MEMBERS_LIMIT, CARRIED_LIMIT, min(size, CARRIED_LIMIT)))


def _verify(manifest: bytes, signature: bytes, instance: TrustedInstance) -> Standing:
    try:
        return instance.verify(KIND, manifest, signature)
    except BadSignature:
        name = instance.identity.name
        reason = f"it does not carry the signature of {name} that is trusted here"
        if _is_bundle(instance, manifest, signature):
            reason = "it is a bundle, which `open` opens"
        raise RewrapRefusedError(reason=reason) from None


def _is_bundle(instance: TrustedInstance, manifest: bytes, signature: bytes) -> bool:
    try:
        instance.verify(bundle.KIND, manifest, signature)
    except BadSignature:
        return False
    return True


def _check_address(manifest: RewrapManifest, instance: TrustedInstance, desk: str) -> None:
    if manifest.instance != instance.identity.instance:
        raise RewrapRefusedError(reason="it comes from another instance")
    if manifest.desk != desk:
        raise RewrapRefusedError(reason=f"it is for the desk {manifest.desk}, and this is {desk}")


def _members(reader: TarReader, manifest: RewrapManifest) -> Iterator[tuple[HeadEntry, bytes]]:
    entries = {entry.name: entry for entry in manifest.heads}
    for member, stream in reader.exactly(manifest.members()):
        entry, head = entries[member.name], stream.read()
        if hashlib.sha256(head).hexdigest() != entry.sha256:
            raise RewrapRefusedError(reason=f"{entry.name} is not what the instance signed")
        yield entry, head
