"""The courier's manifest: what is carried from the viewing station back to the server.

Items stand in the order of their random ids, which the station draws for each: what a
courier asks for must not tell which deliveries came from one source.

A courier without re-wrapped heads says nothing of them at all, and one whose station has not heard
of a restored server nothing of that: it is the same to the byte as before there were any, and a
server from then takes it.
"""

from dataclasses import dataclass, field
from datetime import date

from formats.bundle import HEAD_LIMIT, EnvelopeKind, as_kind
from formats.errors import check
from formats.handles import is_desk_slug, is_handle, is_item_id, is_sha256
from formats.letter import NONCE_SIZE, TAG_SIZE
from formats.manifest import MANIFEST_LIMIT, Member, format_line, is_ordered
from formats.rewrap import HEADS_LIMIT, KEYS_LIMIT, is_key_list
from formats.strict_json import Fields, Json, as_text, check_canonical, encode_json, parse_json

KIND = "courier"

REPLIES_LIMIT = 10_000  # replies: one for each delivery of the fullest bundle
DELETIONS_LIMIT = 10_000  # deliveries, as above
REWRAPS_LIMIT = HEADS_LIMIT  # heads: the answer to the fullest export
BOX_LIMIT = 64 << 10  # bytes (64 KiB): the largest padded reply, its seal, and room
# Bytes (64 MiB) of the whole file, which the server holds in memory: 10,000 replies of the
# smallest size, or 20,000 heads of two RSA-4096 keys. A station with more writes it in turns.
COURIER_LIMIT = 64 << 20

_FIELDS = ("format", "courier", "instance", "desk", "day", "station", "replies", "deletions")
_REWRAP_FIELDS = ("sealed_to", "rewraps")


@dataclass(frozen=True)
class ReplyItem:
    """A sealed reply: where it goes (nonce and tag, 16 bytes each), its size in bytes, SHA-256.

    It names no delivery: whoever reads the courier learns of it what the server will store.
    Raises Malformed.
    """

    id: str
    nonce: bytes = field(repr=False)
    tag: bytes = field(repr=False)
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check(
            id=is_item_id(self.id),
            nonce=len(self.nonce) == NONCE_SIZE,
            tag=len(self.tag) == TAG_SIZE,
            size=0 < self.size <= BOX_LIMIT,
            sha256=is_sha256(self.sha256),
        )

    @property
    def name(self) -> str:
        """The member's name: `ID.reply`."""
        return f"{self.id}.reply"


@dataclass(frozen=True)
class DeletionItem:
    """A delivery to be deleted on the server. Raises Malformed."""

    id: str
    delivery: str

    def __post_init__(self) -> None:
        check(id=is_item_id(self.id), delivery=is_handle(self.delivery))


@dataclass(frozen=True)
class RewrapItem:
    """A new head for a stored envelope, in the place of the one with `old_sha256` and no other.

    Size in bytes, hashes in hex. Raises Malformed.
    """

    id: str
    delivery: str
    kind: EnvelopeKind
    old_sha256: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check(
            id=is_item_id(self.id),
            delivery=is_handle(self.delivery),
            old_sha256=is_sha256(self.old_sha256),
            size=0 < self.size <= HEAD_LIMIT,
            sha256=is_sha256(self.sha256) and self.sha256 != self.old_sha256,
        )

    @property
    def name(self) -> str:
        """The member's name: `ID.head`."""
        return f"{self.id}.head"


