"""Handles, ids, slugs and hashes have one spelling each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.handles import (
    is_desk_slug,
    is_fingerprint,
    is_handle,
    is_item_id,
    is_language,
    is_sha256,
    new_handle,
    new_item_id,
)


def test_a_handle_is_sixty_bits_of_crockfords_base_32() -> None:
    assert new_handle(bytes) == "0000-0000-0000"
    assert new_handle(lambda size: b"\xff" * size) == "zzzz-zzzz-zzzz"
    # The first 60 bits drawn, five by five from the last.
    bits = format(0x0123456789ABCDE, "060b")
    fives = [int(bits[at : at + 5], 2) for at in range(0, 60, 5)][::-1]
    symbols = "".join("0123456789abcdefghjkmnpqrstvwxyz"[five] for five in fives)
    expected = f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"
    assert new_handle(lambda _size: bytes.fromhex("0123456789abcdef")) == expected


@given(st.binary(min_size=8, max_size=8))
def test_every_handle_made_is_one(raw: bytes) -> None:
    assert is_handle(new_handle(lambda _size: raw))


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))
def test_handles_differ_where_their_sixty_bits_do(one: bytes, other: bytes) -> None:
    same_bits = int.from_bytes(one, "big") >> 4 == int.from_bytes(other, "big") >> 4
    assert (new_handle(lambda _size: one) == new_handle(lambda _size: other)) == same_bits


def test_handles_and_ids_are_random_unless_told_otherwise() -> None:
    assert len({new_handle() for _ in range(100)}) == 100
    assert len({new_item_id() for _ in range(100)}) == 100
    assert is_item_id(new_item_id())
    assert new_item_id(lambda size: b"\xab" * size) == "ab" * 16


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k7qm-3vtx-9fw",
        "k7qm-3vtx-9fwdd",
        "k7qm-3vtx-9fwd-0000",
        "k7qm3vtx9fwd",
        "K7QM-3VTX-9FWD",
        "k7qm-3vtx-9fwd\n",
        " k7qm-3vtx-9fwd",
        "k7qm-3vtx-9fwi",
        "k7qm-3vtx-9fwl",
        "k7qm-3vtx-9fwo",
        "k7qm-3vtx-9fwu",
        "k7qm-3vtx-9fw²",
        "../../etc/pass",
    ],
)
def test_what_is_no_handle(text: str) -> None:
    assert is_handle("k7qm-3vtx-9fwd")
    assert not is_handle(text)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 32 + "\n"])
def test_what_is_no_item_id(text: str) -> None:
    assert not is_item_id(text)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "x" * 64, "\u0660" * 64])
def test_what_is_no_sha256(text: str) -> None:
    assert is_sha256("0123456789abcdef" * 4)
    assert not is_sha256(text)


@pytest.mark.parametrize("text", ["", "a" * 41, "Paris", "a b", "a/b", "a.b", "é", "a\n", "_"])
def test_what_is_no_desk_slug(text: str) -> None:
    assert is_desk_slug("marseille-2")
    assert is_desk_slug("a" * 40)
    assert not is_desk_slug(text)


@pytest.mark.parametrize("text", ["", "f", "fra", "FR", "f1", "fr\n"])
def test_what_is_no_language(text: str) -> None:
    assert is_language("fr")
    assert not is_language(text)


def test_a_fingerprint_is_forty_capital_hex_digits() -> None:
    assert is_fingerprint("0123456789ABCDEF" * 2 + "01234567")
    for text in ("", "A" * 39, "A" * 41, "a" * 40, "A" * 40 + "\n", "G" * 40, "A" * 16):
        assert not is_fingerprint(text)
