"""Answers a request to re-wrap: new heads, sealed to keys made or confirmed here, are queued.

Each new head is kept as soon as a few are done. Whatever ends the command, the next run goes on
where it was: what is kept is not done again.

What the request names as keys is hearsay. It can leave a usable key of ours out, so that a key
the admin retired is not sealed to for ever; it can add none, and it cannot leave out the newest.
"""

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crypto.errors import BadPackets, NotForUs, OpenFailed, RewrapFailed, WrongSessionKey
from crypto.recipient import Recipient
from crypto.rewrap import Rewrapping
from formats.handles import new_item_id
from formats.rewrap import HeadEntry
from viewing_station.bundle_check import opened_file
from viewing_station.desk_keys import KnownKey, known_keys, usable
from viewing_station.errors import NoUsableKeyError, RewrapRefusedError
from viewing_station.keyring import keyring
from viewing_station.outbox import NewHead
from viewing_station.progress import Meter, meter
from viewing_station.rewrap_check import CheckedRewrap, check_rewrap
from viewing_station.screen import counted
from viewing_station.station import Station

WORKERS = min(8, (os.cpu_count() or 1) + 1)  # each waits for gpg; the agent is one for all
AHEAD = 4  # heads a worker has waiting for it
KEPT_AT_ONCE = 16  # heads a transaction keeps: what a power cut costs is a fifth of a second's work


@dataclass(frozen=True)
class Refusal:
    """A head that was not re-wrapped, and why."""

    name: str
    why: str


@dataclass
class Answer:
    """What became of a request. `known` heads were done before.

    `sealed_to` is what is noted of the `keys`: of one with a calendar, the subkey of the day.
    """

    day: date
    keys: tuple[str, ...]
    sealed_to: tuple[str, ...]
    not_sealed_to: tuple[str, ...]
    rewrapped: int = 0
    known: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def answer_rewrap(station: Station, file: Path, day: date) -> Answer:
    """Re-wrap what a file asks for, and queue it for the next courier.

    Raises RewrapRefusedError, and nothing was done then; NoUsableKeyError, KeyringError, OSError.
    """
    settings = station.settings
    with opened_file(file, RewrapRefusedError) as source:
        request = check_rewrap(source, settings.trust.instance, settings.desk)
        station.learn(request.standing)
        chosen = choose(known_keys(station, day), request.manifest.sealed_to)
        work = _Work(station, request, chosen)
        work.drop_others()
        with keyring(station.home.gnupg) as gnupg:
            work.run(gnupg)
    return work.answer


def choose(keys: list[KnownKey], named: Iterable[str]) -> list[KnownKey]:
    """Return the keys to seal to, in the order of what is noted of them. Raises NoUsableKeyError.

    A request names the subkey of its day where a key has a calendar; a head is sealed to that of
    the present day.
    """
    own = usable(keys, own=True)
    if not own:
        raise NoUsableKeyError
    wanted = frozenset(named)
    chosen = [key for key in usable(keys) if key.is_named(wanted)]
    if not any(key.own for key in chosen):
        chosen.append(own[-1])
    return sorted(chosen, key=lambda key: key.sealed_to)


class _Work:
    """One request's heads, re-wrapped by several workers."""

    def __init__(self, station: Station, request: CheckedRewrap, chosen: list[KnownKey]) -> None:
        self._station, self._request, self._chosen = station, request, chosen
        sealed_to = tuple(key.sealed_to for key in chosen)
        named = request.manifest.sealed_to
        others = tuple(n for n in named if not any(key.is_named({n}) for key in chosen))
        keys = tuple(key.fingerprint for key in chosen)
        self.answer = Answer(request.manifest.day, keys, sealed_to, others)
        self._done: list[NewHead] = []
        self._under_way: deque[tuple[HeadEntry, Future[bytes]]] = deque()

    def drop_others(self) -> None:
        """Offer no head any more that is sealed to other keys than these."""
        outbox = self._station.outbox
        arrived = outbox.arrived()
        with self._station.records.change():
            for head in list(outbox.heads()):
                if head.sealed_to != self.answer.sealed_to and head.id not in arrived:
                    outbox.drop_head(head)

    def run(self, gnupg: Path) -> None:
        """Do all of it; what was done stays, whatever happens."""
        recipients: list[Recipient] = [key.recipient for key in self._chosen if key.recipient]
        held = [key.fingerprint for key in self._chosen if key.own]
        passphrase = self._station.settings.keyring_passphrase
        work = Rewrapping(gnupg, passphrase, recipients, held)
        pool = ThreadPoolExecutor(WORKERS, "rewrap")
        total = len(self._request.manifest.heads)
        try:
            with meter("Re-wrapping", total, lambda number: counted(number, "head")) as bar:
                self._feed(work, pool, bar)
        finally:
            pool.shutdown(cancel_futures=True)
            self._keep()

    def _feed(self, work: Rewrapping, pool: ThreadPoolExecutor, bar: Meter) -> None:
        arrived = self._station.outbox.arrived()
        for entry, head in self._request.heads():
            if self._is_queued(entry, arrived):
                self.answer.known += 1
                bar.advance(1)
                continue
            self._under_way.append((entry, pool.submit(work.rewrap, head, entry.prefix)))
            if len(self._under_way) > WORKERS * AHEAD:
                self._take(bar)
        while self._under_way:
            self._take(bar)

    def _is_queued(self, entry: HeadEntry, arrived: frozenset[str]) -> bool:
        """Whether a head is done already, and on its way.

        One that arrived and is asked for again was put back there: it is done anew.
        """
        before = self._station.outbox.head(entry.delivery, entry.kind.value, entry.sha256)
        if before is None or before.id in arrived:
            return False
        return before.sealed_to == self.answer.sealed_to

    def _take(self, bar: Meter) -> None:
        """Take in the oldest that is under way."""
        entry, future = self._under_way.popleft()
        try:
            self._done.append(self._new(entry, future.result()))
            self.answer.rewrapped += 1
        except (OpenFailed, BadPackets, RewrapFailed) as error:
            self.answer.refusals.append(Refusal(entry.name, self._why(entry, error)))
        bar.advance(1)
        if len(self._done) >= KEPT_AT_ONCE:
            self._keep()

    def _new(self, entry: HeadEntry, head: bytes) -> NewHead:
        return NewHead(
            id=new_item_id(),
            delivery=entry.delivery,
            kind=entry.kind.value,
            old_sha256=entry.sha256,
            sealed_to=self.answer.sealed_to,
            head=head,
        )

    def _keep(self) -> None:
        with self._station.records.change():
            for head in self._done:
                self._station.outbox.put_head(head)
        self._done.clear()

    def _why(self, entry: HeadEntry, error: Exception) -> str:
        if isinstance(error, NotForUs):
            if self._station.deliveries.get(entry.delivery) is not None:
                return "it was opened here, and its key is gone since: discard it"
            return "it is sealed to no key that is held here"
        if isinstance(error, WrongSessionKey):
            return "it does not belong to its body"
        if isinstance(error, RewrapFailed):
            return "what was sealed anew did not open again"
        return "it is damaged or was altered"
