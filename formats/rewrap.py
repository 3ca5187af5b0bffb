"""The manifest of a re-wrap export: heads of stored envelopes, carried to the viewing station.

For each head it gives what binds it to its envelope: the delivery, the head's SHA-256, and the
encrypted prefix of its body. The answer comes with a courier. `sealed_to` says to which keys the
server's desk now seals: at the station that is hearsay, and can add no key.
"""

from dataclasses import dataclass
from datetime import date

from formats.bundle import HEAD_LIMIT, EnvelopeKind, as_kind
from formats.errors import check
from formats.handles import is_desk_slug, is_fingerprint, is_handle, is_item_id, is_sha256
from formats.manifest import MANIFEST_LIMIT, Member, format_line, is_ordered
from formats.strict_json import Fields, Json, as_text, check_canonical, encode_json, parse_json

KIND = "rewrap"

HEADS_LIMIT = 20_000  # in one file: 7 MB of manifest; the rest comes with the next
KEYS_LIMIT = 64  # of one desk: what one head can be sealed to (crypto.packets)
# RFC 4880, section 5.13: one block of random octets, the last two of them again, encrypted. In an
# envelope's body they follow the packet's header and its version octet.
PREFIX_SIZE = 18  # bytes


@dataclass(frozen=True)
class HeadEntry:
    """A head, its size in bytes, its SHA-256 in hex, and its body's prefix. Raises Malformed."""

    delivery: str
    kind: EnvelopeKind
    size: int
    sha256: str
    prefix: bytes

    def __post_init__(self) -> None:
        check(
            delivery=is_handle(self.delivery),
            size=0 < self.size <= HEAD_LIMIT,
            sha256=is_sha256(self.sha256),
            prefix=len(self.prefix) == PREFIX_SIZE,
        )

    @property
    def name(self) -> str:
        """The member's name: `DELIVERY.letter.head` or `DELIVERY.files.head`."""
        return f"{self.delivery}.{self.kind.value}.head"


@dataclass(frozen=True)
class RewrapManifest:
    """All that the `manifest.json` of an export holds; heads stand in the order of their names.

    Raises Malformed.
    """

    export: str
    instance: str
    desk: str
    day: date
    sealed_to: tuple[str, ...]
    heads: tuple[HeadEntry, ...] = ()

    def __post_init__(self) -> None:
        check(
            export=is_item_id(self.export),
            instance=is_item_id(self.instance),
            desk=is_desk_slug(self.desk),
            sealed_to=is_key_list(self.sealed_to),
            heads=is_ordered([entry.name for entry in self.heads], HEADS_LIMIT),
        )

    def members(self) -> tuple[Member, ...]:
        """Return what follows manifest and signature in the file, in its order."""
        return tuple(Member(entry.name, entry.size) for entry in self.heads)

    def encode(self) -> bytes:
        """Return the bytes of `manifest.json`, which are signed."""
        return encode_json(
            {
                "format": format_line(KIND),
                "export": self.export,
                "instance": self.instance,
                "desk": self.desk,
                "day": self.day.isoformat(),
                "sealed_to": list(self.sealed_to),
                "heads": [_head_json(entry) for entry in self.heads],
            }
        )


def decode_rewrap(data: bytes) -> RewrapManifest:
    """Read an export's manifest. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(
        parse_json(data, MANIFEST_LIMIT),
        *("format", "export", "instance", "desk", "day", "sealed_to", "heads"),
    )
    check(format=fields.text("format") == format_line(KIND))
    manifest = RewrapManifest(
        export=fields.text("export"),
        instance=fields.text("instance"),
        desk=fields.text("desk"),
        day=fields.day("day"),
        sealed_to=fields.many("sealed_to", as_text, KEYS_LIMIT),
        heads=fields.many("heads", _head_entry, HEADS_LIMIT),
    )
    check_canonical(manifest.encode(), data)
    return manifest


def is_key_list(fingerprints: tuple[str, ...]) -> bool:
    """Tell whether these can be the keys that a head is sealed to: one at least, in order."""
    return (
        bool(fingerprints)
        and is_ordered(fingerprints, KEYS_LIMIT)
        and all(map(is_fingerprint, fingerprints))
    )


def _head_json(entry: HeadEntry) -> Json:
    return {
        "delivery": entry.delivery,
        "kind": entry.kind.value,
        "size": entry.size,
        "sha256": entry.sha256,
        "prefix": entry.prefix.hex(),
    }


def _head_entry(value: object) -> HeadEntry:
    fields = Fields(value, "delivery", "kind", "size", "sha256", "prefix")
    return HeadEntry(
        delivery=fields.text("delivery"),
        kind=as_kind(fields.text("kind")),
        size=fields.number("size"),
        sha256=fields.text("sha256"),
        prefix=fields.raw("prefix"),
    )
