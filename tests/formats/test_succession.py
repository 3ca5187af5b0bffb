"""A succession of keys comes back as it was written, joined, and nothing else passes for it."""

import json
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.succession import (
    LINKS_LIMIT,
    SUCCESSION_LIMIT,
    Link,
    Succession,
    decode_succession,
    statement,
)

INSTANCE = "0123456789abcdef" * 2
DAY = date(2026, 11, 30)
ONE, TWO, THREE = (bytes([number]) * 32 for number in (1, 2, 3))
SIGNED = b"\x07" * 64
TWICE = Succession(INSTANCE, (Link(ONE, TWO, DAY, SIGNED), Link(TWO, THREE, DAY, SIGNED)))


def chain(keys: list[bytes]) -> Succession:
    return Succession(INSTANCE, tuple(Link(*pair, DAY, SIGNED) for pair in pairwise(keys)))


def test_a_link_is_signed_as_it_always_was() -> None:
    assert statement(INSTANCE, ONE, TWO, DAY).decode() == (
        '{\n "day": "2026-11-30",\n "format": "vasistas/succession/1",\n'
        f' "instance": "{INSTANCE}",\n "key": "{TWO.hex()}",\n "previous": "{ONE.hex()}"\n}}\n'
    )
    assert TWICE.signed(TWICE.links[1]) == statement(INSTANCE, TWO, THREE, DAY)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=6, unique=True))
def test_a_succession_comes_back(keys: list[bytes]) -> None:
    made = chain(keys)
    assert decode_succession(made.encode()) == made
    assert list(made.keys) == keys


def test_the_longest_can_be_read_again() -> None:
    longest = chain([number.to_bytes(32, "big") for number in range(LINKS_LIMIT + 1)])
    assert decode_succession(longest.encode()) == longest
    with pytest.raises(Malformed):
        chain([number.to_bytes(32, "big") for number in range(LINKS_LIMIT + 2)])
    with pytest.raises(TooLarge):
        decode_succession(b" " * (SUCCESSION_LIMIT + 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_succession(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("succession/1", "succession/2"),
        ("succession/1", "instance/1"),
        (INSTANCE, INSTANCE[:-1]),
        (ONE.hex(), ONE.hex()[2:]),
        (ONE.hex(), ONE.hex().replace("0", "G")),
        (SIGNED.hex(), SIGNED.hex()[2:]),
        ("2026-11-30", "2026-11-31"),
        (f'"key": "{TWO.hex()}"', f'"key": "{ONE.hex()}"'),  # the links do not join
        (THREE.hex(), ONE.hex()),  # a key comes back
        ('"links": [', '"links": [],\n "more": ['),
        ("\n}", "\n} "),
    ],
)
def test_malformed_successions(old: str, new: str) -> None:
    written = TWICE.encode().decode()
    assert old in written
    with pytest.raises(Malformed):
        decode_succession(written.replace(old, new, 1).encode())


def test_none_is_empty() -> None:
    content = json.loads(TWICE.encode()) | {"links": []}
    with pytest.raises(Malformed):
        decode_succession((json.dumps(content, indent=1) + "\n").encode())
