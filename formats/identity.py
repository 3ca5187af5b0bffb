"""An instance's public identity: the file that stations are set up with."""

from dataclasses import dataclass

from formats.errors import check
from formats.handles import is_item_id
from formats.manifest import format_line
from formats.names import visible
from formats.strict_json import Fields, check_canonical, encode_json, parse_json

KIND = "instance"
INSTANCE_NAME_LIMIT = 100  # characters; it stands in titles and on one line of a terminal
SIGNING_KEY_SIZE = 32  # bytes: an Ed25519 public key
IDENTITY_LIMIT = 4 << 10  # bytes (4 KiB); the longest takes some 700


@dataclass(frozen=True)
class Identity:
    """An instance's id (32 hex digits), its name for people, its Ed25519 public key (32 bytes).

    Raises Malformed if one of them cannot be; a name that does not show what it is cannot.
    """

    instance: str
    name: str
    signing_key: bytes

    def __post_init__(self) -> None:
        check(
            instance=is_item_id(self.instance),
            name=0 < len(self.name) <= INSTANCE_NAME_LIMIT and visible(self.name) == self.name,
            signing_key=len(self.signing_key) == SIGNING_KEY_SIZE,
        )

    def encode(self) -> bytes:
        """Return the bytes of `instance.json`."""
        return encode_json(
            {
                "format": format_line(KIND),
                "instance": self.instance,
                "name": self.name,
                "signing_key": self.signing_key.hex(),
            }
        )


def decode_identity(data: bytes) -> Identity:
    """Read `instance.json`. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, IDENTITY_LIMIT), "format", "instance", "name", "signing_key")
    check(format=fields.text("format") == format_line(KIND))
    identity = Identity(
        instance=fields.text("instance"),
        name=fields.text("name"),
        signing_key=fields.raw("signing_key"),
    )
    check_canonical(identity.encode(), data)
    return identity
