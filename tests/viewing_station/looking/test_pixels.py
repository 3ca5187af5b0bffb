"""Whatever the sandbox prints is pages within their bounds, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.looking import pixels
from viewing_station.looking.pixels import (
    SIDE_LIMIT,
    NothingDrawnError,
    NotPixelsError,
    Raster,
    RasterReader,
    TooManyPagesError,
)


def page(width: int, height: int, filling: int = 7) -> bytes:
    return b"P6\n%d %d\n255\n" % (width, height) + bytes([filling]) * (width * height * 3)


def read(stream: bytes, piece: int = 1 << 16) -> list[Raster]:
    pages: list[Raster] = []
    reader = RasterReader(pages.append)
    for at in range(0, len(stream), piece):
        reader.take(stream[at : at + piece])
    reader.finish()
    return pages


sizes = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))


@given(st.lists(sizes, min_size=1, max_size=5), st.integers(1, 500))
def test_pages_come_out_as_they_went_in_however_the_stream_is_cut(
    wanted: list[tuple[int, int, int]], piece: int
) -> None:
    pages = read(b"".join(page(*size) for size in wanted), piece)
    assert [(p.width, p.height, p.pixels) for p in pages] == [
        (width, height, bytes([filling]) * (width * height * 3))
        for width, height, filling in wanted
    ]


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda b: b"P6\n3 3\n255\n" + b))
def test_any_bytes_are_pages_of_just_their_size_or_are_refused(stream: bytes) -> None:
    try:
        pages = read(stream)
    except (NotPixelsError, NothingDrawnError):
        return
    assert pages
    for raster in pages:
        assert 0 < raster.width <= SIDE_LIMIT
        assert 0 < raster.height <= SIDE_LIMIT
        assert len(raster.pixels) == raster.width * raster.height * 3


@pytest.mark.parametrize(
    "stream",
    [
        b"P6\n2 2\n255\n" + bytes(11),
        page(2, 2) + b"x",
        page(2, 2) + b"P6\n",
        b"P5\n2 2\n255\n" + bytes(12),
        b"P6\n0 2\n255\n",
        b"P6\n2 4001\n255\n",
        b"P6\n-2 2\n255\n" + bytes(12),
        b"P6\n2 2\n65535\n" + bytes(24),
        b"P6\n99999999999 2\n255\n",
        b"P6\n# a comment\n2 2\n255\n" + bytes(12),
        "P6\n٢ 2\n255\n".encode() + bytes(99),
    ],
)
def test_what_is_no_page_is_refused(stream: bytes) -> None:
    with pytest.raises(NotPixelsError, match="may be trying something"):
        read(stream)


def test_a_stream_without_end_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "PAGES_LIMIT", 3)
    with pytest.raises(TooManyPagesError, match="more than 3 pages"):
        read(page(1, 1) * 4)


def test_a_page_is_passed_on_before_the_next_comes() -> None:
    seen: list[Raster] = []
    reader = RasterReader(seen.append)
    reader.take(page(3, 3) + b"P6\n")
    assert len(seen) == 1


def test_a_stream_of_nothing_is_no_attack() -> None:
    with pytest.raises(NothingDrawnError, match="damaged, or has no pages"):
        read(b"")
