"""A message judged from outside: whole, cut, with something behind it, or none at all."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.envelope import EnvelopeSeal
from crypto.errors import BadPackets
from crypto.sealed_message import SealedMessage
from tests.crypto.gnupg_home import GnupgHome

DAY = dt.date(2026, 11, 20)
SIZES = (0, 1, 8_000, 100_000, 1_000_003)


@pytest.fixture(scope="module")
def messages() -> Iterator[list[bytes]]:
    home = GnupgHome()
    key = home.public(home.make_key("Admin", "cv25519", clock="20260101T000000"))
    yield [sealed(key, size, home.path) for size in SIZES]
    home.close()


def sealed(key: str, size: int, scratch: Path) -> bytes:
    empty = scratch / f"seal-{size}"
    empty.mkdir(mode=0o700)
    parts: list[bytes] = []
    with EnvelopeSeal([key], parts.append, DAY, empty) as seal:
        seal.write(bytes(size))
        head = seal.finish().head
        assert head == seal.head
    return head + b"".join(parts)


def judged(message: bytes, *cuts: int) -> SealedMessage:
    found = SealedMessage()
    for start, end in pairwise([0, *sorted(cuts), len(message)]):
        found.feed(message[start:end])
    found.finish()
    return found


def test_what_gpg_sealed_is_whole(messages: list[bytes]) -> None:
    for message in messages:
        found = judged(message)
        assert (found.size, found.recipients) == (len(message), 1)
        assert found.sha256 == hashlib.sha256(message).hexdigest()


@given(data=st.data())
def test_however_it_comes_in_pieces(messages: list[bytes], data: st.DataObject) -> None:
    message = messages[2]
    cuts = data.draw(st.lists(st.integers(0, len(message)), max_size=30))
    assert judged(message, *cuts).size == len(message)


@given(data=st.data())
def test_one_that_is_cut_anywhere_is_found(messages: list[bytes], data: st.DataObject) -> None:
    message = messages[data.draw(st.sampled_from([0, 1, 2, 3]))]
    end = data.draw(st.integers(0, len(message) - 1))
    with pytest.raises(BadPackets):
        judged(message[:end], *data.draw(st.lists(st.integers(0, end), max_size=3)))


def test_one_with_something_behind_it_is_found(messages: list[bytes]) -> None:
    for message in messages:
        for more in (b"\0", message, b"\xd2\x00"):
            with pytest.raises(BadPackets):
                judged(message + more)


@given(st.binary(max_size=300))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(BadPackets):
        judged(data)
