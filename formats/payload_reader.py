"""Reading the archive inside an envelope, as strictly as it was written.

Members lie end to end from the first byte, then comes the directory, then the end records,
and nothing is anywhere else; so no two readings of one archive are possible. zipfile is not
used here: it reads directories of any size into memory and forgives much.
"""

import io
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from formats.errors import Malformed, check
from formats.member import Member
from formats.names import all_distinct
from formats.payload_writer import PADDING_NAME
from formats.reading import Seekable
from formats.zip_directory import IN_EXTRA, STORED, Entry, read_at, read_directory

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Records of APPNOTE.TXT 6.3.10; versions and dates are skipped (`x`).
_LOCAL = struct.Struct("<4s2xHH4xLLLHH")  # 4.3.7
_LOCAL_EXTRA = struct.pack("<HHQQ", 1, 16, 0, 0)  # 4.5.3: both sizes, not yet known
_DESCRIPTOR = struct.Struct("<4sLQQ")  # 4.3.9


class PayloadReader:
    """An archive in `file`, which can seek; it may hold `max_members` members and the padding.

    Raises Malformed on anything that `PayloadWriter` does not write: compressed or encrypted
    members, names that are not safe and distinct, gaps, overlaps, comments, padding that is
    missing or not last. TooLarge past `max_members`. What the padding holds is not looked at:
    it is never opened nor kept, so reading it would cost much and protect nobody.
    """

    def __init__(self, file: Seekable, max_members: int) -> None:
        self._file = file
        entries, end = read_directory(file, max_members + 1)
        check(
            padding=bool(entries) and entries[-1].name == PADDING_NAME,
            names=all_distinct(entry.name for entry in entries),
        )
        position = 0
        for entry in entries:
            check(offset=entry.offset == position)
            position = self._checked_end(entry, end)
        check(directory=position == end)
        self._entries = {entry.name: entry for entry in entries[:-1]}

    def members(self) -> tuple[Member, ...]:
        """Return the members in their order, without the padding."""
        return tuple(Member(entry.name, entry.size) for entry in self._entries.values())

    def open(self, name: str) -> BinaryIO:
        """Return a stream of the member's bytes, which cannot seek.

        At its end it raises Malformed if the bytes do not have their checksum.
        Raises KeyError if there is no such member.
        """
        return io.BufferedReader(_MemberStream(self._file, self._entries[name]))

    def _checked_end(self, entry: Entry, limit: int) -> int:
        """Return where `entry` ends, once its own records say what the directory says."""
        name = entry.name.encode()
        data_start = _data_start(entry)
        data_end = data_start + entry.size
        check(size=data_end + _DESCRIPTOR.size <= limit)
        header = read_at(self._file, entry.offset, data_start - entry.offset)
        descriptor = read_at(self._file, data_end, _DESCRIPTOR.size)
        sizes = (IN_EXTRA, IN_EXTRA, len(name), len(_LOCAL_EXTRA))
        check(
            header=_LOCAL.unpack_from(header) == (b"PK\3\4", entry.flags, STORED, 0, *sizes)
            and header[_LOCAL.size :] == name + _LOCAL_EXTRA,
            descriptor=_DESCRIPTOR.unpack(descriptor)
            == (b"PK\7\10", entry.crc, entry.size, entry.size),
        )
        return data_end + _DESCRIPTOR.size


def _data_start(entry: Entry) -> int:
    return entry.offset + _LOCAL.size + len(entry.name.encode()) + len(_LOCAL_EXTRA)


class _MemberStream(io.RawIOBase):
    """The bytes of one member, read where they lie; several may be read in turn."""

    def __init__(self, file: Seekable, entry: Entry) -> None:
        super().__init__()
        self._file = file
        self._entry = entry
        self._position = 0
        self._crc = 0

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read the next bytes into `buffer`; 0 at the end."""
        view = memoryview(buffer).cast("B")
        self._file.seek(_data_start(self._entry) + self._position)
        data = self._file.read(min(len(view), self._entry.size - self._position)) or b""
        view[: len(data)] = data
        self._position += len(data)
        self._crc = zlib.crc32(data, self._crc)
        if not data and (self._position, self._crc) != (self._entry.size, self._entry.crc):
            raise Malformed("a member is damaged")
        return len(data)
