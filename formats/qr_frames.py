"""A courier as a series of short texts, each of which fits one QR code.

A frame is the magic, the series' name, its number, how many there are, and a piece, in base32
(RFC 4648, without padding): letters and digits that a QR code holds in its alphanumeric mode.
The pieces make up the compressed file. The series' name is the beginning of the file's SHA-256:
frames of two couriers never mix, and the whole is proven whole. Who wrote it, the courier's own
signature proves, and only that.
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from formats.errors import Malformed, TooLarge, check

MAGIC = b"VQ1"  # the 1 is the format's version
NAME_SIZE = 12  # bytes of SHA-256: nobody meets two couriers with the same by chance
HEAD_SIZE = len(MAGIC) + NAME_SIZE + 2  # number and total, a byte each

FRAMES_LIMIT = 60  # frames: two minutes before a screen; past it a stick is less trouble
CONTENT_LIMIT = 1 << 20  # bytes (1 MiB) uncompressed; sixty large codes hold a tenth of it
TEXT_LIMIT = 4296  # characters: the most a QR code holds in that mode (ISO/IEC 18004, table 7)
COMPRESSION = 9  # zlib's hardest: each frame saved is two seconds before a screen


class TooManyFrames(TooLarge):
    """The courier is too large to be shown as codes: carry it on a stick."""


class OtherSeries(Malformed):
    """The codes belong to different couriers, or contradict each other."""


class Incomplete(Malformed):
    """Some frames are missing."""


@dataclass(frozen=True)
class Frame:
    """One frame; `number` counts from 1. Raises Malformed."""

    name: bytes
    number: int
    total: int
    piece: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check(
            name=len(self.name) == NAME_SIZE,
            total=1 <= self.total <= FRAMES_LIMIT,
            number=1 <= self.number <= self.total,
            piece=bool(self.piece),
        )

    def encode(self) -> str:
        """Return the text that stands in the code."""
        place = bytes([self.number, self.total])
        encoded = base64.b32encode(MAGIC + self.name + place + self.piece)
        return encoded.decode("ascii").rstrip("=")


def decode_frame(text: str) -> Frame:
    """Read a frame. Raises Malformed for any text that `Frame.encode` never gives."""
    check(text=len(text) <= TEXT_LIMIT and text.isascii())
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise Malformed("no base32") from None
    check(magic=raw.startswith(MAGIC), size=len(raw) > HEAD_SIZE)
    body = raw[len(MAGIC) :]
    name, place, piece = body[:NAME_SIZE], body[NAME_SIZE : NAME_SIZE + 2], body[NAME_SIZE + 2 :]
    frame = Frame(name, place[0], place[1], piece)
    check(base32=frame.encode() == text)
    return frame


def split(content: bytes, characters: int) -> tuple[Frame, ...]:
    """Cut `content` into frames of at most `characters` each, all but the last of one size.

    The pieces depend on their number alone: what is shown again can be filled up from earlier
    pictures. Raises TooManyFrames.
    """
    room = characters * 5 // 8 - HEAD_SIZE  # base32: five bits a character
    if room < 1:
        raise ValueError("no room for a piece")
    packed = zlib.compress(content, COMPRESSION)
    total = -(-len(packed) // room)
    if total > FRAMES_LIMIT or len(content) > CONTENT_LIMIT:
        raise TooManyFrames
    size = -(-len(packed) // total)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    name = hashlib.sha256(content).digest()[:NAME_SIZE]
    return tuple(Frame(name, at, len(pieces), piece) for at, piece in enumerate(pieces, start=1))


class Series:
    """The frames of one courier, gathered in any order, as often as they come."""

    def __init__(self, first: Frame) -> None:
        self._first = first
        self._pieces: dict[int, bytes] = {first.number: first.piece}

    @property
    def total(self) -> int:
        """How many frames there are."""
        return self._first.total

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the frames that did not come yet."""
        return tuple(at for at in range(1, self.total + 1) if at not in self._pieces)

    def add(self, frame: Frame) -> None:
        """Take one more. Raises OtherSeries for one that does not belong here."""
        ours = (frame.name, frame.total) == (self._first.name, self.total)
        if not ours or self._pieces.setdefault(frame.number, frame.piece) != frame.piece:
            raise OtherSeries

    def content(self) -> bytes:
        """Return the courier's bytes. Raises Incomplete, or Malformed if they are not whole."""
        if self.missing:
            raise Incomplete
        pieces = [self._pieces[at] for at in range(1, self.total + 1)]
        check(pieces=_even(pieces))
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(b"".join(pieces), CONTENT_LIMIT)
        except zlib.error:
            raise Malformed("does not unpack") from None
        check(whole=unpacking.eof and not unpacking.unused_data)
        check(name=hashlib.sha256(content).digest()[:NAME_SIZE] == self._first.name)
        return content


def _even(pieces: Sequence[bytes]) -> bool:
    size = len(pieces[0])
    return all(len(piece) == size for piece in pieces[:-1]) and len(pieces[-1]) <= size
