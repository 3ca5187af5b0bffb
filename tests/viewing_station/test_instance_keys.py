"""Which key of the instance is believed: every way to another one, and every way that is none."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadSignature
from crypto.fingerprint import fingerprint
from crypto.signing import InstanceSigner, SigningSeed, sign_with_all
from formats.identity import Identity
from formats.succession import KIND, Link, Succession, decode_succession, statement
from viewing_station.errors import (
    ForgedSuccessionError,
    OlderKeyError,
    OtherInstanceError,
    UnconfirmedKeyError,
    UnrelatedSuccessionError,
)
from viewing_station.instance_keys import Standing, Trust, TrustedInstance

INSTANCE, DAY = "ab" * 16, date(2026, 11, 30)
SIGNERS = [InstanceSigner(SigningSeed(bytes([number]) * 32)) for number in range(1, 6)]
ONE, TWO, THREE, FOUR, STRANGER = SIGNERS
MANIFEST = b"a manifest"
VECTORS = Path(__file__).parents[1] / "vectors"


def identity(signer: InstanceSigner, instance: str = INSTANCE) -> Identity:
    return Identity(instance, "Vasistas", signer.public)


def trusting(signer: InstanceSigner) -> Trust:
    return Trust(TrustedInstance(identity(signer)))


def succession(*signers: InstanceSigner, instance: str = INSTANCE) -> Succession:
    links = []
    for before, after in pairwise(signers):
        said = statement(instance, before.public, after.public, DAY)
        links.append(Link(before.public, after.public, DAY, before.sign(KIND, said)))
    return Succession(instance, tuple(links))


def signed(*signers: InstanceSigner) -> bytes:
    return sign_with_all(signers, "bundle", MANIFEST)


def standing(trust: Trust, *signers: InstanceSigner) -> Standing:
    return trust.instance.verify("bundle", MANIFEST, signed(*signers))


def test_one_link_leads_to_the_next_key_and_the_one_before_is_believed_meanwhile() -> None:
    trust = trusting(ONE).follow(succession(ONE, TWO), "f")
    assert trust.pinned == TWO.public
    assert trust.instance.former == ONE.public
    assert standing(trust, ONE) is Standing.FORMER
    assert standing(trust, TWO, ONE) is Standing.TOGETHER
    assert standing(trust, TWO) is Standing.ALONE


def test_what_the_new_key_signs_alone_ends_the_overlap() -> None:
    trust = trusting(ONE).follow(succession(ONE, TWO), "f")
    for kept in (Standing.FORMER, Standing.TOGETHER, Standing.BEHIND):
        assert trust.after(kept) is trust
    left = trust.after(Standing.ALONE)
    with pytest.raises(BadSignature):
        standing(left, ONE)
    assert standing(left, TWO) is Standing.ALONE
    assert left.past == {ONE.public}


def test_a_station_that_has_not_moved_reads_what_both_signed_and_learns_that_it_is_behind() -> None:
    assert standing(trusting(ONE), TWO, ONE) is Standing.BEHIND
    with pytest.raises(BadSignature):
        standing(trusting(ONE), TWO)


def test_several_rotations_are_followed_at_once() -> None:
    trust = trusting(TWO).follow(succession(ONE, TWO, THREE, FOUR), "f")
    assert trust.pinned == FOUR.public
    assert trust.past == {TWO.public, THREE.public}
    assert trust.follow(succession(ONE, TWO, THREE, FOUR), "f") is trust


@pytest.mark.parametrize("at", [0, 1])
def test_a_link_that_another_key_signed_is_forged(at: int) -> None:
    honest = succession(ONE, TWO, THREE)
    link = honest.links[at]
    forged = replace(link, signature=STRANGER.sign(KIND, honest.signed(link)))
    links = [*honest.links[:at], forged, *honest.links[at + 1 :]]
    with pytest.raises(ForgedSuccessionError):
        trusting(ONE).follow(Succession(INSTANCE, tuple(links)), "f")


def test_a_signature_of_another_day_kind_or_instance_is_forged() -> None:
    honest = succession(ONE, TWO)
    (link,) = honest.links
    for other in (
        replace(link, day=date(2026, 12, 1)),
        replace(link, signature=ONE.sign("bundle", honest.signed(link))),
        replace(link, signature=succession(ONE, TWO, instance="cd" * 16).links[0].signature),
    ):
        with pytest.raises(ForgedSuccessionError):
            trusting(ONE).follow(Succession(INSTANCE, (other,)), "f")


def test_another_instance_is_refused() -> None:
    with pytest.raises(OtherInstanceError):
        trusting(ONE).follow(succession(ONE, TWO, instance="cd" * 16), "f")
    other = identity(TWO, "cd" * 16)
    with pytest.raises(OtherInstanceError):
        trusting(ONE).confirm(other, fingerprint(TWO.public), "f")


def test_a_succession_of_keys_that_are_not_trusted_leads_nowhere() -> None:
    with pytest.raises(UnrelatedSuccessionError):
        trusting(ONE).follow(succession(STRANGER, TWO), "f")


def test_nobody_is_taken_back_to_a_key_that_was_left() -> None:
    trust = trusting(ONE).follow(succession(ONE, TWO, THREE), "f")
    for older in (succession(ONE, TWO), succession(STRANGER, ONE), succession(THREE, ONE)):
        with pytest.raises(OlderKeyError):
            trust.follow(older, "f")
    for signer in (ONE, TWO):
        with pytest.raises(OlderKeyError):
            trust.confirm(identity(signer), fingerprint(signer.public), "f")


def test_a_fingerprint_brings_the_new_key_and_no_other() -> None:
    trust = trusting(ONE).confirm(identity(TWO), fingerprint(TWO.public).upper(), "f")
    assert (trust.pinned, trust.instance.former, trust.past) == (TWO.public, None, {ONE.public})
    with pytest.raises(BadSignature):
        standing(trust, ONE)
    with pytest.raises(UnconfirmedKeyError):
        trusting(ONE).confirm(identity(TWO), fingerprint(ONE.public), "f")


def test_signatures_of_another_number_or_length_are_none() -> None:
    trust = trusting(ONE).follow(succession(ONE, TWO), "f")
    for signatures in (b"", signed(TWO)[:-1], signed(TWO) + b"x", signed(TWO, ONE, THREE)):
        with pytest.raises(BadSignature):
            trust.instance.verify("bundle", MANIFEST, signatures)
    with pytest.raises(BadSignature):
        standing(trust, THREE, ONE)  # a key nobody announced, beside the one that was left


def test_the_vectors_lead_where_they_say() -> None:
    """What was signed elsewhere, by other code, is followed here."""
    known = json.loads((VECTORS / "succession.json").read_text("utf-8"))
    one, *_, three = (InstanceSigner(SigningSeed(bytes.fromhex(seed))) for seed in known["seeds"])
    announced = decode_succession(known["succession"].encode())
    assert [link.day.isoformat() for link in announced.links] == known["days"]
    trust = Trust(TrustedInstance(identity(one, known["instance"]))).follow(announced, "f")
    assert trust.pinned == three.public


OPERATIONS = st.lists(st.sampled_from(["rotate", "retire", "move", "open", "old"]), max_size=30)


@given(OPERATIONS)
def test_whatever_the_order_a_station_in_reach_reads_on_and_never_goes_back(
    operations: list[str],
) -> None:
    """A server that rotates and retires, and a station that moves and opens when it likes."""
    signers = [InstanceSigner(SigningSeed(bytes([9]) * 32))]
    in_force, trust, on_its_way = signers[:], trusting(signers[0]), signed(signers[0])
    for number, operation in enumerate(operations):
        pinned = [signer.public for signer in signers].index(trust.pinned)
        if operation == "rotate" and len(in_force) == 1:
            signers.append(InstanceSigner(SigningSeed(bytes([number + 10]) * 32)))
            in_force = [signers[-1], in_force[0]]
        elif operation == "retire":
            in_force = in_force[:1]
        elif operation == "move" and len(signers) > 1:
            trust = trust.follow(succession(*signers), "f")
        elif operation == "open" and trust.pinned in {signer.public for signer in in_force}:
            on_its_way = signed(*in_force)
            trust = trust.after(standing(trust, *in_force))
        elif operation == "old":
            with suppress(BadSignature):
                trust = trust.after(trust.instance.verify("bundle", MANIFEST, on_its_way))
        assert [signer.public for signer in signers].index(trust.pinned) >= pinned
        for left in trust.past - {trust.instance.former}:
            assert left != trust.pinned
            stranger = next(signer for signer in signers if signer.public == left)
            with pytest.raises(BadSignature):
                standing(trust, stranger)
