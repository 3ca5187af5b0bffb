"""The public half of what announces an instance's moves: the file that people keep in advance."""

from dataclasses import dataclass

from formats.errors import check
from formats.handles import is_item_id
from formats.manifest import format_line
from formats.strict_json import Fields, check_canonical, encode_json, parse_json

KIND = "announcement-key"
PUBLIC_KEY_SIZE = 32  # bytes: an Ed25519 public key
KEY_LIMIT = 1 << 10  # bytes (1 KiB); each is some 200


@dataclass(frozen=True)
class AnnouncementKey:
    """An instance (32 hex digits) and the Ed25519 key (32 bytes) of its announcements.

    Raises Malformed if one of them cannot be.
    """

    instance: str
    public_key: bytes

    def __post_init__(self) -> None:
        check(
            instance=is_item_id(self.instance),
            public_key=len(self.public_key) == PUBLIC_KEY_SIZE,
        )

    def encode(self) -> bytes:
        """Return the bytes of `announcement-key.json`."""
        return encode_json(
            {
                "format": format_line(KIND),
                "instance": self.instance,
                "public_key": self.public_key.hex(),
            }
        )


def decode_announcement_key(data: bytes) -> AnnouncementKey:
    """Read the file. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, KEY_LIMIT), "format", "instance", "public_key")
    check(format=fields.text("format") == format_line(KIND))
    key = AnnouncementKey(fields.text("instance"), fields.raw("public_key"))
    check_canonical(key.encode(), data)
    return key
