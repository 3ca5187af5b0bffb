"""Sizes fall into their classes, and replies come back from theirs."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.padding import (
    FILES_CLASS,
    KIB,
    LARGEST_REPLY,
    LETTER_CLASS,
    REPLY_CLASS,
    files_class,
    letter_class,
    pad_reply,
    padme,
    reply_class,
    unpad_reply,
)

sizes = st.integers(min_value=0, max_value=1 << 42)


def padme_of_the_paper(length: int) -> int:
    """Algorithm 1 of the PURBs paper, word for word."""
    e = math.floor(math.log2(length))
    s = math.floor(math.log2(e)) + 1
    last_bits = e - s
    bit_mask = (1 << last_bits) - 1
    return (length + bit_mask) & ~bit_mask


@given(st.integers(min_value=2, max_value=1 << 42))
def test_padme_is_the_papers(size: int) -> None:
    assert padme(size) == padme_of_the_paper(size)


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 0), (1, 1), (2, 2), (8, 8), (9, 10), (1000, 1024), (1025, 1088), (10**9, 1006632960)],
)
def test_padme_known_answers(size: int, padded: int) -> None:
    assert padme(size) == padded


@given(sizes)
def test_padme_costs_at_most_twelve_percent(size: int) -> None:
    assert size <= padme(size) <= size * 1.12 + 1


@given(sizes)
def test_files_class_is_a_class_and_holds_the_size(size: int) -> None:
    padded = files_class(size)
    assert padded >= max(size, FILES_CLASS)
    assert files_class(padded) == padded


@given(sizes)
def test_letter_class_is_the_next_doubling(size: int) -> None:
    padded = letter_class(size)
    assert padded >= max(size, LETTER_CLASS)
    assert padded == LETTER_CLASS or padded // 2 < size
    assert padded % LETTER_CLASS == 0
    assert (padded // LETTER_CLASS).bit_count() == 1


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 16), (1, 16), (16 * KIB, 16), (16 * KIB + 1, 32), (32 * KIB, 32), (65 * KIB, 128)],
)
def test_letter_class_known_answers(size: int, padded: int) -> None:
    assert letter_class(size) == padded * KIB


@pytest.mark.parametrize(("size", "padded"), [(0, 4), (4095, 4), (4096, 8), (8191, 8), (8192, 16)])
def test_reply_class_leaves_room_for_the_mark(size: int, padded: int) -> None:
    assert reply_class(size) == padded * KIB


@pytest.mark.parametrize("classes", [letter_class, files_class, reply_class, padme])
def test_no_size_is_negative(classes: Callable[[int], int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        classes(-2)


@given(st.binary(max_size=LARGEST_REPLY - 1))
def test_a_padded_reply_has_its_class_and_comes_back(content: bytes) -> None:
    padded = pad_reply(content)
    assert len(padded) == reply_class(len(content))
    assert unpad_reply(padded) == content


@pytest.mark.parametrize("size", [0, 4095, 4096, 8191, 8192, LARGEST_REPLY - 1])
def test_replies_at_the_edges_come_back(size: int) -> None:
    content = b"\x80" * size
    assert unpad_reply(pad_reply(content)) == content


def test_a_reply_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        pad_reply(bytes(LARGEST_REPLY))


@given(st.binary(max_size=9000))
def test_any_bytes_unpad_to_a_value_or_a_typed_error(data: bytes) -> None:
    try:
        content = unpad_reply(data)
    except FormatError:
        return
    assert pad_reply(content) == data


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b"\x80",
        bytes(REPLY_CLASS),
        b"a" * REPLY_CLASS,
        b"a" * 100 + b"\x80" + bytes(REPLY_CLASS - 102),
        b"a" * 100 + b"\x80" + bytes(REPLY_CLASS - 100),
        b"a" * 100 + b"\x80" + bytes(2 * REPLY_CLASS - 101),
        b"a" * (2 * LARGEST_REPLY - 1) + b"\x80",
    ],
    ids=["empty", "mark", "zeros", "no mark", "short", "long", "class too large", "too large"],
)
def test_bytes_that_are_no_padded_reply(padded: bytes) -> None:
    with pytest.raises(Malformed):
        unpad_reply(padded)
