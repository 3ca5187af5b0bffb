"""What a courier does: foreseen, then done, with the same rules.

Every item is idempotent: a station offers again what was not acknowledged, so an item taken
before is counted and skipped, and one whose target is gone is no error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from formats.courier import CourierManifest, ReplyItem, RewrapItem
from journalist_app.courier_file import TrustedCourier
from journalist_app.refusals import CourierMisaddressed
from storage import (
    bundles,
    couriers,
    deletions,
    deliveries,
    desks,
    replies,
    restorations,
    rewraps,
)
from storage.models import EnvelopeKind


@dataclass(frozen=True)
class Effect:
    """What is left to do of a courier.

    `known`: this courier was taken before, and nothing is left. `done` items were taken with an
    earlier courier, and the deliveries of `gone` items are not here any more. `unmatched` new
    heads have no place: their envelope is gone, or its head is another than the one they replace.
    `answers`: its station knows that this server came back from a backup, and brings with it what
    the backup could not know.
    """

    known: bool
    replies: Sequence[ReplyItem] = ()
    deliveries: Sequence[str] = ()
    done: int = 0
    gone: int = 0
    rewraps: Sequence[RewrapItem] = ()
    unmatched: int = 0
    answers: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change but that the courier is noted."""
        return not (self.replies or self.deliveries or self.rewraps or self.answers)


def foresee(transaction: Session, manifest: CourierManifest) -> Effect:
    """Say what a courier would do now; raises CourierMisaddressed for another desk's delivery."""
    if couriers.is_taken(transaction, manifest.courier):
        return Effect(known=True)
    taken = couriers.items_taken(transaction, _item_ids(manifest))
    targets = {item.delivery for item in manifest.deletions if item.id not in taken}
    new_heads = [item for item in manifest.rewraps if item.id not in taken]
    rewrapped = {item.delivery for item in new_heads}
    known = deliveries.get(transaction, sorted(targets | rewrapped))
    if any(delivery.desk != manifest.desk for delivery in known):
        raise CourierMisaddressed
    here = [delivery for delivery in known if delivery.id in targets]
    matched = _matched(transaction, new_heads, targets)
    return Effect(
        known=False,
        replies=[item for item in manifest.replies if item.id not in taken],
        deliveries=[delivery.id for delivery in here],
        done=len(taken),
        gone=len(targets) - len(here),
        rewraps=tuple(matched),
        unmatched=len(new_heads) - len(matched),
        answers=restorations.would_answer(transaction, manifest.desk, manifest.heard),
    )


def carry_out(transaction: Session, courier: TrustedCourier, day: date) -> tuple[Effect, list[str]]:
    """Do all of it, or raise; return what was done, and the blobs to erase after the commit."""
    manifest = courier.manifest
    effect = foresee(transaction, manifest)
    if effect.known or not couriers.take(transaction, manifest.courier, manifest.desk, day):
        return Effect(known=True), []
    for item in effect.replies:
        replies.insert_reply(
            transaction,
            replies.NewReply(
                id=item.id,
                desk=manifest.desk,
                nonce=item.nonce,
                tag=item.tag,
                box=courier.boxes[item.id],
                day=day,
            ),
        )
    if effect.answers:
        restorations.answer(transaction, manifest.desk, manifest.heard)
    _swap_heads(transaction, courier, effect)
    couriers.take_items(transaction, _item_ids(manifest))
    return effect, deletions.delete_deliveries(transaction, effect.deliveries)


def _matched(
    transaction: Session, items: Sequence[RewrapItem], deleted: set[str]
) -> list[RewrapItem]:
    """Return the new heads whose old ones are here, and stay after this courier's deletions.

    Of several for one old head the first counts.
    """
    wanted = sorted({item.delivery for item in items} - deleted)
    here = {
        (row.delivery, row.kind.value, row.head_sha256.hex())
        for row in deliveries.envelopes(transaction, wanted)
    }
    matched = []
    for item in items:
        place = (item.delivery, item.kind.value, item.old_sha256)
        if place in here:
            here.discard(place)
            matched.append(item)
    return matched


def _swap_heads(transaction: Session, courier: TrustedCourier, effect: Effect) -> None:
    """Put the new heads in place, each where its old one is and nowhere else.

    Bundles that name their deliveries can not be streamed again: they promise the old heads.
    """
    if not effect.rewraps:
        return
    manifest = courier.manifest
    key_set = desks.key_set(transaction, manifest.desk, manifest.sealed_to).id
    for item in effect.rewraps:
        new = rewraps.HeadSwap(
            delivery=item.delivery,
            kind=EnvelopeKind(item.kind.value),
            old=bytes.fromhex(item.old_sha256),
            head=courier.heads[item.id],
            sha256=bytes.fromhex(item.sha256),
        )
        rewraps.swap(transaction, new, key_set)
    bundles.delete_naming(transaction, {item.delivery for item in effect.rewraps})


def _item_ids(manifest: CourierManifest) -> list[str]:
    return [
        *(reply.id for reply in manifest.replies),
        *(deletion.id for deletion in manifest.deletions),
        *(rewrap.id for rewrap in manifest.rewraps),
    ]
