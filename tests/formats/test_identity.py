"""An instance's public identity comes back as it was written, and nothing else passes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.identity import IDENTITY_LIMIT, INSTANCE_NAME_LIMIT, Identity, decode_identity
from formats.names import visible

IDENTITY = Identity("0123456789abcdef" * 2, "Démonstration — Ville d'Exemple", b"\x07" * 32)
WRITTEN = """{
 "format": "vasistas/instance/1",
 "instance": "0123456789abcdef0123456789abcdef",
 "name": "Démonstration — Ville d'Exemple",
 "signing_key": "0707070707070707070707070707070707070707070707070707070707070707"
}
"""

names = (
    st.text(min_size=1, max_size=INSTANCE_NAME_LIMIT)
    .map(visible)
    .map(lambda name: name[:INSTANCE_NAME_LIMIT])
)


def test_an_identity_is_written_as_it_always_was() -> None:
    assert IDENTITY.encode().decode() == WRITTEN
    assert decode_identity(WRITTEN.encode()) == IDENTITY


@given(st.binary(min_size=16, max_size=16), names, st.binary(min_size=32, max_size=32))
def test_an_identity_comes_back(instance: bytes, name: str, key: bytes) -> None:
    identity = Identity(instance.hex(), name, key)
    assert decode_identity(identity.encode()) == identity


def test_the_longest_identity_can_be_read_again() -> None:
    longest = Identity("f" * 32, "🙂" * INSTANCE_NAME_LIMIT, b"\xff" * 32)
    assert decode_identity(longest.encode()) == longest


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_identity(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("instance/1", "instance/2"),
        ("instance/1", "courier/1"),
        ('"instance": "01', '"instance": "AB'),
        ('"instance": "01', '"instance": "'),
        ("Démonstration", "\u202eDémonstration"),
        ("Démonstration", "Démonstration\\n"),
        ("Démonstration", "D" * 100),
        ("Démonstration — Ville d'Exemple", ""),
        ("0707", "07"),
        ("0707", "0G07"),
        (' "name"', ' "more": 1,\n "name"'),
        ("\n}", "\n} "),
        ("\n", "\r\n"),
    ],
)
def test_malformed_identities(old: str, new: str) -> None:
    assert old in WRITTEN
    with pytest.raises(Malformed):
        decode_identity(WRITTEN.replace(old, new, 1).encode())


def test_an_identity_too_large_is_not_parsed() -> None:
    with pytest.raises(TooLarge):
        decode_identity(bytes(IDENTITY_LIMIT + 1))


@pytest.mark.parametrize(
    ("instance", "name", "key"),
    [("0" * 31, "x", bytes(32)), ("0" * 32, "", bytes(32)), ("0" * 32, "x", bytes(31))],
)
def test_an_identity_that_could_not_be_read_cannot_be_made(
    instance: str, name: str, key: bytes
) -> None:
    with pytest.raises(Malformed):
        Identity(instance, name, key)
