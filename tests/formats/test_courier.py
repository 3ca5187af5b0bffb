"""A courier's manifest comes back as it was written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.courier import (
    DELETIONS_LIMIT,
    REPLIES_LIMIT,
    CourierManifest,
    DeletionItem,
    ReplyItem,
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

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
sixteen = st.binary(min_size=16, max_size=16)
handles = st.binary(min_size=8, max_size=8).map(lambda raw: new_handle(lambda _size: raw))


@st.composite
def manifests(draw: st.DrawFn) -> CourierManifest:
    items = sorted(draw(st.sets(ids, max_size=6)))
    cut = draw(st.integers(0, len(items)))
    chosen = sorted(draw(st.permutations(items))[:cut])
    size = st.integers(1, 1 << 16)
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
    )


def test_a_courier_is_written_as_it_always_was() -> None:
    assert MANIFEST.encode().decode() == WRITTEN
    assert decode_courier(WRITTEN.encode()) == MANIFEST


@given(manifests())
def test_a_courier_comes_back(manifest: CourierManifest) -> None:
    assert decode_courier(manifest.encode()) == manifest


def test_members_are_the_replies_in_the_manifests_order() -> None:
    assert MANIFEST.members() == (
        Member("1" * 32 + ".reply", 4144),
        Member("3" * 32 + ".reply", 8240),
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


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the manifest after `change`, written in the one way."""
    value = json.loads(WRITTEN)
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
    )
    assert len(full.encode()) < MANIFEST_LIMIT
    assert decode_courier(full.encode()) == full


def test_a_reply_item_does_not_show_where_it_goes() -> None:
    assert "\\x11" not in repr(MANIFEST)
    assert "\\xaa" not in repr(MANIFEST)
