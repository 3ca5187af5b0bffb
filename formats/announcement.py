"""An onion service's move, as it is drafted on the server and announced by the station's signature.

The signature covers the line `vasistas/announcement/1`, a newline, and the move's own fields
written in the one way: the announcement without `format` and `signature`. Verify it before you
believe any of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from formats.errors import check
from formats.handles import is_item_id
from formats.manifest import SIGNATURE_SIZE, format_line
from formats.onion_host import is_onion_host
from formats.strict_json import Fields, Json, check_canonical, encode_json, parse_json

KIND = "announcement"
DRAFT_KIND = "announcement-draft"
ANNOUNCEMENT_LIMIT = 2 << 10  # bytes (2 KiB); each is some 500
OVERLAP_MAX = timedelta(days=400)  # what is announced for longer is a slip of the hand
_MOVE = ("from", "instance", "new", "old", "until")


@dataclass(frozen=True)
class Move:
    """An instance (32 hex digits) is at `new` from `since`, and at `old` until the end of `until`.

    Both are onion addresses with their suffix, both days are UTC. Raises Malformed.
    """

    instance: str
    old: str
    new: str
    since: date
    until: date

    def __post_init__(self) -> None:
        check(
            instance=is_item_id(self.instance),
            old=is_onion_host(self.old),
            new=is_onion_host(self.new) and self.new != self.old,
            until=self.since <= self.until <= self.since + OVERLAP_MAX,
        )

    def signed(self) -> bytes:
        """Return the bytes that are signed, as of this kind."""
        return encode_json(self.fields())

    def draft(self) -> bytes:
        """Return the bytes of the file that asks for a signature."""
        return encode_json({"format": format_line(DRAFT_KIND), **self.fields()})

    def fields(self) -> dict[str, Json]:
        """Return what the JSON of all three holds."""
        return {
            "from": self.since.isoformat(),
            "instance": self.instance,
            "new": self.new,
            "old": self.old,
            "until": self.until.isoformat(),
        }


@dataclass(frozen=True)
class Announcement:
    """A move and its signature, 64 bytes, not verified here. Raises Malformed."""

    move: Move
    signature: bytes

    def __post_init__(self) -> None:
        check(signature=len(self.signature) == SIGNATURE_SIZE)

    def encode(self) -> bytes:
        """Return the bytes of the file that is published."""
        outer: dict[str, Json] = {
            "format": format_line(KIND),
            "signature": self.signature.hex(),
        }
        return encode_json(outer | self.move.fields())


def decode_draft(data: bytes) -> Move:
    """Read a draft. Raises Malformed or TooLarge for what `Move.draft` never gives."""
    fields = Fields(parse_json(data, ANNOUNCEMENT_LIMIT), "format", *_MOVE)
    check(format=fields.text("format") == format_line(DRAFT_KIND))
    move = _move(fields)
    check_canonical(move.draft(), data)
    return move


def decode_announcement(data: bytes) -> Announcement:
    """Read an announcement. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, ANNOUNCEMENT_LIMIT), "format", "signature", *_MOVE)
    check(format=fields.text("format") == format_line(KIND))
    announcement = Announcement(_move(fields), fields.raw("signature"))
    check_canonical(announcement.encode(), data)
    return announcement


def _move(fields: Fields) -> Move:
    return Move(
        instance=fields.text("instance"),
        old=fields.text("old"),
        new=fields.text("new"),
        since=fields.day("from"),
        until=fields.day("until"),
    )
