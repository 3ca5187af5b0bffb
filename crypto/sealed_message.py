"""Looks at an OpenPGP message from outside, without a key: is it one, is it whole, is that all.

As `crypto.envelope` makes them: hidden recipients, then one SEIPD packet whose parts end where the
file ends. What is inside stays unknown; that nothing is missing behind it does not.
"""

import hashlib

from crypto.errors import BadPackets
from crypto.packets import HeadSplitter, read_header

_TAG = b"\xd2"  # of SEIPD, new format
_HEADER_MOST = 6  # bytes of a packet's header at most
_PART, _LONG = 224, 255  # from where to where a first octet is the length of a part
_LEAST_BODY = 1 + 18 + 22  # bytes: version, prefix, MDC (RFC 4880, sections 5.13 and 5.14)


class SealedMessage:
    """Takes a message in pieces; `finish` says whether it was one. Counts and hashes it."""

    def __init__(self) -> None:
        self._splitter = HeadSplitter()
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._body = 0  # bytes of the body, its lengths not counted
        self._left = 0  # bytes of the part at hand
        self._last = False  # whether that part is the last
        self._waiting = b""  # the beginning of a length
        self._begun = False

    @property
    def size(self) -> int:
        """Its size in bytes, so far."""
        return self._size

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes so far, in hex."""
        return self._sha256.hexdigest()

    @property
    def recipients(self) -> int:
        """To how many keys it is sealed."""
        return self._splitter.recipients

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `BadPackets`."""
        self._size += len(chunk)
        self._sha256.update(chunk)
        rest = self._splitter.feed(chunk)
        at, end = 0, len(rest)
        while at < end:
            if self._left:
                taken = min(self._left, end - at)
                self._left -= taken
                self._body += taken
                at += taken
            elif self._begun and not self._waiting and not self._last and _PART <= rest[at] < _LONG:
                self._left = 1 << (rest[at] & 0x1F)  # RFC 4880, section 4.2.2.4
                at += 1
            else:
                at += self._length(rest[at : at + _HEADER_MOST])

    def finish(self) -> None:
        """Raise `BadPackets` unless the message has ended, and ended well."""
        self._splitter.finish()
        if self._left or self._waiting or not self._last:
            raise BadPackets("it is cut short")
        if self._body < _LEAST_BODY:
            raise BadPackets("its body is too short")

    def _length(self, data: bytes) -> int:
        """Read the next length, as far as it is there; return how many bytes of it came now."""
        if self._last:
            raise BadPackets("something follows the message")
        known, self._waiting = self._waiting, self._waiting + data
        # A length of a part is written as that of a packet is, but for the tag before it.
        tag = b"" if not self._begun else _TAG
        header = read_header(tag + self._waiting)
        if header is None:
            return len(data)
        if not self._begun and not self._waiting[0] & 0x40:
            raise BadPackets("a length of the old kind")
        first = self._waiting[1 - len(tag)]
        self._last = header.length is not None
        self._left = header.length if header.length is not None else 1 << (first & 0x1F)
        self._begun, self._waiting = True, b""
        return header.size - len(tag) - len(known)
