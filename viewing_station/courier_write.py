"""Writes a courier: everything that the server has not acknowledged, signed by this station."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from crypto.fingerprint import fingerprint
from crypto.signing import StationSigner
from formats.courier import (
    DELETIONS_LIMIT,
    KIND,
    REPLIES_LIMIT,
    CourierManifest,
    DeletionItem,
    ReplyItem,
)
from formats.handles import new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.tarstream import TarPlan
from viewing_station.errors import CourierExistsError, NothingToCarryError
from viewing_station.home import PRIVATE_FILE, sync_folder
from viewing_station.outbox import Deletion, Outbox, SealedReply, Sent
from viewing_station.station import Station


@dataclass(frozen=True)
class Load:
    """What a courier carries, in the order of random ids: it tells nothing of order or thread."""

    replies: tuple[tuple[str, SealedReply], ...]
    deletions: tuple[Deletion, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all items."""
        return (*(id_ for id_, _ in self.replies), *(item.id for item in self.deletions))


def write_courier(station: Station, file: Path, day: date, *, force: bool) -> Load:
    """Write a courier to `file`, whole or not at all; return what it carries.

    Raises NothingToCarryError, CourierExistsError, OSError.
    """
    load = _load(station.outbox)
    if not load.ids:
        raise NothingToCarryError
    signer = StationSigner(station.settings.seed)
    manifest = _manifest(station, load, day, fingerprint(signer.public))
    encoded = manifest.encode()
    contents = [encoded, signer.sign(KIND, encoded), *(sealed.box for _, sealed in load.replies)]
    names = [MANIFEST_NAME, SIGNATURE_NAME, *(item.name for item in manifest.replies)]
    plan = TarPlan([(name, len(data)) for name, data in zip(names, contents, strict=True)])
    # Noted in the same transaction: an acknowledged courier that is not known here acknowledges
    # nothing, so a failure between the two costs no more than carrying its items again.
    with station.records.change():
        station.outbox.put_courier(Sent(manifest.courier, load.ids))
        with _arriving(file, force=force) as sink:
            for piece in plan.stream(lambda index: (contents[index],)):
                sink.write(piece)
    return load


def _load(outbox: Outbox) -> Load:
    arrived = outbox.arrived()
    queued = sorted(reply.id for reply in outbox.replies() if reply.id not in arrived)
    sealed = [(id_, box) for id_ in queued if (box := outbox.sealed(id_)) is not None]
    deletions = [item for item in outbox.deletions() if item.id not in arrived]
    deletions.sort(key=lambda item: item.id)
    return Load(tuple(sealed[:REPLIES_LIMIT]), tuple(deletions[:DELETIONS_LIMIT]))


def _manifest(station: Station, load: Load, day: date, key: str) -> CourierManifest:
    return CourierManifest(
        courier=new_item_id(),
        instance=station.settings.instance.instance,
        desk=station.settings.desk,
        day=day,
        station=key,
        replies=tuple(_reply_item(id_, sealed) for id_, sealed in load.replies),
        deletions=tuple(DeletionItem(item.id, item.delivery) for item in load.deletions),
    )


def _reply_item(id_: str, sealed: SealedReply) -> ReplyItem:
    digest = hashlib.sha256(sealed.box).hexdigest()
    return ReplyItem(id_, sealed.nonce, sealed.tag, len(sealed.box), digest)


@contextmanager
def _arriving(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Write beside `file`, and put it in place once it is whole and on the disk."""
    if not force and os.path.lexists(file):
        raise CourierExistsError(file=file)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)
