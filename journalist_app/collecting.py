"""Making a bundle: what is in it is decided, signed, kept and marked in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from formats.bundle import (
    ENVELOPES_LIMIT,
    KIND,
    QUICK_LIMIT,
    BundleManifest,
    EnvelopeEntry,
    EnvelopeKind,
    QuickCopy,
)
from formats.handles import new_item_id
from journalist_app.chosen import visible
from journalist_app.refusals import DeliveryGone, NothingNew, SeveralDesks
from journalist_app.session import CurrentReviewer
from storage import bundles, couriers, deliveries, listing, quick_copies
from storage.listing import State
from storage.models import Envelope
from web.services import Services

DELIVERIES_LIMIT = ENVELOPES_LIMIT // len(EnvelopeKind)  # each of them may have both envelopes


@dataclass(frozen=True)
class MadeBundle:
    """A bundle: its manifest, the exact bytes that were signed, and the signature (64 bytes)."""

    manifest: BundleManifest
    manifest_bytes: bytes
    signature: bytes


class Collecting:
    """Makes bundles for reviewers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def selection(
        self, reviewer: CurrentReviewer, ids: Sequence[str], *, letters_only: bool
    ) -> MadeBundle:
        """Make a bundle of these deliveries; raises DeliveryGone or SeveralDesks."""
        with self._services.db.write() as transaction:
            found = visible(transaction, reviewer, ids)
            if len(found) != len(ids):
                raise DeliveryGone
            desks = {delivery.desk for delivery in found}
            if len(desks) > 1:
                raise SeveralDesks
            return self._make(transaction, reviewer, desks.pop(), ids, letters_only=letters_only)

    def all_new(
        self, reviewer: CurrentReviewer, desk: str | None, *, letters_only: bool
    ) -> MadeBundle:
        """Make a bundle of what nobody has collected of a desk, or of the only one with any.

        Where that is more than a bundle holds, the rest stays new for the next one. Raises
        NothingNew, SeveralDesks, or DeliveryGone for a desk that is not the reviewer's.
        """
        if desk is not None and desk not in reviewer.desks:
            raise DeliveryGone
        with self._services.db.write() as transaction:
            counts = listing.count_new(transaction, [desk] if desk else list(reviewer.desks))
            with_new = [slug for slug, number in counts.items() if number]
            if not with_new:
                raise NothingNew
            if len(with_new) > 1:
                raise SeveralDesks
            rows = listing.page(transaction, with_new, state=State.NEW, limit=DELIVERIES_LIMIT)
            ids = sorted(row.id for row in rows)
            return self._make(transaction, reviewer, with_new[0], ids, letters_only=letters_only)

    def _make(
        self,
        transaction: Session,
        reviewer: CurrentReviewer,
        desk: str,
        ids: Sequence[str],
        *,
        letters_only: bool,
    ) -> MadeBundle:
        day = self._services.today
        manifest = self._manifest(transaction, desk, ids, letters_only=letters_only)
        manifest_bytes = manifest.encode()
        signature = self._services.instance.signer.sign(KIND, manifest_bytes)
        kept = bundles.NewBundle(
            id=manifest.bundle,
            desk=desk,
            day=day,
            manifest=manifest_bytes,
            signature=signature,
        )
        bundles.insert_bundle(transaction, kept)
        deliveries.mark_collected(transaction, ids, reviewer.id, day)
        return MadeBundle(manifest, manifest_bytes, signature)

    def _manifest(
        self, transaction: Session, desk: str, ids: Sequence[str], *, letters_only: bool
    ) -> BundleManifest:
        entries = [
            envelope_entry(row)
            for row in deliveries.envelopes(transaction, ids)
            if not letters_only or row.kind.value == EnvelopeKind.LETTER.value
        ]
        copies = quick_copies.of_desk(transaction, desk)[:QUICK_LIMIT]
        return BundleManifest(
            bundle=new_item_id(),
            instance=self._services.instance.config.instance,
            desk=desk,
            day=self._services.today,
            restored=False,
            envelopes=tuple(sorted(entries, key=lambda entry: entry.name)),
            quick=tuple(
                QuickCopy(copy.id, copy.delivery, copy.day, len(copy.sealed), copy.sha256.hex())
                for copy in copies
            ),
            couriers_taken=tuple(couriers.taken_ids(transaction, desk)),
        )


def envelope_entry(row: Envelope) -> EnvelopeEntry:
    """Give what a manifest says of a stored envelope."""
    return EnvelopeEntry(
        delivery=row.delivery,
        kind=EnvelopeKind(row.kind.value),
        head_size=len(row.head),
        head_sha256=row.head_sha256.hex(),
        body_size=row.body_size,
        body_sha256=row.body_sha256.hex(),
    )
