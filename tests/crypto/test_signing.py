from collections.abc import Callable
from typing import Any

import pytest

from crypto.errors import BadKey, BadSignature
from crypto.signing import (
    InstanceSigner,
    InstanceVerifier,
    SigningSeed,
    StationSigner,
    StationVerifier,
    sign_with_all,
)

Vectors = Callable[[str], Any]


def test_signatures_match_the_vectors(vectors: Vectors) -> None:
    case = vectors("signing")
    signer = InstanceSigner(SigningSeed(bytes.fromhex(case["seed"])))
    assert signer.public.hex() == case["public"]
    for kind, signature in case["signatures"].items():
        assert signer.sign(kind, case["manifest"].encode()).hex() == signature
        verifier = InstanceVerifier(signer.public)
        verifier.verify(kind, case["manifest"].encode(), bytes.fromhex(signature))


def test_wrong_signatures_are_refused(vectors: Vectors) -> None:
    case = vectors("signing")
    verifier = StationVerifier(bytes.fromhex(case["public"]))
    for signature in case["malformed_signatures"].values():
        with pytest.raises(BadSignature):
            verifier.verify("bundle", case["manifest"].encode(), bytes.fromhex(signature))


def test_an_altered_manifest_is_refused() -> None:
    signer = StationSigner(SigningSeed.new())
    signature = signer.sign("courier", b"manifest")
    for manifest in (b"manifesT", b"manifest ", b"", b"\nmanifest"):
        with pytest.raises(BadSignature):
            StationVerifier(signer.public).verify("courier", manifest, signature)


def test_wrong_keys_are_refused(vectors: Vectors) -> None:
    for key in vectors("signing")["malformed_keys"]:
        with pytest.raises(BadKey):
            InstanceVerifier(bytes.fromhex(key))


@pytest.mark.parametrize("kind", ["", "bundle/1\n", "Bundle", "a b", "x" * 40, "é"])
def test_a_kind_cannot_break_out_of_its_line(kind: str) -> None:
    with pytest.raises(ValueError, match="kind of file"):
        InstanceSigner(SigningSeed.new()).sign(kind, b"")


def test_rfc_8032_first_test_key() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert InstanceSigner(SigningSeed(seed)).public.hex() == public


def test_both_keys_of_an_overlap_sign_and_either_is_found(vectors: Callable[[str], Any]) -> None:
    known = vectors("succession")
    one, two, three = (InstanceSigner(SigningSeed(bytes.fromhex(seed))) for seed in known["seeds"])
    manifest, both = known["manifest"].encode(), bytes.fromhex(known["both"])
    assert sign_with_all([three, two], "bundle", manifest) == both
    for signer in (two, three):
        InstanceVerifier(signer.public).verify_one_of("bundle", manifest, both)
        InstanceVerifier(signer.public).verify_one_of(
            "bundle", manifest, signer.sign("bundle", manifest)
        )
        for malformed in known["malformed_both"].values():
            with pytest.raises(BadSignature):
                InstanceVerifier(signer.public).verify_one_of(
                    "bundle", manifest, bytes.fromhex(malformed)
                )
        with pytest.raises(BadSignature):
            InstanceVerifier(signer.public).verify("bundle", manifest, both)
    with pytest.raises(BadSignature):
        InstanceVerifier(one.public).verify_one_of("bundle", manifest, both)
    with pytest.raises(BadSignature):
        InstanceVerifier(two.public).verify_one_of("courier", manifest, both)
