"""Frames: any bytes, in any order, with any loss told, and nothing but frames taken."""

import base64
import hashlib
import os
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import Malformed
from formats.qr_frames import (
    CONTENT_LIMIT,
    FRAMES_LIMIT,
    HEAD_SIZE,
    MAGIC,
    NAME_SIZE,
    Frame,
    Incomplete,
    OtherSeries,
    Series,
    TooManyFrames,
    decode_frame,
    split,
)

NAME = bytes(range(NAME_SIZE))
ALPHANUMERIC = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:")


def gathered(frames: list[Frame]) -> Series:
    series = Series(frames[0])
    for frame in frames:
        series.add(frame)
    return series


def forged(pieces: list[bytes], name: bytes) -> Series:
    return gathered(
        [Frame(name, at, len(pieces), piece) for at, piece in enumerate(pieces, start=1)]
    )


@given(st.binary(max_size=3000), st.integers(122, 970), st.randoms(use_true_random=False))
def test_any_bytes_come_back_in_any_order_and_twice(
    content: bytes, characters: int, shuffled: random.Random
) -> None:
    texts = [frame.encode() for frame in split(content, characters)]
    assert all(len(text) <= characters and set(text) <= ALPHANUMERIC for text in texts)
    texts += texts[::2]
    shuffled.shuffle(texts)
    series = gathered([decode_frame(text) for text in texts])
    assert series.missing == ()
    assert series.content() == content


@given(st.binary(min_size=600, max_size=3000), st.data())
def test_what_is_missing_is_named(content: bytes, data: st.DataObject) -> None:
    frames = list(split(content, 200))
    kept = data.draw(st.sets(st.sampled_from(frames), min_size=1, max_size=len(frames)))
    series = gathered(list(kept))
    lost = tuple(frame.number for frame in frames if frame not in kept)
    assert series.missing == lost
    if lost:
        with pytest.raises(Incomplete):
            series.content()


def test_the_same_courier_cut_for_another_code_of_as_many_frames_is_cut_alike() -> None:
    content = os.urandom(2000)
    assert split(content, 600) == split(content, 610)


def test_frames_of_two_couriers_do_not_mix() -> None:
    one, other = split(b"a" * 300, 122), split(b"b" * 300, 122)
    with pytest.raises(OtherSeries):
        gathered([one[0], other[0]])
    content = os.urandom(2000)
    with pytest.raises(OtherSeries):  # nor the same one, cut otherwise
        gathered([split(content, 300)[0], split(content, 600)[0]])


def test_two_frames_of_one_number_must_say_the_same() -> None:
    with pytest.raises(OtherSeries):
        gathered([Frame(NAME, 1, 2, b"a"), Frame(NAME, 1, 2, b"b")])


def test_there_are_no_more_frames_than_someone_waits_for() -> None:
    room = 122 * 5 // 8 - HEAD_SIZE
    assert len(split(os.urandom(FRAMES_LIMIT * room - 40), 122)) == FRAMES_LIMIT
    with pytest.raises(TooManyFrames):
        split(os.urandom(FRAMES_LIMIT * room + 1), 122)
    with pytest.raises(TooManyFrames):  # what no reader would unpack is not shown
        split(b"\0" * (CONTENT_LIMIT + 1), 970)
    assert gathered(list(split(b"\0" * CONTENT_LIMIT, 970))).content() == b"\0" * CONTENT_LIMIT


@given(st.text(max_size=200))
def test_no_other_text_is_a_frame(text: str) -> None:
    with pytest.raises(Malformed):
        decode_frame(text)


@given(st.binary(max_size=200))
def test_base32_alone_makes_no_frame(raw: bytes) -> None:
    text = base64.b32encode(raw).decode().rstrip("=")
    with pytest.raises(Malformed):
        decode_frame(text)


def encoded(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


GOOD = MAGIC + NAME + bytes([1, 2]) + b"piece"


@pytest.mark.parametrize(
    "text",
    [
        encoded(GOOD).lower(),
        encoded(GOOD) + "=",
        " " + encoded(GOOD),
        encoded(GOOD) + "\n",
        encoded(GOOD)[:-1] + chr(ord(encoded(GOOD)[-1]) + 1),  # bits that no byte has
        encoded(b"VQ2" + GOOD[3:]),
        encoded(GOOD[:HEAD_SIZE]),
        encoded(MAGIC + NAME + bytes([0, 2]) + b"piece"),
        encoded(MAGIC + NAME + bytes([3, 2]) + b"piece"),
        encoded(MAGIC + NAME + bytes([1, 0]) + b"piece"),
        encoded(MAGIC + NAME + bytes([1, FRAMES_LIMIT + 1]) + b"piece"),
        encoded(GOOD + bytes(4000)),
        "",
        "A",
        "http://example.org/",
        "é",
    ],
)
def test_a_frame_has_one_way_of_writing(text: str) -> None:
    assert decode_frame(encoded(GOOD)) == Frame(NAME, 1, 2, b"piece")
    with pytest.raises(Malformed):
        decode_frame(text)


def named(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:NAME_SIZE]


@pytest.mark.parametrize(
    ("packed", "name"),
    [
        (zlib.compress(b"x" * 99)[:-1], named(b"x" * 99)),
        (zlib.compress(b"x" * 99) + b"more", named(b"x" * 99)),
        (zlib.compress(b"y" * 99), named(b"x" * 99)),
        (b"no zlib at all", NAME),
        (zlib.compress(bytes(CONTENT_LIMIT + 1), 9), named(bytes(CONTENT_LIMIT + 1))),
        (zlib.compress(bytes(CONTENT_LIMIT + 1), 9), named(bytes(CONTENT_LIMIT))),
        (zlib.compress(bytes(300 * CONTENT_LIMIT), 9)[:100_000], NAME),
    ],
    ids=["cut", "longer", "another", "noise", "too large", "a beginning", "bomb"],
)
def test_what_does_not_make_a_whole_is_refused(packed: bytes, name: bytes) -> None:
    half = -(-len(packed) // 2)
    with pytest.raises(Malformed):
        forged([packed[:half], packed[half:]], name).content()


def test_pieces_of_uneven_sizes_are_refused() -> None:
    packed = zlib.compress(b"even")
    with pytest.raises(Malformed):
        forged([packed[:2], packed[2:]], named(b"even")).content()
    with pytest.raises(Malformed):
        forged([packed[:4], packed[4:6], packed[6:]], named(b"even")).content()
