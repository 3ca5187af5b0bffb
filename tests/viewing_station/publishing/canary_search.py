"""Looks for strings in an export: as they are, in UTF-16, and within what can be unpacked."""

import base64
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pikepdf


def found_in(folder: Path, canaries: Mapping[str, str]) -> list[str]:
    """Name the canaries that stand in a folder: in names, in files, or in the files' layers."""
    hits = []
    for path in [folder, *folder.rglob("*")]:
        layers = [path.name.encode() if path != folder else b""]
        if path.is_file():
            layers += unpacked(path.read_bytes())
        for name, canary in canaries.items():
            if any(form in layer.lower() for layer in layers for form in forms(canary)):
                hits.append(f"{name} in {path.name}")
    return hits


def forms(text: str) -> Iterator[bytes]:
    """Yield what a string can look like, in lower case."""
    lower = text.lower()
    for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
        for case in (lower, text.upper()):  # bytes know no upper case past ASCII
            yield case.encode(encoding, errors="replace").lower()
    if set(lower) <= set("0123456789abcdef") and len(lower) % 2 == 0:
        raw = bytes.fromhex(lower)
        yield raw.lower()
        yield base64.b64encode(raw).lower().rstrip(b"=")[:-2]


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the bytes, and those of every archive member and stream within."""
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment
            for entry in archive.infolist():
                yield entry.filename.encode() + entry.comment + entry.extra
                yield from unpacked(archive.read(entry))
    elif content.startswith(b"%PDF-"):
        yield from _streams(content)
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                yield f"{member.name} {member.uname} {member.gname}".encode()
                yield from unpacked(tar.extractfile(member).read())
    elif content[:2] in {b"\x78\x9c", b"\x78\xda", b"\x78\x01"}:
        yield zlib.decompress(content)


def _streams(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                yield thing.read_raw_bytes()
                with suppress(pikepdf.PdfError):  # pixels stay as their own format has them
                    yield thing.read_bytes()
            yield repr(thing).encode()
