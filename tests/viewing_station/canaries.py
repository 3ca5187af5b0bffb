"""Looks for words in all that lies in a folder: as they are, in other codings, and compressed."""

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.journey.traces import needles_of

LOOKED_AT = 1 << 20  # bytes of what comes out


def _zip_member(data: bytes) -> bytes:
    name, extra = (int.from_bytes(data[at : at + 2], "little") for at in (26, 28))
    return zlib.decompressobj(-15).decompress(data[30 + name + extra :], LOOKED_AT)


BEGINNINGS: dict[bytes, Callable[[bytes], bytes]] = {
    rb"\x1f\x8b\x08": lambda data: zlib.decompressobj(31).decompress(data, LOOKED_AT),
    rb"\x78[\x01\x5e\x9c\xda]": lambda data: zlib.decompressobj().decompress(data, LOOKED_AT),
    rb"PK\x03\x04": _zip_member,
    rb"BZh[1-9]": lambda data: bz2.BZ2Decompressor().decompress(data, LOOKED_AT),
    rb"\xfd7zXZ\x00": lambda data: lzma.LZMADecompressor().decompress(data, LOOKED_AT),
}


def found_in(folder: Path, texts: Iterable[str]) -> list[tuple[Path, bytes]]:
    """Return each file that holds one of the texts, in its name or in its bytes."""
    needles = needles_of(texts)
    needles |= {text.encode("utf-16-be").lower() for text in texts}
    return [
        (path, needle)
        for path in folder.rglob("*")
        for haystack in _haystacks(path)
        for needle in needles
        if needle in haystack
    ]


def _haystacks(path: Path) -> Iterator[bytes]:
    yield path.name.encode().lower()
    if not path.is_file():
        return
    data = path.read_bytes()
    yield data.lower()
    for beginning, unpack in BEGINNINGS.items():
        for place in re.finditer(beginning, data):
            try:
                yield unpack(data[place.start() :]).lower()
            except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
                continue
