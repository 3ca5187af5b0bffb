"""Making a bundle: what is in it is decided, signed, kept and marked in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto.signing import sign_with_all
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
from formats.held import HeldEntry
from journalist_app.chosen import visible
from journalist_app.refusals import BundleTooLarge, DeliveryGone, NothingNew, SeveralDesks
from journalist_app.session import CurrentReviewer
from storage import (
    bundles,
    couriers,
    deliveries,
    listing,
    quick_copies,
    restorations,
    sealed_sets,
)
from storage.history import Deed
from storage.listing import NEW
from storage.models import Envelope
from web.history import note
from web.services import Services

DELIVERIES_LIMIT = ENVELOPES_LIMIT // len(EnvelopeKind)  # each of them may have both envelopes


@dataclass(frozen=True)
class MadeBundle:
    """A bundle: its manifest, the exact bytes that were signed, and the signatures."""

    manifest: BundleManifest
    manifest_bytes: bytes
    signature: bytes


@dataclass(frozen=True)
class Wanted:
    """What a bundle is to carry: these deliveries, or with none named all new ones of a desk.

    `desk` None stands for the only desk that has new ones.
    """

    ids: tuple[str, ...] = ()
    desk: str | None = None
    letters_only: bool = False


class Collecting:
    """Makes bundles for reviewers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def foresee(self, reviewer: CurrentReviewer, wanted: Wanted) -> MadeBundle:
        """Give the bundle as it would be now, to the byte of its size; nothing is kept or marked.

        Raises what `make` raises.
        """
        with self._services.db.read() as transaction:
            desk, ids = self._choose(transaction, reviewer, wanted)
            return self._sign(transaction, desk, ids, letters_only=wanted.letters_only)

    def make(self, reviewer: CurrentReviewer, wanted: Wanted) -> MadeBundle:
        """Make a bundle, keep it, and mark what it carries as collected.

        Of all new ones, what is more than a bundle holds stays new for the next one. Raises
        DeliveryGone (a desk or a delivery is not here, or not the reviewer's), SeveralDesks or
        NothingNew.
        """
        day = self._services.today
        with self._services.db.write() as transaction:
            desk, ids = self._choose(transaction, reviewer, wanted)
            made = self._sign(transaction, desk, ids, letters_only=wanted.letters_only)
            kept = bundles.NewBundle(
                id=made.manifest.bundle,
                desk=desk,
                day=day,
                manifest=made.manifest_bytes,
                signature=made.signature,
            )
            bundles.insert_bundle(transaction, kept)
            if made.manifest.restored:
                restorations.told(transaction, desk, made.manifest.bundle)
            deliveries.mark_collected(transaction, ids, reviewer.id, day)
            note(
                self._services,
                transaction,
                Deed.COLLECTED,
                who=reviewer.name,
                desk=desk,
                number=len(ids),
            )
        return made

    def sign_alone(self, desk: str, ids: Sequence[str]) -> MadeBundle:
        """Give a bundle of a desk that no reviewer asked for; nothing is kept or marked."""
        with self._services.db.read() as transaction:
            return self._sign(transaction, desk, ids, letters_only=False)

    def _choose(
        self, transaction: Session, reviewer: CurrentReviewer, wanted: Wanted
    ) -> tuple[str, Sequence[str]]:
        if wanted.ids:
            return _selection(transaction, reviewer, wanted.ids)
        return _all_new(transaction, reviewer, wanted.desk)

    def _sign(
        self, transaction: Session, desk: str, ids: Sequence[str], *, letters_only: bool
    ) -> MadeBundle:
        manifest = self._manifest(transaction, desk, ids, letters_only=letters_only)
        manifest_bytes = manifest.encode()
        signature = sign_with_all(self._services.instance.signers, KIND, manifest_bytes)
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
            restored=restorations.is_awaited(transaction, desk),
            envelopes=tuple(sorted(entries, key=lambda entry: entry.name)),
            quick=tuple(
                QuickCopy(copy.id, copy.delivery, copy.day, len(copy.sealed), copy.sha256.hex())
                for copy in copies
            ),
            couriers_taken=tuple(couriers.taken_ids(transaction, desk)),
            held=_held(transaction, desk, self._services.today),
        )


def _held(transaction: Session, desk: str, today: date) -> tuple[HeldEntry, ...] | None:
    """Tell what is stored under subkeys whose windows are over."""
    stock = sealed_sets.held(transaction, desk, today)
    if stock is None:
        return None
    return tuple(HeldEntry(each.subkey, each.number, tuple(sorted(each.names))) for each in stock)


def _selection(
    transaction: Session, reviewer: CurrentReviewer, ids: Sequence[str]
) -> tuple[str, Sequence[str]]:
    if len(ids) > DELIVERIES_LIMIT:
        raise BundleTooLarge
    found = visible(transaction, reviewer, ids)
    if len(found) != len(ids):
        raise DeliveryGone
    desks = {delivery.desk for delivery in found}
    if len(desks) > 1:
        raise SeveralDesks
    return desks.pop(), ids


def _all_new(
    transaction: Session, reviewer: CurrentReviewer, desk: str | None
) -> tuple[str, Sequence[str]]:
    if desk is not None and desk not in reviewer.desks:
        raise DeliveryGone
    counts = listing.count_new(transaction, [desk] if desk else list(reviewer.desks))
    with_new = [slug for slug, number in counts.items() if number]
    if not with_new and desk and restorations.is_awaited(transaction, desk):
        return desk, []  # its station has to hear that the server was restored
    if not with_new:
        raise NothingNew
    if len(with_new) > 1:
        raise SeveralDesks
    rows = listing.page(transaction, with_new, NEW, limit=DELIVERIES_LIMIT)
    return with_new[0], sorted(row.id for row in rows)


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
