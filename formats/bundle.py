"""The bundle's manifest: what is carried from the server to the viewing station.

One bundle is for one desk. For an envelope the manifest gives sizes and hashes of its head
and of its body, as they were kept when it was sealed; the member is head followed by body.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from formats.errors import Malformed, check
from formats.handles import is_desk_slug, is_handle, is_item_id, is_sha256
from formats.held import SUBKEYS_LIMIT, HeldEntry, held_entry
from formats.manifest import MANIFEST_LIMIT, Member, format_line, is_ordered
from formats.strict_json import Fields, Json, as_text, check_canonical, encode_json, parse_json

KIND = "bundle"

ENVELOPES_LIMIT = 20_000  # of 10,000 deliveries: a year's in one go, and 7 MB of manifest
QUICK_LIMIT = 10_000  # copies of quick replies: one for each delivery
COURIERS_LIMIT = 10_000  # acknowledged ids: a courier a day for 27 years
HEAD_LIMIT = 64 << 10  # bytes (64 KiB): 120 recipients with RSA-4096 keys
BODY_LIMIT = 1 << 40  # bytes (1 TiB): no envelope comes near, and sums stay far from 2^63
QUICK_SIZE_LIMIT = 256 << 10  # bytes (256 KiB): HEAD_LIMIT and the largest reply, with room

_FIELDS = (
    *("format", "bundle", "instance", "desk", "day", "restored"),
    *("envelopes", "quick", "couriers_taken"),
)
_HELD = "held"


class EnvelopeKind(Enum):
    """The two envelopes of a delivery."""

    LETTER = "letter"
    FILES = "files"


@dataclass(frozen=True)
class EnvelopeEntry:
    """An envelope in a bundle: sizes in bytes, hashes in hex. Raises Malformed."""

    delivery: str
    kind: EnvelopeKind
    head_size: int
    head_sha256: str
    body_size: int
    body_sha256: str

    def __post_init__(self) -> None:
        check(
            delivery=is_handle(self.delivery),
            head_size=0 < self.head_size <= HEAD_LIMIT,
            head_sha256=is_sha256(self.head_sha256),
            body_size=0 < self.body_size <= BODY_LIMIT,
            body_sha256=is_sha256(self.body_sha256),
        )

    @property
    def name(self) -> str:
        """The member's name: `DELIVERY.letter.gpg` or `DELIVERY.files.gpg`."""
        return f"{self.delivery}.{self.kind.value}.gpg"

    @property
    def size(self) -> int:
        """The member's size in bytes."""
        return self.head_size + self.body_size


@dataclass(frozen=True)
class QuickCopy:
    """A copy, sealed to the desk, of a reply written online on `day`. Raises Malformed."""

    id: str
    delivery: str
    day: date
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check(
            id=is_item_id(self.id),
            delivery=is_handle(self.delivery),
            size=0 < self.size <= QUICK_SIZE_LIMIT,
            sha256=is_sha256(self.sha256),
        )

    @property
    def name(self) -> str:
        """The member's name: `ID.quick.gpg`."""
        return f"{self.id}.quick.gpg"


