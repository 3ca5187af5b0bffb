"""What a courier does: foreseen, then done, with the same rules.

Every item is idempotent: a station offers again what was not acknowledged, so an item taken
before is counted and skipped, and one whose target is gone is no error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from formats.courier import CourierManifest, ReplyItem
from journalist_app.courier_file import TrustedCourier
from journalist_app.refusals import CourierMisaddressed
from storage import couriers, deletions, deliveries, replies


@dataclass(frozen=True)
class Effect:
    """What is left to do of a courier.

    `known`: this courier was taken before, and nothing is left. `done` items were taken with an
    earlier courier, and the deliveries of `gone` items are not here any more.
    """

    known: bool
    replies: Sequence[ReplyItem] = ()
    deliveries: Sequence[str] = ()
    done: int = 0
    gone: int = 0


def foresee(transaction: Session, manifest: CourierManifest) -> Effect:
    """Say what a courier would do now; raises CourierMisaddressed for another desk's delivery."""
    if couriers.is_taken(transaction, manifest.courier):
        return Effect(known=True)
    taken = couriers.items_taken(transaction, _item_ids(manifest))
    targets = {item.delivery for item in manifest.deletions if item.id not in taken}
    here = deliveries.get(transaction, sorted(targets))
    if any(delivery.desk != manifest.desk for delivery in here):
        raise CourierMisaddressed
    return Effect(
        known=False,
        replies=[item for item in manifest.replies if item.id not in taken],
        deliveries=[delivery.id for delivery in here],
        done=len(taken),
        gone=len(targets) - len(here),
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
    couriers.take_items(transaction, _item_ids(manifest))
    return effect, deletions.delete_deliveries(transaction, effect.deliveries)


def _item_ids(manifest: CourierManifest) -> list[str]:
    return [
        *(reply.id for reply in manifest.replies),
        *(deletion.id for deletion in manifest.deletions),
    ]
