"""What is to go back to the server: replies, deletions and new heads, until a bundle says it did.

A courier carries everything that has not arrived. A bundle names the couriers that were taken, so
an item has arrived once any courier that carried it is named.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from viewing_station.records import Records

REPLY = "reply"
BOX = "reply-box"
DELETION = "deletion"
REWRAP = "rewrap"
COURIER = "courier"
BUNDLE = "bundle"
HEARD = "heard"


@dataclass(frozen=True)
class Reply:
    """A reply, readable here only. `online` where it was typed on the server's own pages."""

    id: str
    delivery: str
    thread: str
    day: date
    text: str
    online: bool = False


@dataclass(frozen=True)
class SealedReply:
    """What the courier carries of a reply. It opens with the source's codename only."""

    nonce: bytes
    tag: bytes
    box: bytes


@dataclass(frozen=True)
class Deletion:
    """A delivery that the server is to delete."""

    id: str
    delivery: str


@dataclass(frozen=True)
class NewHead:
    """A head re-wrapped here, for the envelope whose head has the SHA-256 `old_sha256` (in hex).

    `kind` is `letter` or `files`; `sealed_to` the fingerprints of the keys that open it.
    """

    id: str
    delivery: str
    kind: str
    old_sha256: str
    sealed_to: tuple[str, ...]
    head: bytes

    @property
    def place(self) -> str:
        """What it replaces: there is one of each."""
        return _place(self.delivery, self.kind, self.old_sha256)


@dataclass(frozen=True)
class Sent:
    """A courier that was written here, the items in it, and whether the server has taken it."""

    id: str
    items: tuple[str, ...]
    taken: bool = False


class Outbox:
    """Replies, deletions, new heads and couriers among the records.

    Changes belong in a `with records.change():`.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def put_reply(self, reply: Reply, sealed: SealedReply | None) -> None:
        """Keep a reply; with its box, it is queued."""
        fields = asdict(reply) | {"day": reply.day.isoformat()}
        self._records.put(REPLY, reply.id, json.dumps(fields).encode())
        if sealed:
            parts = [part.hex() for part in (sealed.nonce, sealed.tag, sealed.box)]
            self._records.put(BOX, reply.id, json.dumps(parts).encode())

    def replies(self) -> Iterator[Reply]:
        """All replies, queued, arrived, and typed online."""
        return map(decode_reply, self._records.all(REPLY))

    def forget_reply(self, reply: Reply) -> None:
        """Keep no word of a reply, and that it was: else a copy in a bundle would bring it back."""
        self.put_reply(replace(reply, text="", online=True), None)
        self._records.drop(BOX, reply.id)

    def sealed(self, reply: str) -> SealedReply | None:
        """Return the box of a reply of ours; None for one that was typed online."""
        kept = self._records.get(BOX, reply)
        return None if kept is None else SealedReply(*map(bytes.fromhex, json.loads(kept)))

    def put_deletion(self, deletion: Deletion) -> None:
        """Queue a deletion."""
        self._records.put(DELETION, deletion.delivery, json.dumps(asdict(deletion)).encode())

    def deletion(self, delivery: str) -> Deletion | None:
        """Return the deletion queued for a delivery, if any."""
        kept = self._records.get(DELETION, delivery)
        return None if kept is None else Deletion(**json.loads(kept))

    def deletions(self) -> Iterator[Deletion]:
        """All deletions, queued and arrived."""
        return (Deletion(**json.loads(kept)) for kept in self._records.all(DELETION))

    def put_head(self, head: NewHead) -> None:
        """Queue a new head."""
        fields = asdict(head) | {"head": head.head.hex()}
        self._records.put(REWRAP, head.place, json.dumps(fields).encode())

    def head(self, delivery: str, kind: str, old_sha256: str) -> NewHead | None:
        """Return the new head for an old one, if there is any."""
        kept = self._records.get(REWRAP, _place(delivery, kind, old_sha256))
        return None if kept is None else _head(kept)

    def heads(self) -> Iterator[NewHead]:
        """All new heads, queued and arrived."""
        return map(_head, self._records.all(REWRAP))

    def drop_head(self, head: NewHead) -> None:
        """Forget a new head: it is not offered any more."""
        self._records.drop(REWRAP, head.place)

    def put_courier(self, sent: Sent) -> None:
        """Remember what a courier carried."""
        self._records.put(COURIER, sent.id, json.dumps(asdict(sent)).encode())

    def couriers(self) -> Iterator[Sent]:
        """All couriers written here."""
        for kept in self._records.all(COURIER):
            fields = json.loads(kept)
            yield Sent(**fields | {"items": tuple(fields["items"])})

    def note_opened(self, bundle: str) -> None:
        """Remember a bundle whose word on couriers was taken."""
        self._records.put(BUNDLE, bundle, bundle.encode())

    def is_opened(self, bundle: str) -> bool:
        """Tell whether a bundle's word on couriers was taken before."""
        return self._records.get(BUNDLE, bundle) is not None

    def note_heard(self, bundle: str, *, restored: bool) -> None:
        """Remember a bundle that says that the server came back from a backup, until one does not.

        Couriers name it, so that the server knows that they bring what it has forgotten.
        """
        if restored:
            self._records.put(HEARD, HEARD, bundle.encode())
        elif self.heard():
            self._records.drop(HEARD, HEARD)

    def heard(self) -> str:
        """Return the last bundle that said so; empty where the server's last word was another."""
        return (self._records.get(HEARD, HEARD) or b"").decode()

    def arrived(self) -> frozenset[str]:
        """Return the ids of the items that the server has taken."""
        return frozenset(item for sent in self.couriers() if sent.taken for item in sent.items)

    def acknowledge(self, taken: Iterable[str], *, restored: bool) -> int:
        """Note the couriers that a bundle names; return how many items arrived by it.

        A restored server has forgotten what came after its backup: what it does not name is then
        offered again.
        """
        named = frozenset(taken)
        before = self.arrived()
        for sent in list(self.couriers()):
            now = sent.id in named or (sent.taken and not restored)
            if now != sent.taken:
                self.put_courier(Sent(sent.id, sent.items, taken=now))
        return len(self.arrived() - before)


def decode_reply(kept: bytes) -> Reply:
    """Read the content of a reply's record."""
    fields = json.loads(kept)
    return Reply(**fields | {"day": date.fromisoformat(fields["day"])})


def _place(delivery: str, kind: str, old_sha256: str) -> str:
    return f"{delivery}.{kind}.{old_sha256}"


def _head(kept: bytes) -> NewHead:
    fields = json.loads(kept)
    changed = {"head": bytes.fromhex(fields["head"]), "sealed_to": tuple(fields["sealed_to"])}
    return NewHead(**fields | changed)
