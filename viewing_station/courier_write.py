"""Writes a courier: everything that the server has not acknowledged, signed by this station.

What is more than one courier holds waits for the next one, once this one has arrived.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto.fingerprint import fingerprint
from crypto.signing import StationSigner
from formats.bundle import EnvelopeKind
from formats.courier import (
    COURIER_LIMIT,
    DELETIONS_LIMIT,
    KIND,
    REPLIES_LIMIT,
    REWRAPS_LIMIT,
    CourierManifest,
    DeletionItem,
    ReplyItem,
    RewrapItem,
)
from formats.handles import new_item_id
from formats.manifest import MANIFEST_LIMIT, MANIFEST_NAME, SIGNATURE_NAME
from formats.tar_header import BLOCK, filling
from formats.tarstream import TarPlan
from viewing_station.arriving import arriving
from viewing_station.errors import NothingToCarryError
from viewing_station.outbox import Deletion, NewHead, Outbox, SealedReply, Sent
from viewing_station.station import Station


@dataclass(frozen=True)
class Load:
    """What a courier carries, in the order of random ids: it tells nothing of order or thread.

    All `heads` are sealed to the same keys. `waiting` counts what did not fit.
    """

    replies: tuple[tuple[str, SealedReply], ...]
    deletions: tuple[Deletion, ...]
    heads: tuple[NewHead, ...] = ()
    waiting: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all items."""
        return (
            *(id_ for id_, _ in self.replies),
            *(item.id for item in self.deletions),
            *(item.id for item in self.heads),
        )

    @property
    def contents(self) -> tuple[bytes, ...]:
        """What the members hold, in the manifest's order."""
        return (*(sealed.box for _, sealed in self.replies), *(item.head for item in self.heads))


@dataclass(frozen=True)
class Courier:
    """A courier about to leave: what it carries, and its bytes."""

    load: Load
    pieces: Iterable[bytes]


@contextmanager
def leaving_courier(station: Station, day: date) -> Iterator[Courier]:
    """Make a courier, which counts as sent if the caller's block ends well.

    Raises NothingToCarryError.
    """
    load, heard = _load(station.outbox), station.outbox.heard()
    if not load.ids and not heard:  # a restored server has to know that there is nothing
        raise NothingToCarryError
    signer = StationSigner(station.settings.seed)
    manifest = _manifest(station, load, day, fingerprint(signer.public))
    if not load.waiting:  # else what the server forgot is not all in it yet
        manifest = replace(manifest, heard=heard)
    encoded = manifest.encode()
    contents = [encoded, signer.sign(KIND, encoded), *load.contents]
    names = [MANIFEST_NAME, SIGNATURE_NAME, *(member.name for member in manifest.members())]
    plan = TarPlan([(name, len(data)) for name, data in zip(names, contents, strict=True)])
    # Noted in the same transaction: an acknowledged courier that is not known here acknowledges
    # nothing, so a failure between the two costs no more than carrying its items again.
    with station.records.change():
        station.outbox.put_courier(Sent(manifest.courier, load.ids))
        yield Courier(load, plan.stream(lambda index: (contents[index],)))


def write_courier(station: Station, file: Path, day: date, *, force: bool) -> Load:
    """Write a courier to `file`, whole or not at all; return what it carries.

    Raises NothingToCarryError, FileThereError, OSError.
    """
    with leaving_courier(station, day) as courier:
        put_courier(file, courier.pieces, force=force)
    return courier.load


def put_courier(file: Path, pieces: Iterable[bytes], *, force: bool) -> None:
    """Write a courier's bytes, whole or not at all. Raises FileThereError, OSError."""
    with arriving(file, force=force) as sink:
        for piece in pieces:
            sink.write(piece)


def _load(outbox: Outbox) -> Load:
    arrived = outbox.arrived()
    queued = sorted(reply.id for reply in outbox.replies() if reply.id not in arrived)
    sealed = [(id_, box) for id_ in queued if (box := outbox.sealed(id_)) is not None]
    deletions = [item for item in outbox.deletions() if item.id not in arrived]
    deletions.sort(key=lambda item: item.id)
    heads = _heads(outbox, arrived)
    room = _Room(COURIER_LIMIT - MANIFEST_LIMIT)
    load = Load(
        tuple(each for each in sealed[:REPLIES_LIMIT] if room.take(each[1].box)),
        tuple(deletions[:DELETIONS_LIMIT]),
        tuple(each for each in heads[:REWRAPS_LIMIT] if room.take(each.head)),
    )
    return replace(load, waiting=len(sealed) + len(deletions) + len(heads) - len(load.ids))


def _heads(outbox: Outbox, arrived: frozenset[str]) -> list[NewHead]:
    """Return the heads that have not arrived: `rewrap` left those of one set of keys only."""
    return sorted((each for each in outbox.heads() if each.id not in arrived), key=lambda h: h.id)


class _Room:
    """The bytes that are left in a courier."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, content: bytes) -> bool:
        """Take room for a member, if there is any left; return whether there was."""
        needed = BLOCK + len(content) + filling(len(content))
        fits = needed <= self._left
        self._left -= needed if fits else self._left
        return fits


def _manifest(station: Station, load: Load, day: date, key: str) -> CourierManifest:
    return CourierManifest(
        courier=new_item_id(),
        instance=station.settings.instance.instance,
        desk=station.settings.desk,
        day=day,
        station=key,
        replies=tuple(_reply_item(id_, sealed) for id_, sealed in load.replies),
        deletions=tuple(DeletionItem(item.id, item.delivery) for item in load.deletions),
        sealed_to=load.heads[0].sealed_to if load.heads else (),
        rewraps=tuple(map(_rewrap_item, load.heads)),
    )


def _reply_item(id_: str, sealed: SealedReply) -> ReplyItem:
    digest = hashlib.sha256(sealed.box).hexdigest()
    return ReplyItem(id_, sealed.nonce, sealed.tag, len(sealed.box), digest)


def _rewrap_item(head: NewHead) -> RewrapItem:
    return RewrapItem(
        id=head.id,
        delivery=head.delivery,
        kind=EnvelopeKind(head.kind),
        old_sha256=head.old_sha256,
        size=len(head.head),
        sha256=hashlib.sha256(head.head).hexdigest(),
    )
