"""Fingerprints can be read out and typed."""

import pytest

from crypto.fingerprint import fingerprint, spaced, unspaced


def test_a_fingerprint_is_sha256() -> None:
    # FIPS 180-2's example, "abc"
    assert fingerprint(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


@pytest.mark.parametrize("typed", ["BA78 16bf 8f", "ba7816bf8f", " ba78\n16bf 8f "])
def test_it_may_be_typed_in_groups(typed: str) -> None:
    assert unspaced(typed) == "ba7816bf8f"


def test_it_is_read_in_groups() -> None:
    assert spaced("ba7816bf8f") == "ba78 16bf 8f"
