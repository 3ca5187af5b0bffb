"""Reading a ZIP archive's directory: where it is, and what it says of each member.

Bounded: never more is read than `limit` members can take. Records are those of APPNOTE.TXT
6.3.10; versions, dates and attributes are skipped (`x` below), since nothing rests on them.
"""

import io
import struct
from typing import NamedTuple

from formats.errors import Malformed, TooLarge, check
from formats.names import NAME_LIMIT, can_be_carried
from formats.reading import Seekable, read_exactly

DESCRIPTOR_FLAG = 0x0008  # 4.4.4, bit 3: sizes follow the data
UTF8_FLAG = 0x0800  # 4.4.4, bit 11
STORED = 0  # 4.4.5
IN_EXTRA = 0xFFFFFFFF  # 4.4.8: the number stands in the ZIP64 extra field

_IN_ZIP64_END = 0xFFFF  # 4.4.21: the number stands in the ZIP64 end record
_LONGEST_EXTRA = 28  # bytes: header and three numbers (4.5.3)

_ENTRY = struct.Struct("<4s4xHH4xLLLHHHH6xL")  # 4.3.12
_END = struct.Struct("<4sHHHHLLH")  # 4.3.16
_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
_ZIP64_END = struct.Struct("<4sQ4xLLQQQQ")  # 4.3.14


class Entry(NamedTuple):
    """What the directory says of a member; sizes and offset in bytes."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def flags(self) -> int:
        """The flags that the member has: a data descriptor, and UTF-8 where it is needed."""
        return DESCRIPTOR_FLAG if self.name.isascii() else DESCRIPTOR_FLAG | UTF8_FLAG


class Directory(NamedTuple):
    """A directory's entries, and where in the file it starts."""

    entries: tuple[Entry, ...]
    start: int


class _End(NamedTuple):
    """What an end record says of the directory: entries, bytes, where it starts."""

    entries: int
    size: int
    start: int


def read_directory(file: Seekable, limit: int) -> Directory:
    """Read the directory of an archive of at most `limit` members, which ends where it says.

    Raises TooLarge past `limit`, Malformed for what `PayloadWriter` does not write.
    """
    position, end = _read_end(file)
    if end.entries > limit:
        raise TooLarge("members")
    check(
        directory=end.start + end.size == position
        and end.size <= end.entries * (_ENTRY.size + NAME_LIMIT + _LONGEST_EXTRA)
    )
    data = read_at(file, end.start, end.size)
    entries = []
    position = 0
    for _ in range(end.entries):
        entry, position = _entry(data, position)
        entries.append(entry)
    check(directory=position == len(data))
    return Directory(tuple(entries), end.start)


def read_at(file: Seekable, offset: int, size: int) -> bytes:
    """Return the `size` bytes of `file` at `offset`. Raises Malformed if they are not there."""
    check(offset=offset >= 0)
    file.seek(offset)
    return read_exactly(file, size)


def _read_end(file: Seekable) -> tuple[int, _End]:
    """Return where the end records begin, and what they say."""
    position = file.seek(0, io.SEEK_END) - _END.size
    signature, *disks, count, total, size, start, comment = _END.unpack(
        read_at(file, position, _END.size)
    )
    check(
        end=signature == b"PK\5\6" and count == total and comment == 0,
        disks=disks == [0, 0],
    )
    short = _End(count, size, start)
    locator_at = position - _LOCATOR.size
    locator = read_at(file, locator_at, _LOCATOR.size) if locator_at >= 0 else b""
    if not locator.startswith(b"PK\6\7"):
        return position, short
    position = locator_at - _ZIP64_END.size
    check(locator=_LOCATOR.unpack(locator) == (b"PK\6\7", 0, position, 1))
    return position, _read_zip64_end(file, position, short)


def _read_zip64_end(file: Seekable, position: int, short: _End) -> _End:
    signature, length, *disks, count, total, size, start = _ZIP64_END.unpack(
        read_at(file, position, _ZIP64_END.size)
    )
    check(
        # The length leaves out the signature and itself (4.3.14.1).
        end=signature == b"PK\6\6" and length == _ZIP64_END.size - 12 and count == total,
        disks=disks == [0, 0],
        short=short == (min(count, _IN_ZIP64_END), min(size, IN_EXTRA), min(start, IN_EXTRA)),
    )
    return _End(count, size, start)


def _entry(data: bytes, position: int) -> tuple[Entry, int]:
    """Return the entry at `position`, and where the next one is."""
    name_start = position + _ENTRY.size
    check(directory=name_start <= len(data))
    signature, flags, method, crc, *sizes, name_size, extra_size, comment, disk, offset = (
        _ENTRY.unpack_from(data, position)
    )
    extra_start = name_start + name_size
    end = extra_start + extra_size
    check(
        entry=signature == b"PK\1\2" and comment == 0 and disk == 0 and end <= len(data),
        method=method == STORED,
    )
    compressed, size, offset = _numbers((*sizes, offset), data[extra_start:end])
    entry = Entry(_name(data[name_start:extra_start]), size, crc, offset)
    check(flags=flags == entry.flags, size=size == compressed)
    return entry, end


def _numbers(short: tuple[int, ...], extra: bytes) -> tuple[int, int, int]:
    """Return compressed size, size and offset, those not in `short` from the ZIP64 extra."""
    compressed, size, offset = short
    in_extra = [number == IN_EXTRA for number in (size, compressed, offset)]  # in 4.5.3's order
    count = sum(in_extra)
    header = struct.pack("<HH", 1, 8 * count) if count else b""
    check(extra=extra.startswith(header) and len(extra) == len(header) + 8 * count)
    found = iter(struct.unpack_from(f"<{count}Q", extra, len(header)))
    size = next(found) if in_extra[0] else size
    compressed = next(found) if in_extra[1] else compressed
    offset = next(found) if in_extra[2] else offset
    return compressed, size, offset


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("name is not UTF-8") from None
    check(name=can_be_carried(name))
    return name
