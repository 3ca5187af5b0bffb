"""A viewing station's public identity: the file by which a server accepts its couriers."""

from dataclasses import dataclass

from formats.errors import check
from formats.handles import is_desk_slug
from formats.manifest import format_line
from formats.strict_json import Fields, check_canonical, encode_json, parse_json

KIND = "station"
PUBLIC_KEY_SIZE = 32  # bytes: an Ed25519 public key
STATION_LIMIT = 1 << 10  # bytes (1 KiB); the longest takes some 180


@dataclass(frozen=True)
class StationIdentity:
    """A station's desk and its Ed25519 public key (32 bytes). Raises Malformed if one cannot be."""

    desk: str
    public_key: bytes

    def __post_init__(self) -> None:
        check(desk=is_desk_slug(self.desk), public_key=len(self.public_key) == PUBLIC_KEY_SIZE)

    def encode(self) -> bytes:
        """Return the bytes of `SLUG-station.pub`."""
        return encode_json(
            {
                "format": format_line(KIND),
                "desk": self.desk,
                "public_key": self.public_key.hex(),
            }
        )


def decode_station(data: bytes) -> StationIdentity:
    """Read `SLUG-station.pub`. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, STATION_LIMIT), "format", "desk", "public_key")
    check(format=fields.text("format") == format_line(KIND))
    station = StationIdentity(fields.text("desk"), fields.raw("public_key"))
    check_canonical(station.encode(), data)
    return station
