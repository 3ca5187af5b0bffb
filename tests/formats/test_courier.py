"""A courier's manifest comes back as it was written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.bundle import EnvelopeKind
from formats.courier import (
    DELETIONS_LIMIT,
    REPLIES_LIMIT,
    REWRAPS_LIMIT,
    CourierManifest,
    DeletionItem,
    ReplyItem,
    RewrapItem,
    decode_courier,
)
from formats.errors import FormatError, Malformed, TooLarge
from formats.handles import new_handle
from formats.manifest import MANIFEST_LIMIT, Member

MANIFEST = CourierManifest(
    courier="a" * 32,
    instance="0123456789abcdef" * 2,
    desk="marseille",
    day=date(2026, 3, 16),
    station="9" * 64,
    replies=(
        ReplyItem("1" * 32, b"\x11" * 16, b"\xaa" * 16, 4144, "5" * 64),
        ReplyItem("3" * 32, b"\x22" * 16, b"\xbb" * 16, 8240, "6" * 64),
    ),
    deletions=(DeletionItem("2" * 32, "k7qm-3vtx-9fwd"),),
)

WRITTEN = """{
 "courier": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
 "day": "2026-03-16",
 "deletions": [
  {
   "delivery": "k7qm-3vtx-9fwd",
   "id": "22222222222222222222222222222222"
  }
 ],
 "desk": "marseille",
 "format": "vasistas/courier/1",
 "instance": "0123456789abcdef0123456789abcdef",
 "replies": [
  {
   "id": "11111111111111111111111111111111",
   "nonce": "11111111111111111111111111111111",
   "sha256": "5555555555555555555555555555555555555555555555555555555555555555",
   "size": 4144,
   "tag": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  },
  {
   "id": "33333333333333333333333333333333",
   "nonce": "22222222222222222222222222222222",
   "sha256": "6666666666666666666666666666666666666666666666666666666666666666",
   "size": 8240,
   "tag": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }
 ],
 "station": "9999999999999999999999999999999999999999999999999999999999999999"
}
"""

REWRAPPING = replace(
    MANIFEST,
    sealed_to=("A" * 40, "B" * 40),
    rewraps=(
        RewrapItem("4" * 32, "k7qm-3vtx-9fwd", EnvelopeKind.FILES, "7" * 64, 192, "8" * 64),
        RewrapItem("5" * 32, "k7qm-3vtx-9fwd", EnvelopeKind.LETTER, "9" * 64, 192, "0" * 64),
    ),
)

REWRAPS_WRITTEN = """ "rewraps": [
  {
   "delivery": "k7qm-3vtx-9fwd",
   "id": "44444444444444444444444444444444",
   "kind": "files",
   "old_sha256": "7777777777777777777777777777777777777777777777777777777777777777",
   "sha256": "8888888888888888888888888888888888888888888888888888888888888888",
   "size": 192
  },
  {
   "delivery": "k7qm-3vtx-9fwd",
   "id": "55555555555555555555555555555555",
   "kind": "letter",
   "old_sha256": "9999999999999999999999999999999999999999999999999999999999999999",
   "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
   "size": 192
  }
 ],
 "sealed_to": [
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
 ],
 "station": """

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
sixteen = st.binary(min_size=16, max_size=16)
fingerprints = st.binary(min_size=20, max_size=20).map(lambda raw: raw.hex().upper())
handles = st.binary(min_size=8, max_size=8).map(lambda raw: new_handle(lambda _size: raw))


@st.composite
def manifests(draw: st.DrawFn) -> CourierManifest:
    items = sorted(draw(st.sets(ids, max_size=6)))
    cut = draw(st.integers(0, len(items)))
    chosen = sorted(draw(st.permutations(items))[:cut])
    size = st.integers(1, 1 << 16)
    rewraps = tuple(
        RewrapItem(
            id_,
            draw(handles),
            draw(st.sampled_from(EnvelopeKind)),
            draw(hashes.filter(lambda digest: digest < "8")),
            draw(size),
            draw(hashes.filter(lambda digest: digest >= "8")),
        )
        for id_ in sorted(draw(st.sets(ids, max_size=3)) - set(items))
    )
    keys = draw(st.sets(fingerprints, min_size=1, max_size=3))
    return CourierManifest(
        courier=draw(ids),
        instance=draw(ids),
        desk=draw(st.from_regex("[a-z0-9-]{1,40}", fullmatch=True)),
        day=draw(st.dates()),
        station=draw(hashes),
        replies=tuple(
            ReplyItem(id_, draw(sixteen), draw(sixteen), draw(size), draw(hashes)) for id_ in chosen
        ),
        deletions=tuple(DeletionItem(id_, draw(handles)) for id_ in items if id_ not in chosen),
        sealed_to=tuple(sorted(keys)) if rewraps else (),
        rewraps=rewraps,
        heard=draw(st.just("") | ids),
    )


def test_a_courier_is_written_as_it_always_was() -> None:
    assert MANIFEST.encode().decode() == WRITTEN
    assert decode_courier(WRITTEN.encode()) == MANIFEST


def test_re_wrapped_heads_stand_beside_what_was_always_written() -> None:
    assert REWRAPPING.encode().decode() == WRITTEN.replace(' "station": ', REWRAPS_WRITTEN)
    assert decode_courier(REWRAPPING.encode()) == REWRAPPING


@given(manifests())
def test_a_courier_comes_back(manifest: CourierManifest) -> None:
    assert decode_courier(manifest.encode()) == manifest


def test_members_are_replies_and_then_heads_in_the_manifests_order() -> None:
    assert REWRAPPING.members() == (
        Member("1" * 32 + ".reply", 4144),
        Member("3" * 32 + ".reply", 8240),
        Member("4" * 32 + ".head", 192),
        Member("5" * 32 + ".head", 192),
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_courier(data)


@given(st.data())
def test_a_courier_with_bytes_changed_is_another_one_or_a_typed_error(data: st.DataObject) -> None:
    encoded = bytearray(WRITTEN.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        manifest = decode_courier(bytes(encoded))
    except FormatError:
        return
    assert manifest.encode() == bytes(encoded)


def changed(change: Callable[[dict[str, Any]], object], manifest: str = WRITTEN) -> bytes:
    """Return the manifest after `change`, written in the one way."""
    value = json.loads(manifest)
    change(value)
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def test_an_unchanged_courier_is_taken() -> None:
    assert decode_courier(changed(lambda courier: courier)) == MANIFEST


def reply(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda courier: courier["replies"][0].update(fields)


def deletion(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda courier: courier["deletions"][0].update(fields)


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda courier: courier.update(format="vasistas/courier/2"),
    "a bundle": lambda courier: courier.update(format="vasistas/bundle/1"),
    "an unknown key": lambda courier: courier.update(hint=1),
    "a key missing": lambda courier: courier.pop("deletions"),
    "no courier id": lambda courier: courier.update(courier="x" * 32),
    "no instance": lambda courier: courier.update(instance=0),
    "another instance": lambda courier: courier.update(instance="0" * 31),
    "no slug": lambda courier: courier.update(desk=""),
    "no day": lambda courier: courier.update(day="2026-13-01"),
    "no station": lambda courier: courier.update(station="9" * 32),
    "replies out of order": lambda courier: courier["replies"].reverse(),
    "a reply twice": lambda courier: courier["replies"].append(courier["replies"][1]),
    "a deletion twice": lambda courier: courier["deletions"].append(courier["deletions"][0]),
    "one id for two items": deletion(id="1" * 32),
    "no reply id": reply(id="../x"),
    "a short nonce": reply(nonce="11" * 15),
    "a long tag": reply(tag="aa" * 17),
    "an odd tag": reply(tag="a" * 31),
    "an empty box": reply(size=0),
    "an absurd box": reply(size=1 << 30),
    "a size in words": reply(size="4144"),
    "no hash": reply(sha256=None),
    "a short hash": reply(sha256="5" * 63),
    "a delivery": reply(delivery="k7qm-3vtx-9fwd"),
    "no deletion id": deletion(id="2" * 31),
    "no handle": deletion(delivery="K7QM-3VTX-9FWD"),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_couriers(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Malformed):
        decode_courier(changed(change))


def rewrap(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda courier: courier["rewraps"][0].update(fields)


MALFORMED_REWRAPS: dict[str, Callable[[dict[str, Any]], object]] = {
    "none of them": lambda courier: courier.update(rewraps=[]),
    "none of them, and no keys": lambda courier: courier.update(rewraps=[], sealed_to=[]),
    "sealed to nobody": lambda courier: courier.update(sealed_to=[]),
    "keys left out": lambda courier: courier.pop("sealed_to"),
    "keys alone": lambda courier: courier.pop("rewraps"),
    "keys out of order": lambda courier: courier["sealed_to"].reverse(),
    "a key id": lambda courier: courier.update(sealed_to=["A" * 16]),
    "heads out of order": lambda courier: courier["rewraps"].reverse(),
    "a reply's id": rewrap(id="1" * 32),
    "a deletion's id": rewrap(id="2" * 32),
    "no id": rewrap(id="4" * 31),
    "no handle": rewrap(delivery="k7qm"),
    "no kind": rewrap(kind="quick"),
    "the same head": rewrap(sha256="7" * 64),
    "no old hash": rewrap(old_sha256=""),
    "an empty head": rewrap(size=0),
    "an absurd head": rewrap(size=1 << 20),
    "an unknown key": rewrap(day="2026-03-16"),
}


@pytest.mark.parametrize("change", MALFORMED_REWRAPS.values(), ids=MALFORMED_REWRAPS.keys())
def test_malformed_re_wrapped_heads(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Malformed):
        decode_courier(changed(change, REWRAPPING.encode().decode()))


@pytest.mark.parametrize(
    ("key", "limit"), [("replies", REPLIES_LIMIT), ("deletions", DELETIONS_LIMIT)]
)
def test_lists_past_their_limit_are_too_large(key: str, limit: int) -> None:
    with pytest.raises(TooLarge):
        decode_courier(changed(lambda courier: courier.update({key: [0] * (limit + 1)})))


def test_the_fullest_courier_can_be_read_again() -> None:
    full = replace(
        MANIFEST,
        replies=tuple(
            replace(MANIFEST.replies[0], id=f"{number:032x}") for number in range(REPLIES_LIMIT)
        ),
        deletions=tuple(
            DeletionItem(f"f{number:031x}", "k7qm-3vtx-9fwd") for number in range(DELETIONS_LIMIT)
        ),
        sealed_to=("A" * 40,),
        rewraps=tuple(
            replace(REWRAPPING.rewraps[0], id=f"e{number:031x}") for number in range(REWRAPS_LIMIT)
        ),
    )
    assert len(full.encode()) < MANIFEST_LIMIT
    assert decode_courier(full.encode()) == full


def test_a_reply_item_does_not_show_where_it_goes() -> None:
    assert "\\x11" not in repr(MANIFEST)
    assert "\\xaa" not in repr(MANIFEST)


def test_what_a_station_has_heard_is_said_only_where_it_has() -> None:
    heard = replace(MANIFEST, heard="d" * 32)
    assert b'"heard"' not in MANIFEST.encode()
    assert decode_courier(heard.encode()) == heard
    with pytest.raises(Malformed):
        replace(MANIFEST, heard="not an id")
    with pytest.raises(Malformed):
        decode_courier(heard.encode().replace(b"d" * 32, b""))
