"""Looks for strings in a file as one would who wants to know: in all that is packed inside it."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator

import pikepdf

DEPTH = 4


def strings_in(content: bytes, wanted: Iterable[str]) -> set[str]:
    """Return those that are in it, in any case, as UTF-8 or UTF-16 of either order."""
    texts = [text for blob in unpacked(content) for text in _texts(blob)]
    return {string for string in wanted if any(string.casefold() in text for text in texts)}


def unpacked(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """Yield the bytes themselves, and what is compressed in them, again and again."""
    yield content
    if depth:
        for inner in _inside(content):
            yield from unpacked(inner, depth - 1)


def _inside(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield "\n".join(archive.namelist()).encode()
            for name in archive.namelist():
                yield archive.read(name)
    elif content.startswith(b"%PDF"):
        yield from _pdf_streams(content)
    elif content.startswith(b"\x89PNG"):
        yield from _png_texts(content)
    else:
        for magic, unpack in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ", lzma)):
            if content.startswith(magic):
                yield unpack.decompress(content)


def _pdf_streams(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for thing in pdf.objects:
            yield repr(thing).encode()
            if isinstance(thing, pikepdf.Stream):
                try:
                    yield thing.read_bytes()
                except pikepdf.PdfError:
                    yield thing.read_raw_bytes()


def _png_texts(content: bytes) -> Iterator[bytes]:
    for kind in (b"zTXt", b"iTXt"):
        place = -1
        while (place := content.find(kind, place + 1)) >= 0:
            size = int.from_bytes(content[place - 4 : place], "big")
            packed = content[place + 4 : place + 4 + size].partition(b"\0")[2].lstrip(b"\0\1")
            try:
                yield zlib.decompress(packed)
            except zlib.error:
                continue


def _texts(blob: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "latin-1"):
        yield blob.decode(encoding, "ignore").casefold()
    for start in (0, 1):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield blob[start:].decode(encoding, "ignore").casefold()
