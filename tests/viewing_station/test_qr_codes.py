"""Codes hold what the standard says, and the largest that fits is taken."""

import io
import os

import pytest
import segno
import zxingcpp
from PIL import Image

from formats.qr_frames import HEAD_SIZE, NAME_SIZE, Frame, split
from viewing_station.errors import NoQrError, SmallWindowError
from viewing_station.qr_codes import (
    CAPACITIES,
    QUIET,
    SCALE,
    SCREEN_QUIET,
    frames_for,
    picture,
    side,
    squares,
    version_for_window,
)


def made(characters: int, version: int) -> segno.QRCode:
    return segno.make_qr(
        "A" * characters, version=version, error="m", mode="alphanumeric", boost_error=False
    )


@pytest.mark.parametrize("version", sorted(CAPACITIES))
def test_a_code_holds_so_many_characters_and_no_more(version: int) -> None:
    """As a library other than the station's finds."""
    assert made(CAPACITIES[version], version).symbol_size(border=0) == (side(version),) * 2
    with pytest.raises(segno.DataOverflowError):
        made(CAPACITIES[version] + 1, version)


@pytest.mark.parametrize("version", sorted(CAPACITIES))
def test_a_full_frame_is_drawn_at_its_version(version: int) -> None:
    piece = os.urandom(CAPACITIES[version] * 5 // 8 - HEAD_SIZE)
    frame = Frame(os.urandom(NAME_SIZE), 1, 1, piece)
    assert CAPACITIES[version] - 2 < len(frame.encode()) <= CAPACITIES[version]
    assert len(squares(frame, version)) == side(version) + 2 * SCREEN_QUIET
    with Image.open(io.BytesIO(picture(frame, version))) as drawn:
        assert drawn.size == ((side(version) + 2 * QUIET) * SCALE,) * 2
        [code] = zxingcpp.read_barcodes(drawn.convert("L"))
    assert (code.text, code.ec_level) == (frame.encode(), "M")


@pytest.mark.parametrize(
    ("columns", "rows", "version"), [(240, 65, 20), (60, 200, 9), (200, 21, 5), (101, 51, 20)]
)
def test_the_largest_that_fits_is_taken(columns: int, rows: int, version: int) -> None:
    assert version_for_window(columns, rows) == version
    assert side(version) + 2 * SCREEN_QUIET <= min(columns, 2 * rows)


@pytest.mark.parametrize(("columns", "rows"), [(40, 100), (100, 20), (0, 0), (80, -1)])
def test_a_window_too_small_for_any_is_told(columns: int, rows: int) -> None:
    with pytest.raises(SmallWindowError):
        version_for_window(columns, rows)


def test_around_a_code_is_white() -> None:
    rows = list(squares(split(b"x", 122)[0], 5))
    assert len(rows) == len(rows[0]) == side(5) + 2 * SCREEN_QUIET
    assert {square for row in rows[:2] + rows[-2:] for square in row} == {0}
    assert rows[2][2] == 1


def test_more_than_codes_can_show_is_refused() -> None:
    with pytest.raises(NoQrError):
        frames_for(bytes(2 << 20), 20)
