"""A backup of keys as a sheet to print: QR codes to scan, and lines to type in where scans fail.

What is printed is the sealed message and nothing else; the passphrase belongs elsewhere.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from formats.paper import to_lines, to_parts
from viewing_station.arriving import arriving
from viewing_station.errors import PaperSuffixError

DPI = 200
PAGE = (1654, 2339)  # pixels: A4 at 200 dpi
MARGIN = 130  # pixels: what printers leave white, and room to punch
TEXT_SIZE = 30  # pixels
PITCH = 23  # pixels from one symbol to the next: in columns, so that none is lost
LINE_HEIGHT = 46  # pixels
MODULE = 7  # pixels of one dot of a code: nearly a millimetre, which any scan shows
COLUMNS = 2  # codes beside one another


def check_paper(file: Path) -> None:
    """Raise PaperSuffixError unless the name says what to print."""
    if file.suffix.lower() not in (".pdf", ".txt"):
        raise PaperSuffixError(file=file)


def write_paper(file: Path, message: bytes, desk: str, day: date, *, force: bool) -> None:
    """Write the sheet for a sealed message. Raises FileThereError, OSError."""
    head = [
        f"The secret OpenPGP keys of the desk {desk}, {day.isoformat()}, sealed by a passphrase.",
        "Scan the codes, or type the lines, and give them to: viewing-station key restore FILE",
    ]
    lines = to_lines(message)
    content = "\n".join([*head, "", *lines, ""]).encode()
    if file.suffix.lower() == ".pdf":
        content = _pdf([*_codes(head, message), *_texts(lines)], day)
    with arriving(file, force=force) as sink:
        sink.write(content)


def _pdf(pages: Sequence[Image.Image], day: date) -> bytes:
    """Return the pages as a PDF that tells the day and no time."""
    made = day.timetuple()
    output = io.BytesIO()
    pages[0].save(
        output,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=DPI,
        creationDate=made,
        modDate=made,
    )
    return output.getvalue()


def _codes(head: Sequence[str], message: bytes) -> Iterator[Image.Image]:
    """Yield the pages of codes; the first says above them what they are."""
    codes = [_code(text) for text in to_parts(message)]
    side = max(code.width for code in codes)
    rows = (PAGE[1] - 2 * MARGIN - 3 * LINE_HEIGHT) // side
    for start in range(0, len(codes), rows * COLUMNS):
        page = _page()
        if start == 0:
            _write(page, head, MARGIN, pitch=None)
        for place, code in enumerate(codes[start : start + rows * COLUMNS]):
            row, column = divmod(place, COLUMNS)
            left = MARGIN + column * (PAGE[0] - 2 * MARGIN) // COLUMNS
            page.paste(code, (left, MARGIN + 3 * LINE_HEIGHT + row * side))
        yield page


def _texts(lines: Sequence[str]) -> Iterator[Image.Image]:
    at_once = (PAGE[1] - 2 * MARGIN) // LINE_HEIGHT
    for start in range(0, len(lines), at_once):
        page = _page()
        _write(page, lines[start : start + at_once], MARGIN, pitch=PITCH)
        yield page


def _page() -> Image.Image:
    return Image.new("L", PAGE, 255)


def _code(text: str) -> Image.Image:
    """Draw a QR code: not with segno, which loads modules for networks."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # A grey picture of rows and columns; the library's type says nothing of its buffer.
    drawn = memoryview(cast("bytes", code.to_image(scale=MODULE, add_quiet_zones=True)))
    height, width = cast("tuple[int, int]", drawn.shape)
    return Image.frombytes("L", (width, height), drawn.tobytes())


def _write(page: Image.Image, lines: Sequence[str], top: int, pitch: int | None) -> None:
    """Write lines; with a pitch, symbol by symbol in columns."""
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(TEXT_SIZE)
    for number, line in enumerate(lines):
        y = top + number * LINE_HEIGHT
        if pitch is None:
            draw.text((MARGIN, y), line, fill=0, font=font)
            continue
        for place, symbol in enumerate(line):
            draw.text((MARGIN + place * pitch, y), symbol, fill=0, font=font)
