"""A thread as a conversation: what came and what was answered, in the order of days."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum

from formats.letter import FileEntry
from viewing_station.deliveries import Delivery
from viewing_station.outbox import Reply
from viewing_station.station import Station
from viewing_station.threads import Thread


class Kind(Enum):
    """Whose word it is."""

    DELIVERY = "delivery"
    REPLY = "reply"


class Progress(Enum):
    """How far a reply or a deletion of ours got."""

    QUEUED = "queued"
    ARRIVED = "arrived"
    ONLINE = "online"  # it was written on the server


@dataclass(frozen=True)
class Entry:
    """A delivery or a reply.

    `text` is what the reviewer should read; `sealed` says that the source had sealed it beforehand
    and it was opened. `progress` is that of a reply, or of the deletion queued for a delivery.
    """

    kind: Kind
    day: date
    name: str
    text: str
    delivery: str
    files: tuple[FileEntry, ...] = ()
    awaits_files: bool = False
    sealed: bool = False
    progress: Progress | None = None


def conversation(station: Station, thread: Thread) -> list[Entry]:
    """Return what was said in a thread; within a day, deliveries stand before replies."""
    arrived = station.outbox.arrived()
    here = {delivery.name for delivery in thread.deliveries}
    replies = [reply for reply in station.outbox.replies() if reply.delivery in here]
    entries = [_delivery_entry(station, delivery, arrived) for delivery in thread.deliveries]
    entries += [_reply_entry(reply, arrived) for reply in replies]
    return sorted(entries, key=lambda entry: (entry.day, entry.kind.value, entry.name))


def _delivery_entry(station: Station, delivery: Delivery, arrived: AbstractSet[str]) -> Entry:
    inner = station.deliveries.inner_message(delivery.name)
    deletion = station.outbox.deletion(delivery.name)
    return Entry(
        kind=Kind.DELIVERY,
        day=delivery.day,
        name=delivery.name,
        text=station.deliveries.message(delivery.name) if inner is None else inner,
        delivery=delivery.name,
        files=delivery.files,
        awaits_files=delivery.awaits_files,
        sealed=inner is not None,
        progress=_progress(deletion.id, arrived) if deletion else None,
    )


def _reply_entry(reply: Reply, arrived: AbstractSet[str]) -> Entry:
    return Entry(
        kind=Kind.REPLY,
        day=reply.day,
        name=reply.id,
        text=reply.text,
        delivery=reply.delivery,
        progress=Progress.ONLINE if reply.online else _progress(reply.id, arrived),
    )


def _progress(item: str, arrived: AbstractSet[str]) -> Progress:
    return Progress.ARRIVED if item in arrived else Progress.QUEUED
