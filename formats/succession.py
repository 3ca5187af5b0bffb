"""The succession of an instance's signing keys: `succession.json`, which anyone may carry.

Each link says that one key follows another, and is signed by the one that it follows, over the
line `vasistas/succession/1`, a newline, and the link's statement. It is all public; who reads it
believes no link before its signature was checked with a key that they trust already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from formats.errors import check
from formats.handles import is_item_id
from formats.identity import SIGNING_KEY_SIZE
from formats.manifest import SIGNATURE_SIZE, format_line
from formats.strict_json import Fields, Json, check_canonical, encode_json, parse_json

KIND = "succession"
LINKS_LIMIT = 1_000  # a key a week for 19 years
SUCCESSION_LIMIT = 512 << 10  # bytes (512 KiB); the longest takes some 400


@dataclass(frozen=True)
class Link:
    """One key (32 bytes) that follows another on `day`, as the other signed (64 bytes)."""

    previous: bytes
    key: bytes
    day: date
    signature: bytes

    def __post_init__(self) -> None:
        check(
            previous=len(self.previous) == SIGNING_KEY_SIZE,
            key=len(self.key) == SIGNING_KEY_SIZE,
            signature=len(self.signature) == SIGNATURE_SIZE,
        )


def statement(instance: str, previous: bytes, key: bytes, day: date) -> bytes:
    """Return what `previous` signs when `key` follows it."""
    return encode_json(
        {
            "format": format_line(KIND),
            "instance": instance,
            "previous": previous.hex(),
            "key": key.hex(),
            "day": day.isoformat(),
        }
    )


@dataclass(frozen=True)
class Succession:
    """All links of an instance, the first key's first. Raises Malformed if they do not join."""

    instance: str
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        keys = self.keys
        check(
            instance=is_item_id(self.instance),
            links=0 < len(self.links) <= LINKS_LIMIT
            and all(before.key == after.previous for before, after in pairwise(self.links))
            and len(set(keys)) == len(keys),  # no key comes back
        )

    @property
    def keys(self) -> Sequence[bytes]:
        """Return the keys, the first one first."""
        return [*(link.previous for link in self.links[:1]), *(link.key for link in self.links)]

    def signed(self, link: Link) -> bytes:
        """Return the bytes that a link's signature is over."""
        return statement(self.instance, link.previous, link.key, link.day)

    def encode(self) -> bytes:
        """Return the bytes of `succession.json`."""
        return encode_json(
            {
                "format": format_line(KIND),
                "instance": self.instance,
                "links": [_link_json(link) for link in self.links],
            }
        )


def decode_succession(data: bytes) -> Succession:
    """Read `succession.json`. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, SUCCESSION_LIMIT), "format", "instance", "links")
    check(format=fields.text("format") == format_line(KIND))
    succession = Succession(
        instance=fields.text("instance"), links=fields.many("links", _link, LINKS_LIMIT)
    )
    check_canonical(succession.encode(), data)
    return succession


def _link_json(link: Link) -> Json:
    return {
        "previous": link.previous.hex(),
        "key": link.key.hex(),
        "day": link.day.isoformat(),
        "signature": link.signature.hex(),
    }


def _link(value: object) -> Link:
    fields = Fields(value, "previous", "key", "day", "signature")
    return Link(
        previous=fields.raw("previous"),
        key=fields.raw("key"),
        day=fields.day("day"),
        signature=fields.raw("signature"),
    )
