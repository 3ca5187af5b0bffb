"""Exactly as many bytes as were asked for, or a typed error."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import Malformed
from formats.reading import read_exactly


class Dribble(io.RawIOBase):
    """A stream that gives three bytes at a time, as a slow socket might."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(min(size, 3))


@given(st.binary(max_size=30), st.integers(0, 40))
def test_all_the_bytes_or_an_error(data: bytes, size: int) -> None:
    if size > len(data):
        with pytest.raises(Malformed):
            read_exactly(Dribble(data), size)
    else:
        assert read_exactly(Dribble(data), size) == data[:size]


def test_nothing_more_is_read() -> None:
    source = io.BytesIO(b"abcdef")
    assert read_exactly(source, 4) == b"abcd"
    assert source.read() == b"ef"
