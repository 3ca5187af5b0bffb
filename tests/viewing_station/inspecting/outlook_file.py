"""Writes small Outlook messages: a compound file ([MS-CFB]) with an e-mail's properties in it."""

import struct
from dataclasses import dataclass

SECTOR, SMALL = 512, 64
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
NONE = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
UNICODE, BINARY = 0x001F, 0x0102


@dataclass
class Entry:
    name: str
    kind: int
    content: bytes = b""
    children: tuple["Entry", ...] = ()


def outlook_message(properties: dict[int, str], recipients: list[tuple[str, str]]) -> bytes:
    """Return a message with these text properties, by MAPI id."""
    people = tuple(
        Entry(
            f"__recip_version1.0_#{number:08X}",
            STORAGE,
            children=_storage({0x3001: name, 0x3003: address, 0x39FE: address}, header=8),
        )
        for number, (name, address) in enumerate(recipients)
    )
    names = Entry("__nameid_version1.0", STORAGE)
    return compound((*_storage(properties, header=32), *people, names))


def _storage(properties: dict[int, str], header: int) -> tuple[Entry, ...]:
    table, streams = b"\0" * header, []
    for pid, text in properties.items():
        content = text.encode("utf-16-le")
        table += struct.pack("<HHIII", UNICODE, pid, 6, len(content) + 2, 0)
        streams.append(Entry(f"__substg1.0_{pid:04X}{UNICODE:04X}", STREAM, content))
    return (Entry("__properties_version1.0", STREAM, table), *streams)


def compound(children: tuple[Entry, ...]) -> bytes:
    """Return a compound file; its streams all lie in the mini stream, as short ones do."""
    entries: list[tuple[Entry, int, int]] = []  # the entry, its first child, its next sibling
    mini, mini_fat = bytearray(), []
    starts: dict[int, int] = {}

    def add(level: tuple[Entry, ...]) -> int:
        """Add siblings as a tree that is a list; return the first's place."""
        first = NONE
        for entry in reversed(level):
            child = add(entry.children) if entry.children else NONE
            entries.append((entry, child, first))
            first = len(entries)  # the root comes before all of them
            if entry.content:
                starts[first] = len(mini_fat)
                count = -(-len(entry.content) // SMALL)
                mini.extend(entry.content.ljust(count * SMALL, b"\0"))
                begin = len(mini_fat)
                mini_fat.extend([*range(begin + 1, begin + count), END])
        return first

    top = add(children)
    directory = _entry("Root Entry", ROOT, top, NONE, 0, len(mini))
    for place, (entry, child, sibling) in enumerate(entries, start=1):
        start = starts.get(place, END if entry.kind == STREAM else 0)
        directory += _entry(entry.name, entry.kind, child, sibling, start, len(entry.content))
    return _file(directory, bytes(mini), mini_fat)


def _entry(name: str, kind: int, child: int, sibling: int, start: int, size: int) -> bytes:  # noqa: PLR0913, PLR0917
    wide = (name + "\0").encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
    return head + struct.pack("<III16xI8x8xIQ", NONE, sibling, child, 0, start, size)


def _file(directory: bytes, mini: bytes, mini_fat: list[int]) -> bytes:
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    parts = [_padded(directory), _padded(mini), _padded(table, b"\xff")]
    fat: list[int] = []
    begins = []
    for part in parts:
        begins.append(len(fat))
        count = len(part) // SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), END] if count else []
    place = len(fat)
    fat.append(FAT)
    parts[0] = _rooted(parts[0], begins[1])
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, 1, begins[0], 0, 4096)
    header += struct.pack("<IIII", begins[2], len(parts[2]) // SECTOR, END, 0)
    header += struct.pack("<109I", place, *[FREE] * 108)
    body = b"".join(parts)
    return header + body + struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")


def _padded(content: bytes, filling: bytes = b"\0") -> bytes:
    return content.ljust(-(-len(content) // SECTOR) * SECTOR, filling)


def _rooted(directory: bytes, start: int) -> bytes:
    """Write where the mini stream begins into the root's entry."""
    return directory[:116] + struct.pack("<I", start) + directory[120:]