@dataclass(frozen=True)
class CourierManifest:
    """All that a courier's `manifest.json` holds; `station` is its key's fingerprint, in hex.

    `sealed_to` are the fingerprints of the OpenPGP keys that all `rewraps` are sealed to. `heard`
    is the id of a bundle that said that the server came back from a backup: whatever the server
    forgot with it is in this courier, or in one that follows. Empty: none. Raises Malformed.
    """

    courier: str
    instance: str
    desk: str
    day: date
    station: str
    replies: tuple[ReplyItem, ...] = ()
    deletions: tuple[DeletionItem, ...] = ()
    sealed_to: tuple[str, ...] = ()
    rewraps: tuple[RewrapItem, ...] = ()
    heard: str = ""

    def __post_init__(self) -> None:
        replies = [item.id for item in self.replies]
        deletions = [item.id for item in self.deletions]
        rewraps = [item.id for item in self.rewraps]
        ids = [*replies, *deletions, *rewraps]
        check(
            courier=is_item_id(self.courier),
            instance=is_item_id(self.instance),
            desk=is_desk_slug(self.desk),
            station=is_sha256(self.station),
            replies=is_ordered(replies, REPLIES_LIMIT),
            deletions=is_ordered(deletions, DELETIONS_LIMIT),
            rewraps=is_ordered(rewraps, REWRAPS_LIMIT),
            sealed_to=is_key_list(self.sealed_to) if self.rewraps else not self.sealed_to,
            items=len(set(ids)) == len(ids),
            heard=not self.heard or is_item_id(self.heard),
        )

    def members(self) -> tuple[Member, ...]:
        """Return what follows manifest and signature in the courier, in its order."""
        replies = tuple(Member(item.name, item.size) for item in self.replies)
        return replies + tuple(Member(item.name, item.size) for item in self.rewraps)

    def encode(self) -> bytes:
        """Return the bytes of `manifest.json`, which are signed."""
        rewraps: dict[str, Json] = {}
        if self.rewraps:
            rewraps = {
                "sealed_to": list(self.sealed_to),
                "rewraps": [_rewrap_json(item) for item in self.rewraps],
            }
        return encode_json(
            {
                "format": format_line(KIND),
                "courier": self.courier,
                "instance": self.instance,
                "desk": self.desk,
                "day": self.day.isoformat(),
                "station": self.station,
                "replies": [_reply_json(item) for item in self.replies],
                "deletions": [_deletion_json(item) for item in self.deletions],
                **rewraps,
                **({"heard": self.heard} if self.heard else {}),
            }
        )


def decode_courier(data: bytes) -> CourierManifest:
    """Read a courier's manifest. Raises Malformed or TooLarge for what `encode` never gives."""
    value = parse_json(data, MANIFEST_LIMIT)
    has_rewraps = isinstance(value, dict) and "rewraps" in value
    has_heard = isinstance(value, dict) and "heard" in value
    further = (*(_REWRAP_FIELDS if has_rewraps else ()), *(("heard",) if has_heard else ()))
    fields = Fields(value, *_FIELDS, *further)
    check(format=fields.text("format") == format_line(KIND))
    manifest = CourierManifest(
        courier=fields.text("courier"),
        instance=fields.text("instance"),
        desk=fields.text("desk"),
        day=fields.day("day"),
        station=fields.text("station"),
        replies=fields.many("replies", _reply_item, REPLIES_LIMIT),
        deletions=fields.many("deletions", _deletion_item, DELETIONS_LIMIT),
        sealed_to=fields.many("sealed_to", as_text, KEYS_LIMIT) if has_rewraps else (),
        rewraps=fields.many("rewraps", _rewrap_item, REWRAPS_LIMIT) if has_rewraps else (),
        heard=fields.text("heard") if has_heard else "",
    )
    check_canonical(manifest.encode(), data)
    return manifest


def _reply_json(item: ReplyItem) -> Json:
    return {
        "id": item.id,
        "nonce": item.nonce.hex(),
        "tag": item.tag.hex(),
        "size": item.size,
        "sha256": item.sha256,
    }


def _reply_item(value: object) -> ReplyItem:
    fields = Fields(value, "id", "nonce", "tag", "size", "sha256")
    return ReplyItem(
        id=fields.text("id"),
        nonce=fields.raw("nonce"),
        tag=fields.raw("tag"),
        size=fields.number("size"),
        sha256=fields.text("sha256"),
    )


def _deletion_json(item: DeletionItem) -> Json:
    return {"id": item.id, "delivery": item.delivery}


def _deletion_item(value: object) -> DeletionItem:
    fields = Fields(value, "id", "delivery")
    return DeletionItem(id=fields.text("id"), delivery=fields.text("delivery"))


def _rewrap_json(item: RewrapItem) -> Json:
    return {
        "id": item.id,
        "delivery": item.delivery,
        "kind": item.kind.value,
        "old_sha256": item.old_sha256,
        "size": item.size,
        "sha256": item.sha256,
    }


def _rewrap_item(value: object) -> RewrapItem:
    fields = Fields(value, "id", "delivery", "kind", "old_sha256", "size", "sha256")
    return RewrapItem(
        id=fields.text("id"),
        delivery=fields.text("delivery"),
        kind=as_kind(fields.text("kind")),
        old_sha256=fields.text("old_sha256"),
        size=fields.number("size"),
        sha256=fields.text("sha256"),
    )
