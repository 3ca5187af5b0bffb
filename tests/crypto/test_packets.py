from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadPackets, SealFailed
from crypto.packets import (
    BODY_BEGINNING,
    HeadSplitter,
    body_prefix,
    count_recipients,
    packet_tags,
    split_message,
)

Vectors = Callable[[str], Any]


def test_envelopes_are_parted_as_the_vectors_say(vectors: Vectors) -> None:
    for name, case in vectors("packets")["valid"].items():
        head, body = bytes.fromhex(case["head"]), bytes.fromhex(case["body"])
        assert split_message(head + body) == (head, body), name


@pytest.mark.parametrize("size", [1, 2, 3, 7, 95, 96, 97])
def test_pieces_make_no_difference(vectors: Vectors, size: int) -> None:
    for name, case in vectors("packets")["valid"].items():
        message = bytes.fromhex(case["head"] + case["body"])
        splitter = HeadSplitter()
        pieces = [message[at : at + size] for at in range(0, len(message), size)]
        body = b"".join(map(splitter.feed, pieces))
        splitter.finish()
        assert (splitter.head.hex(), body.hex()) == (case["head"], case["body"]), name


def test_malformed_envelopes_are_refused(vectors: Vectors) -> None:
    for name, message in vectors("packets")["malformed"].items():
        with pytest.raises(BadPackets):
            pytest.fail(f"{name}: {split_message(bytes.fromhex(message))!r}")


def test_malformed_envelopes_are_refused_octet_by_octet(vectors: Vectors) -> None:
    for message in vectors("packets")["malformed"].values():
        splitter = HeadSplitter()
        octets = (bytes([octet]) for octet in bytes.fromhex(message))
        with pytest.raises(SealFailed):
            _feed_all(splitter, octets)


def test_recipients_are_counted(vectors: Vectors) -> None:
    splitter = HeadSplitter()
    case = vectors("packets")["valid"]["as many keys as may be"]
    splitter.feed(bytes.fromhex(case["head"] + case["body"]))
    assert splitter.recipients == 64


def _feed_all(splitter: HeadSplitter, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        splitter.feed(piece)
    splitter.finish()


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_no_bytes_break_the_splitter(pieces: list[bytes]) -> None:
    splitter = HeadSplitter()
    try:
        body = b"".join(map(splitter.feed, pieces))
        splitter.finish()
    except BadPackets:
        return
    assert splitter.head + body == b"".join(pieces)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_walk(data: bytes) -> None:
    try:
        tags = list(packet_tags(data))
    except BadPackets:
        return
    assert all(0 <= tag < 64 for tag in tags)


def test_a_walk_tells_tags_and_refuses_what_is_cut(vectors: Vectors) -> None:
    case = vectors("packets")["valid"]["new headers"]
    message = bytes.fromhex(case["head"] + case["body"])
    assert list(packet_tags(message)) == [1, 1, 18]
    for end in (1, 5, len(message) - 1):
        with pytest.raises(BadPackets):
            list(packet_tags(message[:end]))


def test_the_recipients_of_a_head_alone_are_counted(vectors: Vectors) -> None:
    for name, case in vectors("packets")["valid"].items():
        head, body = bytes.fromhex(case["head"]), bytes.fromhex(case["body"])
        assert count_recipients(head) >= 1, name
        for other in (b"", head[:-1], head[1:], head + b"\0", head + body, head + b"\xd2\x01\x01"):
            with pytest.raises(BadPackets):
                count_recipients(other)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_counting_nor_the_prefix(data: bytes) -> None:
    for read in (count_recipients, body_prefix):
        try:
            read(data)
        except BadPackets:
            continue


@pytest.mark.parametrize("header", ["d2ff00010000", "d2ed", "d233", "d2c200", "cb"])
def test_the_prefix_follows_header_and_version(header: str) -> None:
    beginning = (bytes.fromhex(header) + b"\x01" + bytes(range(30)))[:BODY_BEGINNING]
    if header == "cb":  # another packet
        with pytest.raises(BadPackets):
            body_prefix(beginning)
        return
    assert body_prefix(beginning) == bytes(range(18))


def test_a_body_cut_within_its_prefix_and_one_of_another_version_have_none() -> None:
    for beginning in (b"", b"\xd2", b"\xd2\xed\x01" + bytes(17), b"\xd2\xed\x02" + bytes(18)):
        with pytest.raises(BadPackets):
            body_prefix(beginning)
