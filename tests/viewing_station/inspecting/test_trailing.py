"""Where a picture ends is found, whatever follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewing_station.inspecting import betraying
from viewing_station.inspecting import trailing

JPEG, PNG = betraying.jpeg(), betraying.png()


@given(st.sampled_from([JPEG, PNG]), st.binary(max_size=200))
def test_the_end_is_where_the_picture_ended(picture: bytes, rest: bytes) -> None:
    assert trailing._end(picture + rest) == len(picture)


@given(st.sampled_from([JPEG, PNG]), st.data())
def test_a_picture_that_was_cut_has_no_end(picture: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(picture) - 1))
    assert trailing._end(picture[:place]) is None


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_noise_ends_within_itself_or_nowhere(noise: bytes, magic: bytes) -> None:
    end = trailing._end(magic + noise)
    assert end is None or end > 0


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"text"])
def test_other_files_have_no_end_that_is_known(content: bytes) -> None:
    assert trailing._end(content) is None