@dataclass(frozen=True)
class BundleManifest:
    """All that a bundle's `manifest.json` holds.

    `envelopes` stand in the order of their names, `quick` and `couriers_taken` in that of
    their ids; `restored` says that the server came back from a backup. `held`, in the order of the
    subkeys, is None for a desk without a calendar, and then says nothing. Raises Malformed.
    """

    bundle: str
    instance: str
    desk: str
    day: date
    restored: bool
    envelopes: tuple[EnvelopeEntry, ...] = ()
    quick: tuple[QuickCopy, ...] = ()
    couriers_taken: tuple[str, ...] = ()
    held: tuple[HeldEntry, ...] | None = None

    def __post_init__(self) -> None:
        check(
            bundle=is_item_id(self.bundle),
            instance=is_item_id(self.instance),
            desk=is_desk_slug(self.desk),
            envelopes=is_ordered([entry.name for entry in self.envelopes], ENVELOPES_LIMIT),
            quick=is_ordered([copy.id for copy in self.quick], QUICK_LIMIT),
            couriers_taken=is_ordered(self.couriers_taken, COURIERS_LIMIT)
            and all(map(is_item_id, self.couriers_taken)),
            held=self.held is None
            or is_ordered([entry.subkey for entry in self.held], SUBKEYS_LIMIT),
        )

    def members(self) -> tuple[Member, ...]:
        """Return what follows manifest and signature in the bundle, in its order."""
        envelopes = tuple(Member(entry.name, entry.size) for entry in self.envelopes)
        return envelopes + tuple(Member(copy.name, copy.size) for copy in self.quick)

    def encode(self) -> bytes:
        """Return the bytes of `manifest.json`, which are signed."""
        return encode_json(
            {
                "format": format_line(KIND),
                "bundle": self.bundle,
                "instance": self.instance,
                "desk": self.desk,
                "day": self.day.isoformat(),
                "restored": self.restored,
                "envelopes": [_envelope_json(entry) for entry in self.envelopes],
                "quick": [_quick_json(copy) for copy in self.quick],
                "couriers_taken": list(self.couriers_taken),
                **self._held(),
            }
        )

    def _held(self) -> dict[str, Json]:
        if self.held is None:
            return {}
        return {"held": [entry.encoded() for entry in self.held]}


def decode_bundle(data: bytes) -> BundleManifest:
    """Read a bundle's manifest. Raises Malformed or TooLarge for what `encode` never gives."""
    value = parse_json(data, MANIFEST_LIMIT)
    has_held = isinstance(value, dict) and _HELD in value
    fields = Fields(value, *_FIELDS, *([_HELD] if has_held else []))
    check(format=fields.text("format") == format_line(KIND))
    manifest = BundleManifest(
        bundle=fields.text("bundle"),
        instance=fields.text("instance"),
        desk=fields.text("desk"),
        day=fields.day("day"),
        restored=fields.flag("restored"),
        envelopes=fields.many("envelopes", _envelope_entry, ENVELOPES_LIMIT),
        quick=fields.many("quick", _quick_copy, QUICK_LIMIT),
        couriers_taken=fields.many("couriers_taken", as_text, COURIERS_LIMIT),
        held=fields.many(_HELD, held_entry, SUBKEYS_LIMIT) if has_held else None,
    )
    check_canonical(manifest.encode(), data)
    return manifest


def _envelope_json(entry: EnvelopeEntry) -> Json:
    return {
        "delivery": entry.delivery,
        "kind": entry.kind.value,
        "head_size": entry.head_size,
        "head_sha256": entry.head_sha256,
        "body_size": entry.body_size,
        "body_sha256": entry.body_sha256,
    }


def _envelope_entry(value: object) -> EnvelopeEntry:
    fields = Fields(
        value, "delivery", "kind", "head_size", "head_sha256", "body_size", "body_sha256"
    )
    return EnvelopeEntry(
        delivery=fields.text("delivery"),
        kind=as_kind(fields.text("kind")),
        head_size=fields.number("head_size"),
        head_sha256=fields.text("head_sha256"),
        body_size=fields.number("body_size"),
        body_sha256=fields.text("body_sha256"),
    )


def as_kind(text: str) -> EnvelopeKind:
    """Return the kind of that name. Raises Malformed."""
    try:
        return EnvelopeKind(text)
    except ValueError:
        raise Malformed("kind is not as it should be") from None


def _quick_json(copy: QuickCopy) -> Json:
    return {
        "id": copy.id,
        "delivery": copy.delivery,
        "day": copy.day.isoformat(),
        "size": copy.size,
        "sha256": copy.sha256,
    }


def _quick_copy(value: object) -> QuickCopy:
    fields = Fields(value, "id", "delivery", "day", "size", "sha256")
    return QuickCopy(
        id=fields.text("id"),
        delivery=fields.text("delivery"),
        day=fields.day("day"),
        size=fields.number("size"),
        sha256=fields.text("sha256"),
    )
