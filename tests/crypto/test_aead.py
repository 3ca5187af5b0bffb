import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import aead
from crypto.errors import BadBox
from crypto.secret import Key

KEY = Key(bytes(32))


@given(st.binary(max_size=500), st.binary(max_size=50))
def test_a_box_opens_under_its_key_and_context_only(data: bytes, context: bytes) -> None:
    box = aead.seal(KEY, context, data)
    assert len(box) == len(data) + aead.OVERHEAD
    assert aead.open_box(KEY, context, box) == data
    with pytest.raises(BadBox):
        aead.open_box(KEY, context + b"x", box)
    with pytest.raises(BadBox):
        aead.open_box(Key(bytes([1]) * 32), context, box)


@given(st.binary(max_size=100))
def test_no_bytes_open_by_chance(box: bytes) -> None:
    with pytest.raises(BadBox):
        aead.open_box(KEY, b"", box)


def test_two_boxes_of_one_thing_are_unlike() -> None:
    assert aead.seal(KEY, b"", b"data") != aead.seal(KEY, b"", b"data")
