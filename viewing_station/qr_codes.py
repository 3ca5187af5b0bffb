"""A courier's frames as QR codes: which size of code, and its black and white squares."""

import io
from collections.abc import Sequence
from typing import Any

import zxingcpp
from PIL import Image, ImageOps

from formats.qr_frames import Frame, TooManyFrames, split
from viewing_station.errors import NoQrError, SmallWindowError

# Characters that a code of each version holds: alphanumeric mode, error correction M (ISO/IEC
# 18004, table 7). M repairs 15 % of a code: a reflection, a finger, a badly focused corner.
_FROM_5 = (122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970)
CAPACITIES = dict(enumerate(_FROM_5, start=5))
LARGEST = 20  # 97 squares a side: a telephone reads it from a screen at arm's length
QUIET = 4  # squares of white that the standard wants around a code
SCREEN_QUIET = 2  # squares, in a window, where each counts; readers are content with it
SCALE = 8  # pixels a square: 840 in all for the largest, fit for any screen

Squares = Sequence[Sequence[int]]  # rows of 0 (white) and 1 (black), quiet zone included


def side(version: int) -> int:
    """Return how many squares a code of this version has on a side, quiet zone excluded."""
    return 17 + 4 * version


def frames_for(content: bytes, version: int) -> tuple[Frame, ...]:
    """Cut a courier for codes of this version. Raises NoQrError."""
    try:
        return split(content, CAPACITIES[version])
    except TooManyFrames:
        raise NoQrError from None


def version_for_window(columns: int, rows: int) -> int:
    """Return the largest version of which a code fits, two squares to a row of characters.

    Raises SmallWindowError.
    """
    room = min(columns, 2 * rows) - 2 * SCREEN_QUIET
    fitting = [version for version in CAPACITIES if side(version) <= room]
    if not fitting:
        raise SmallWindowError
    return max(fitting)


def squares(frame: Frame, version: int) -> Squares:
    """Draw a frame's code for a window."""
    pixels, wide = _code(frame, version), side(version)
    lines = [pixels[at : at + wide] for at in range(0, len(pixels), wide)]
    bare = [[int(pixel == 0) for pixel in line] for line in lines]
    white = [0] * SCREEN_QUIET
    rows = [[*white, *row, *white] for row in bare]
    above = [[0] * len(rows[0])] * SCREEN_QUIET
    return [*above, *rows, *above]


def picture(frame: Frame, version: int) -> bytes:
    """Draw a frame's code as a PNG."""
    bare = Image.frombytes("L", (side(version),) * 2, _code(frame, version))
    whole = ImageOps.expand(bare, QUIET, fill=255)
    drawn = io.BytesIO()
    large = whole.resize((whole.width * SCALE,) * 2, Image.Resampling.NEAREST)
    large.convert("1").save(drawn, "PNG")
    return drawn.getvalue()


def _code(frame: Frame, version: int) -> bytes:
    """Return a code's pixels, one a square, 0 for black.

    By zxing-cpp, since segno, which the pages use, imports what reaches a network.
    """
    code = zxingcpp.create_barcode(
        frame.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", version=version
    )
    drawn: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer; its stubs do not say so
    return memoryview(drawn).tobytes()
