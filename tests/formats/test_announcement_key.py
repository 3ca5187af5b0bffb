"""A public announcement key comes back as it was written, and nothing else passes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.announcement_key import KEY_LIMIT, AnnouncementKey, decode_announcement_key
from formats.errors import FormatError, Malformed, TooLarge

KEY = AnnouncementKey("0123456789abcdef" * 2, b"\x07" * 32)
WRITTEN = """{
 "format": "vasistas/announcement-key/1",
 "instance": "0123456789abcdef0123456789abcdef",
 "public_key": "0707070707070707070707070707070707070707070707070707070707070707"
}
"""


def test_a_key_is_written_as_it_always_was() -> None:
    assert KEY.encode().decode() == WRITTEN
    assert decode_announcement_key(WRITTEN.encode()) == KEY


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_a_key_comes_back(instance: bytes, key: bytes) -> None:
    made = AnnouncementKey(instance.hex(), key)
    assert decode_announcement_key(made.encode()) == made


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_announcement_key(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key/1", "key/2"),
        ("announcement-key/1", "station/1"),
        ('"instance": "01', '"instance": "AB'),
        ('"instance": "01', '"instance": "'),
        ("0707", "07"),
        ("0707", "0G07"),
        ("{\n", '{\n "a": 1,\n'),
        ("\n}", "\n} "),
    ],
)
def test_malformed_keys(old: str, new: str) -> None:
    assert old in WRITTEN
    with pytest.raises(Malformed):
        decode_announcement_key(WRITTEN.replace(old, new, 1).encode())


def test_a_key_too_large_is_not_parsed() -> None:
    with pytest.raises(TooLarge):
        decode_announcement_key(bytes(KEY_LIMIT + 1))
