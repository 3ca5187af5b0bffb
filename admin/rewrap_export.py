"""Writes the file that asks a desk's station for new heads: heads and prefixes, and no body."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from admin.arriving import arriving
from admin.errors import AdminError
from crypto.packets import BODY_BEGINNING, body_prefix
from crypto.signing import sign_with_all
from formats.bundle import EnvelopeKind
from formats.handles import new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.rewrap import HEADS_LIMIT, KIND, HeadEntry, RewrapManifest
from formats.tarstream import TarPlan
from storage import desks, rewraps, sealed_sets
from storage.errors import DeskWithoutKey, NoSuchBlob
from storage.history import Deed
from storage.models import Envelope
from web.history import note
from web.services import Services


@dataclass(frozen=True)
class Exported:
    """What was written: how many heads, for which keys, and how many wait for the next file."""

    desk: str
    heads: int
    waiting: int
    sealed_to: tuple[str, ...]


def export_rewrap(
    services: Services, desk: str, file: Path, grace: timedelta = sealed_sets.GRACE
) -> Exported:
    """Write the heads of a desk that need re-wrapping to `file`.

    These are sealed to keys no longer in use, or to a subkey whose window is over for `grace`.
    The file appears whole or not at all. Raises AdminError where there is nothing to ask for, or
    no key to ask for, or something stands in the file's place.
    """
    with services.db.write() as transaction:
        try:
            key_set = desks.current_key_set(transaction, desk, services.today).id
        except DeskWithoutKey:
            raise AdminError(f"Desk {desk} has no usable key: add the new one first.") from None
        sealed_to = tuple(desks.key_set_members(transaction, key_set))
        active = desks.active_keys(transaction, desk, services.today)
        current = sealed_sets.current_sets(transaction, desk, services.today, grace)
        rows = rewraps.outstanding(transaction, desk, current, HEADS_LIMIT)
        progress = rewraps.progress(transaction, desk, current)
    heads = list(_entries(services, rows))
    if not heads:
        raise AdminError(f"All of {desk} is sealed to its present keys: nothing to re-wrap.")
    manifest = RewrapManifest(
        export=new_item_id(),
        instance=services.instance.config.instance,
        desk=desk,
        day=services.today,
        sealed_to=sealed_to,
        heads=tuple(entry for entry, _ in heads),
    )
    with arriving(file) as sink:
        _write(services, sink, manifest, [head for _, head in heads])
        with services.db.write() as transaction:  # before the file is there: none is unnoted
            note(services, transaction, Deed.REWRAP_ASKED, desk=desk, number=len(heads))
    waiting = progress.envelopes - progress.current - len(rows)
    keys = tuple(key.fingerprint for key in active)
    return Exported(desk, len(heads), max(0, waiting), keys)


def _entries(services: Services, rows: Sequence[Envelope]) -> Iterator[tuple[HeadEntry, bytes]]:
    """Yield what the file says of each head, in the order of their names.

    An envelope that is deleted meanwhile is passed over.
    """
    for row in sorted(rows, key=lambda row: (row.delivery, row.kind.value)):
        try:
            with services.blobs.open(row.body_blob) as body:
                prefix = body_prefix(body.read(BODY_BEGINNING))
        except NoSuchBlob:
            continue
        kind = EnvelopeKind(row.kind.value)
        entry = HeadEntry(row.delivery, kind, len(row.head), row.head_sha256.hex(), prefix)
        yield entry, row.head


def _write(
    services: Services, sink: BinaryIO, manifest: RewrapManifest, heads: Sequence[bytes]
) -> None:
    encoded = manifest.encode()
    contents = [encoded, sign_with_all(services.instance.signers, KIND, encoded), *heads]
    own = [(MANIFEST_NAME, len(encoded)), (SIGNATURE_NAME, len(contents[1]))]
    plan = TarPlan([*own, *manifest.members()])
    sink.writelines(plan.stream(lambda index: (contents[index],)))
