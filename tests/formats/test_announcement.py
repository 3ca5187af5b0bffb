"""A move and its announcement come back as they were written, and nothing else passes for them.

That an announcement is signed is verified here too: form and signature belong together.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadSignature
from crypto.signing import AnnouncementSigner, AnnouncementVerifier, SigningSeed
from formats.announcement import (
    ANNOUNCEMENT_LIMIT,
    KIND,
    OVERLAP_MAX,
    Announcement,
    Move,
    decode_announcement,
    decode_draft,
)
from formats.errors import FormatError, Malformed, TooLarge
from tor.identity import OnionIdentity

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "announcement.json").read_text("utf-8")
)
KNOWN = VECTORS["announcement"].encode()
DRAFT = VECTORS["draft"].encode()
HOSTS = [OnionIdentity.new().address.host for _ in range(4)]


@st.composite
def moves(draw: st.DrawFn) -> Move:
    old, new = draw(st.permutations(HOSTS))[:2]
    since = draw(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
    days = draw(st.integers(0, OVERLAP_MAX.days))
    instance = draw(st.binary(min_size=16, max_size=16)).hex()
    return Move(instance, old, new, since, since + timedelta(days))


def known_move() -> Move:
    move = VECTORS["move"]
    days = (date.fromisoformat(move[name]) for name in ("from", "until"))
    return Move(move["instance"], move["old"], move["new"], *days)


def test_the_known_announcement_is_made_and_read() -> None:
    signer = AnnouncementSigner(SigningSeed(bytes.fromhex(VECTORS["seed"])))
    move = known_move()
    assert signer.public.hex() == VECTORS["public"]
    assert move.draft() == DRAFT
    assert Announcement(move, signer.sign(KIND, move.signed())).encode() == KNOWN
    assert decode_draft(DRAFT) == move
    assert verified(KNOWN) == move


def verified(data: bytes) -> Move:
    announcement = decode_announcement(data)
    verifier = AnnouncementVerifier(bytes.fromhex(VECTORS["public"]))
    verifier.verify(KIND, announcement.move.signed(), announcement.signature)
    return announcement.move


@pytest.mark.parametrize("name", VECTORS["badly_signed"])
def test_what_is_not_signed_so_is_told(name: str) -> None:
    with pytest.raises(BadSignature):
        verified(VECTORS["badly_signed"][name].encode())


@pytest.mark.parametrize("name", VECTORS["malformed"])
def test_malformed_announcements(name: str) -> None:
    with pytest.raises(Malformed):
        decode_announcement(VECTORS["malformed"][name].encode())


@given(moves(), st.binary(min_size=64, max_size=64))
def test_both_come_back(move: Move, signature: bytes) -> None:
    announcement = Announcement(move, signature)
    assert decode_announcement(announcement.encode()) == announcement
    assert decode_draft(move.draft()) == move
    assert len(announcement.encode()) < ANNOUNCEMENT_LIMIT


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    for decode in (decode_announcement, decode_draft):
        with pytest.raises(FormatError):
            decode(data)


@given(st.integers(0, len(KNOWN) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed(place: int, byte: int) -> None:
    changed = KNOWN[:place] + bytes([byte]) + KNOWN[place + 1 :]
    if changed == KNOWN:
        return
    with pytest.raises((FormatError, BadSignature)):
        verified(changed)


def test_an_announcement_is_no_draft_and_a_large_file_is_not_parsed() -> None:
    with pytest.raises(Malformed):
        decode_draft(KNOWN)
    for decode in (decode_announcement, decode_draft):
        with pytest.raises(TooLarge):
            decode(bytes(ANNOUNCEMENT_LIMIT + 1))


def test_a_signature_of_another_size_cannot_be_carried() -> None:
    with pytest.raises(Malformed):
        Announcement(known_move(), bytes(63))
