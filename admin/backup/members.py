"""What a backup holds, as the stream of a tar: bodies, files, then what it says of itself.

Each body is locked while it is read, so that it is whole or not there. What the snapshot names and
what is deleted before its turn comes is taken out of the snapshot, which goes behind the bodies.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from admin.backup.small_files import SmallFile
from admin.errors import AdminError
from admin.progress import Advance
from crypto.signing import InstanceSigner
from formats.backup import (
    DATABASE,
    KIND,
    LOST_LIMIT,
    BackedUpFile,
    BackupManifest,
    BodiesDigest,
    file_member,
)
from formats.identity import decode_identity
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.tar_header import END, filling, header
from storage.blob_protocol import CHUNK
from storage.errors import NoSuchBlob
from storage.models import Envelope
from storage.schema import REVISIONS
from storage.snapshot import all_bodies, drop_deliveries, opened_snapshot
from web.services import Services


@dataclass
class Members:
    """Streams a backup; what it came to is told afterwards.

    `gone` are deliveries deleted meanwhile; `lost` bodies that are not as their rows say.
    """

    services: Services
    snapshot: Path
    small: tuple[SmallFile, ...]
    advance: Advance
    bodies: BodiesDigest = field(default_factory=BodiesDigest)
    gone: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)

    def stream(self) -> Iterator[bytes]:
        """Yield the tar's bytes. Raises AdminError where it cannot be finished."""
        with opened_snapshot(self.snapshot) as copy:
            for delivery, blob, size, sha256 in all_bodies(copy):
                yield from self._body(delivery, blob, size, sha256)
        if self.gone:
            drop_deliveries(self.snapshot, sorted(self.gone))
        files: list[BackedUpFile] = []
        for place, content in self._files():
            file = _fingerprinted(place, content)
            yield header(file_member(len(files)), file.size)
            yield from self._pieces(content)
            yield bytes(filling(file.size))
            files.append(file)
        yield from self._ending(tuple(files))

    def _body(self, delivery: str, blob: str, size: int, sha256: bytes) -> Iterator[bytes]:
        try:
            body = self.services.blobs.open(blob)
        except NoSuchBlob:
            self._missing(delivery, blob)
            return
        digest = hashlib.sha256()
        with body:
            found = os.fstat(body.fileno()).st_size
            yield header(blob, found)
            while piece := body.read(CHUNK):
                digest.update(piece)
                self.advance(len(piece))
                yield piece
        yield bytes(filling(found))
        self.bodies.add(blob, found, digest.hexdigest())
        if (found, digest.digest()) != (size, sha256):
            self._lose(blob)

    def _missing(self, delivery: str, blob: str) -> None:
        """Tell a body that was deleted meanwhile from one that should be here."""
        with self.services.db.read() as transaction:
            wanted = select(Envelope.delivery).where(Envelope.body_blob == blob)
            still = transaction.scalars(wanted).first()
        if still is None:
            self.gone.add(delivery)
        else:
            self._lose(blob)

    def _lose(self, blob: str) -> None:
        if len(self.lost) == LOST_LIMIT:
            raise AdminError("Too many bodies are damaged or missing: look at the disk first.")
        self.lost.append(blob)

    def _files(self) -> Iterator[tuple[str, bytes | Path]]:
        """Yield all files in the order of their paths, the database in its place among them."""
        files: dict[str, bytes | Path] = {file.path: file.content for file in self.small}
        files[DATABASE] = self.snapshot
        yield from sorted(files.items())

    def _pieces(self, content: bytes | Path) -> Iterator[bytes]:
        if isinstance(content, bytes):
            yield content
            return
        with content.open("rb") as file:
            while piece := file.read(CHUNK):
                self.advance(len(piece))
                yield piece

    def _ending(self, files: tuple[BackedUpFile, ...]) -> Iterator[bytes]:
        config, signer = self.services.instance.config, self.services.instance.signer
        self._check_signer(signer)
        manifest = BackupManifest(
            instance=config.instance,
            name=config.name,
            day=self.services.today,
            schema=REVISIONS[-1],
            files=files,
            bodies=self.bodies.number,
            bodies_size=self.bodies.size,
            bodies_sha256=self.bodies.sha256,
            gone=len(self.gone),
            lost=tuple(self.lost),
        ).encode()
        signature = signer.sign(KIND, manifest)
        for name, content in ((MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)):
            yield header(name, len(content)) + content + bytes(filling(len(content)))
        yield END

    def _check_signer(self, signer: InstanceSigner) -> None:
        """See that who signs is the identity in the backup, or it would never come back."""
        name = self.services.instance.places.identity.name
        (identity,) = (file.content for file in self.small if file.path == name)
        if decode_identity(identity).signing_key != signer.public:
            raise AdminError(
                "The signing key is being changed: run `vasistas secret rotate signing` to its "
                "end, and make the backup again."
            )


def _fingerprinted(path: str, content: bytes | Path) -> BackedUpFile:
    if isinstance(content, bytes):
        return BackedUpFile(path, len(content), hashlib.sha256(content).hexdigest())
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return BackedUpFile(path, os.fstat(file.fileno()).st_size, digest)
