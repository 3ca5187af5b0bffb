"""Threads: the deliveries of one codename together, under a name that can be spoken."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from crypto.wordlists import words
from viewing_station.deliveries import Deliveries, Delivery
from viewing_station.errors import NoSuchThreadError, SeveralThreadsError
from viewing_station.settings import NamesKey, Settings

SHORTEST_PREFIX = 4  # hex digits: fewer would soon mean several threads
WORD_SIZE = 4  # bytes: each word of a name is drawn by so many, so that all are about as likely


@dataclass(frozen=True)
class Thread:
    """All deliveries of one codename to this desk, oldest first."""

    id: str
    name: str
    deliveries: tuple[Delivery, ...]

    @property
    def newest(self) -> Delivery:
        """The delivery that a reply goes to."""
        return self.deliveries[-1]

    @property
    def last_day(self) -> date:
        """The day of the newest delivery."""
        return self.newest.day

    @property
    def unread(self) -> int:
        """How many of its deliveries were not shown yet."""
        return sum(not delivery.read for delivery in self.deliveries)


def friendly_name(key: NamesKey, thread: str) -> str:
    """Two words for a thread. Sources cannot steer it, and each station has names of its own."""
    digest = hashlib.blake2b(bytes.fromhex(thread), key=key.reveal(), person=b"vs1-name").digest()
    listed = words("en")
    places = (digest[:WORD_SIZE], digest[WORD_SIZE : 2 * WORD_SIZE])
    return "-".join(listed[int.from_bytes(place, "big") % len(listed)] for place in places)


def all_threads(deliveries: Deliveries, settings: Settings) -> list[Thread]:
    """Every thread, the one with the newest delivery first."""
    key = settings.names_key
    grouped: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries.all():
        grouped[delivery.thread].append(delivery)
    threads = [
        Thread(id_, friendly_name(key, id_), tuple(sorted(members, key=_age)))
        for id_, members in grouped.items()
    ]
    return sorted(threads, key=lambda thread: (thread.last_day, thread.id), reverse=True)


def find_thread(threads: list[Thread], wanted: str) -> Thread:
    """Return the thread of this id, of an id that begins so, or of this friendly name.

    Raises NoSuchThreadError, SeveralThreadsError.
    """
    asked = wanted.strip().lower()
    found = [thread for thread in threads if _is_called(thread, asked)]
    if not found:
        raise NoSuchThreadError(name=wanted)
    if len(found) > 1:
        raise SeveralThreadsError(name=wanted, count=len(found))
    return found[0]


def _is_called(thread: Thread, asked: str) -> bool:
    by_prefix = len(asked) >= SHORTEST_PREFIX and thread.id.startswith(asked)
    return by_prefix or thread.name == "-".join(asked.split())


def _age(delivery: Delivery) -> tuple[date, str]:
    """Order within a day is by handle, that is at random: nobody knows the order of arrival."""
    return delivery.day, delivery.name
