import pytest
from hypothesis import given
from hypothesis import strategies as st

from journalist_app.ranges import Unsatisfiable, asked_part

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("items=0-1", None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-999", (0, 1000)),
        ("bytes=0-5000", (0, 1000)),
        ("bytes=500-", (500, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("Bytes=1-2", (1, 3)),
    ],
)
def test_a_part_is_read(header: str | None, part: tuple[int, int] | None) -> None:
    assert asked_part(header, SIZE) == part


@pytest.mark.parametrize(
    "header",
    ["bytes=1000-", "bytes=2-1", "bytes=0-1,5-6", "bytes=", "bytes=a-b", "bytes=-0", "bytes=--1"],
)
def test_anything_else_cannot_be_given(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked_part(header, SIZE)


@given(st.text().map("bytes={}".format), st.integers(min_value=1, max_value=1 << 50))
def test_any_header_gives_a_part_inside_the_file_or_none(header: str, size: int) -> None:
    try:
        part = asked_part(header, size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part[0] < part[1] <= size
