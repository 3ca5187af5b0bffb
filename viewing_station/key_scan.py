"""Reads a backup of keys back: the sealed file itself, a typed text, or pictures of its codes."""

import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from formats.errors import FormatError
from formats.paper import Part, from_lines, from_parts, has_lines, read_part
from viewing_station.errors import KeyBackupRefusedError
from viewing_station.key_backup import MESSAGE_LIMIT

PICTURE_LIMIT = 64 << 20  # bytes (64 MiB): a page, scanned in colour at 600 dpi
PIXELS_LIMIT = 100_000_000  # of one picture: A4 at 1,200 dpi has more, and needs it not
FORMATS = ("PNG", "JPEG", "TIFF")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*")


def read_message(files: Sequence[Path]) -> bytes:
    """Return the sealed message. Raises KeyBackupRefusedError, OSError."""
    contents = [_content(file) for file in files]
    try:
        if all(content.startswith(_PICTURES) for content in contents):
            return from_parts(part for content in contents for part in _parts(content))
        if len(contents) == 1:
            text = contents[0].decode("utf-8", "replace")
            return from_lines(text) if has_lines(text) else contents[0]
    except FormatError as error:
        raise KeyBackupRefusedError(reason=str(error)) from None
    raise KeyBackupRefusedError(reason="give the one file, the one text, or pictures of its codes")


def _content(file: Path) -> bytes:
    with file.open("rb") as source:
        content = source.read(PICTURE_LIMIT + 1)
    is_picture = content.startswith(_PICTURES)
    if content.startswith(b"%PDF"):
        raise KeyBackupRefusedError(reason=f"{file} is a PDF: give pictures of it, PNG or JPEG")
    if len(content) > (PICTURE_LIMIT if is_picture else MESSAGE_LIMIT):
        raise KeyBackupRefusedError(reason=f"{file} is far too large")
    return content


def _parts(picture: bytes) -> Iterator[Part]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
                if image.width * image.height > PIXELS_LIMIT:
                    raise KeyBackupRefusedError(reason="a picture has far too many pixels")
                grey = image.convert("L")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombWarning, SyntaxError):
        raise KeyBackupRefusedError(reason="a picture cannot be read") from None
    for code in zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    ):
        if (part := read_part(code.text)) is not None:
            yield part
