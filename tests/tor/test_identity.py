import base64
import copy
import hashlib
import pickle

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tor import identity as identity_module
from tor.errors import KeyDamaged
from tor.identity import (
    EXPANDED_BYTES,
    PUBLIC_HEADER,
    SECRET_HEADER,
    OnionAddress,
    OnionIdentity,
)

# RFC 8032, section 7.1, tests 1 to 3: secret seed and public key.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ),
]
seeds = st.binary(min_size=32, max_size=32)


def from_seed(seed: bytes) -> OnionIdentity:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity_module.secrets, "token_bytes", lambda _size: seed)
        return OnionIdentity.new()


def address_by_hand(public: bytes) -> str:
    """Compute an address as rend-spec-v3, section 6, writes it down."""
    version = b"\x03"
    checksum = hashlib.sha3_256(b".onion checksum" + public + version).digest()[:2]
    return base64.b32encode(public + checksum + version).decode().lower() + ".onion"


@pytest.mark.parametrize(("seed", "public"), RFC_8032)
def test_a_seed_makes_the_public_key_of_rfc_8032(seed: str, public: str) -> None:
    assert from_seed(bytes.fromhex(seed)).public.hex() == public


@given(seeds)
def test_key_and_address_are_what_others_compute(seed: bytes) -> None:
    made = from_seed(seed)
    assert made.public == bytes(SigningKey(seed).verify_key)
    assert made.address.host == address_by_hand(made.public)
    assert str(made.address) == f"{made.address.label}.onion"
    assert len(made.address.label) == 56


@given(seeds)
def test_the_secret_file_is_read_back_to_the_same_address(seed: bytes) -> None:
    made = from_seed(seed)
    again = OnionIdentity.from_file(made.secret_file())
    assert again.secret_file() == made.secret_file()
    assert again.address == made.address
    assert made.public_file() == PUBLIC_HEADER + made.public
    assert (len(made.secret_file()), len(made.public_file())) == (96, 64)  # as tor's own


def test_every_key_is_another_one() -> None:
    assert len({OnionIdentity.new().address for _ in range(50)}) == 50


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(SECRET_HEADER.__add__)))
@example(b"")
@example(SECRET_HEADER)
@example(SECRET_HEADER + bytes(EXPANDED_BYTES))
@example(PUBLIC_HEADER + bytes(EXPANDED_BYTES))
def test_what_is_no_key_file_is_refused_or_is_read_back_to_the_byte(content: bytes) -> None:
    try:
        read = OnionIdentity.from_file(content)
    except KeyDamaged:
        return
    assert read.secret_file() == content


@given(seeds, st.integers(0, 95), st.integers(1, 255))
def test_a_flipped_bit_is_refused_or_gives_another_key(seed: bytes, at: int, mask: int) -> None:
    good = from_seed(seed)
    content = bytearray(good.secret_file())
    content[at] ^= mask
    try:
        read = OnionIdentity.from_file(bytes(content))
    except KeyDamaged:
        return
    assert at >= len(SECRET_HEADER)
    if at < len(SECRET_HEADER) + 32:
        assert read.address != good.address


@given(seeds, st.integers(0, 95))
def test_a_file_that_is_cut_short_or_too_long_is_refused(seed: bytes, size: int) -> None:
    content = from_seed(seed).secret_file()
    for wrong in (content[:size], content + b"\n", content + content[:size]):
        assume(len(wrong) != len(content))
        with pytest.raises(KeyDamaged):
            OnionIdentity.from_file(wrong)


def test_a_public_key_file_is_no_secret_key() -> None:
    with pytest.raises(KeyDamaged):
        OnionIdentity.from_file(OnionIdentity.new().public_file())


@pytest.mark.parametrize(("byte", "bits"), [(0, 0b001), (0, 0b111), (31, 0x80), (31, 0xC0)])
def test_a_scalar_that_is_not_clamped_is_refused(byte: int, bits: int) -> None:
    content = bytearray(OnionIdentity.new().secret_file())
    content[len(SECRET_HEADER) + byte] ^= bits
    with pytest.raises(KeyDamaged):
        OnionIdentity.from_file(bytes(content))


def test_the_secret_shows_nowhere_and_is_not_pickled() -> None:
    made = OnionIdentity.new()
    assert repr(made) == str(made) == "OnionIdentity(…)"
    assert not hasattr(made, "__dict__")
    for carry in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            carry(made)


def test_an_address_is_what_a_browser_is_given() -> None:
    assert OnionAddress("abc").host == str(OnionAddress("abc")) == "abc.onion"
