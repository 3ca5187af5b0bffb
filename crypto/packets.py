"""OpenPGP packets, as far as an envelope has any: its head, and where its body begins.

An envelope is RFC 4880 (sections 4.2, 5.1 and 5.13): PKESK packets of version 3, the *head*, then
one SEIPD packet of version 1, the *body*. Anything else is refused, and so is a PKESK that names
its recipient. Bytes in, bytes out; the bounds stand here because a head is kept in a row.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crypto.errors import BadPackets

MAX_RECIPIENTS = 64  # keys of one envelope; a desk has a handful
MAX_PKESK_SIZE = 2080  # bytes of a packet's body: RSA of 16,384 bits, and room for its fields
PREFIX_SIZE = 18  # bytes: a block of AES and two more
BODY_BEGINNING = 6 + 1 + PREFIX_SIZE  # bytes: the longest header, a version, the prefix

_PKESK_TAG = 1
_SEIPD_TAG = 18
_PKESK_VERSION = 3
_SEIPD_VERSION = 1
_HIDDEN_KEY_ID = bytes(8)  # RFC 4880, section 5.1: "speculative" key id
_NO_BODY = bytes((0xC0 | _SEIPD_TAG, 1, _SEIPD_VERSION))  # a body's packet with nothing in it
_ALGORITHMS = (1, 18)  # RSA; ECDH (RFC 6637)


class Header(NamedTuple):
    """The head of one packet; `length` is None where its body is in parts or open-ended."""

    tag: int
    size: int
    length: int | None


def read_header(data: bytes | bytearray) -> Header | None:
    """Read the packet header that `data` begins with, or return None if more bytes are needed.

    Raises `BadPackets` on what begins no packet (RFC 4880, section 4.2).
    """
    if not data:
        return None
    first = data[0]
    if not first & 0x80:
        raise BadPackets("no OpenPGP packet begins here")
    return _read_new_header(data) if first & 0x40 else _read_old_header(data)


def _read_new_header(data: bytes | bytearray) -> Header | None:
    tag = data[0] & 0x3F
    if len(data) < 2:  # noqa: PLR2004 - the tag and the first octet of the length
        return None
    first = data[1]
    if first < 192:  # noqa: PLR2004 - section 4.2.2.1
        return Header(tag, 2, first)
    if 224 <= first < 255:  # noqa: PLR2004 - section 4.2.2.4
        return Header(tag, 2, None)
    size = 3 if first < 224 else 6  # noqa: PLR2004 - sections 4.2.2.2 and 4.2.2.3
    if len(data) < size:
        return None
    if size == 3:  # noqa: PLR2004 - section 4.2.2.2
        return Header(tag, size, ((first - 192) << 8) + data[2] + 192)
    return Header(tag, size, int.from_bytes(data[2:size], "big"))


def _read_old_header(data: bytes | bytearray) -> Header | None:
    tag = (data[0] >> 2) & 0x0F
    length_type = data[0] & 0x03
    if length_type == 3:  # noqa: PLR2004 - section 4.2.1: indeterminate
        return Header(tag, 1, None)
    size = 1 + (1 << length_type)
    if len(data) < size:
        return None
    return Header(tag, size, int.from_bytes(data[1:size], "big"))


def packet_tags(data: bytes) -> Iterator[int]:
    """Yield the tag of each packet of a key file; raise `BadPackets` where it is not whole."""
    at = 0
    while at < len(data):
        header = read_header(data[at : at + 6])
        if header is None or header.length is None:
            raise BadPackets("a packet without its length")
        yield header.tag
        at += header.size + header.length
        if at > len(data):
            raise BadPackets("a packet is cut short")


class HeadSplitter:
    """Parts an envelope that arrives in pieces into its head and its body."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._head = bytearray()
        self._recipients = 0
        self._in_body = False

    @property
    def head(self) -> bytes:
        """The PKESK packets read so far."""
        return bytes(self._head)

    @property
    def recipients(self) -> int:
        """How many PKESK packets the head has."""
        return self._recipients

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that belong to the body. Raises `BadPackets`."""
        if self._in_body:
            return chunk
        self._waiting += chunk
        while self._take_packet():
            pass
        if not self._in_body:
            return b""
        body = bytes(self._waiting)
        self._waiting.clear()
        return body

    def finish(self) -> None:
        """Raise `BadPackets`, which is a `SealFailed`, if no body was seen."""
        if not self._in_body:
            raise BadPackets("no encrypted packet")

    def _take_packet(self) -> bool:
        """Move one PKESK to the head. False when there is none, or not yet the whole of it."""
        header = read_header(self._waiting)
        if header is None:
            return False
        if header.tag == _SEIPD_TAG:
            self._begin_body(header)
            return False
        end = self._pkesk_end(header)
        if len(self._waiting) < end:
            return False
        _check_pkesk(self._waiting[header.size : end])
        self._head += self._waiting[:end]
        self._recipients += 1
        del self._waiting[:end]
        return True

    def _pkesk_end(self, header: Header) -> int:
        if header.tag != _PKESK_TAG:
            raise BadPackets("an envelope has no such packet")
        if header.length is None or header.length > MAX_PKESK_SIZE:
            raise BadPackets("a head's packet is too long")
        if self._recipients == MAX_RECIPIENTS:
            raise BadPackets("the head has too many packets")
        return header.size + header.length

    def _begin_body(self, header: Header) -> None:
        if not self._recipients:
            raise BadPackets("a body without a head")
        if len(self._waiting) <= header.size:
            return
        if self._waiting[header.size] != _SEIPD_VERSION:
            raise BadPackets("the body is of another version")
        self._in_body = True


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Part a whole envelope into head and body; raise `BadPackets`."""
    splitter = HeadSplitter()
    body = splitter.feed(message)
    splitter.finish()
    return splitter.head, body


def count_recipients(head: bytes) -> int:
    """Return how many PKESK packets a head has; raise `BadPackets` unless it is one, whole."""
    splitter = HeadSplitter()
    splitter.feed(head + _NO_BODY)
    splitter.finish()
    if splitter.head != head:
        raise BadPackets("something follows the head")
    return splitter.recipients


def body_prefix(beginning: bytes) -> bytes:
    """Return the encrypted prefix, 18 bytes, of a body by its first `BODY_BEGINNING` bytes.

    RFC 4880, section 5.13: it follows the packet's header and the version octet, and is its first
    block of random octets with the last two of them again. Raises `BadPackets`.
    """
    header = read_header(beginning)
    if header is None or header.tag != _SEIPD_TAG or beginning[header.size :][:1] != b"\x01":
        raise BadPackets("no body begins here")
    start = header.size + 1
    prefix = beginning[start : start + PREFIX_SIZE]
    if len(prefix) < PREFIX_SIZE:
        raise BadPackets("the body is too short")
    return prefix


def _check_pkesk(body: bytes | bytearray) -> None:
    """Raise `BadPackets` unless it is a version 3 PKESK to a hidden recipient."""
    version, key_id, algorithm = body[:1], body[1:9], body[9:10]
    if version != bytes([_PKESK_VERSION]):
        raise BadPackets("a head's packet is of another version")
    if key_id != _HIDDEN_KEY_ID:
        raise BadPackets("the envelope names its recipient")
    if not algorithm or algorithm[0] not in _ALGORITHMS:
        raise BadPackets("the envelope is sealed with another algorithm")
