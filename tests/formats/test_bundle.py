"""A bundle's manifest comes back as it was written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.bundle import (
    COURIERS_LIMIT,
    ENVELOPES_LIMIT,
    QUICK_LIMIT,
    BundleManifest,
    EnvelopeEntry,
    EnvelopeKind,
    QuickCopy,
    decode_bundle,
)
from formats.errors import FormatError, Malformed, TooLarge
from formats.handles import new_handle
from formats.held import HeldEntry
from formats.manifest import MANIFEST_LIMIT, Member

MANIFEST = BundleManifest(
    bundle="b" * 32,
    instance="0123456789abcdef" * 2,
    desk="marseille",
    day=date(2026, 3, 14),
    restored=False,
    envelopes=(
        EnvelopeEntry("k7qm-3vtx-9fwd", EnvelopeKind.FILES, 96, "1" * 64, 65536, "2" * 64),
        EnvelopeEntry("k7qm-3vtx-9fwd", EnvelopeKind.LETTER, 96, "3" * 64, 16600, "4" * 64),
    ),
    quick=(QuickCopy("c" * 32, "k7qm-3vtx-9fwd", date(2026, 3, 15), 4500, "5" * 64),),
    couriers_taken=("d" * 32, "e" * 32),
)

WRITTEN = """{
 "bundle": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
 "couriers_taken": [
  "dddddddddddddddddddddddddddddddd",
  "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
 ],
 "day": "2026-03-14",
 "desk": "marseille",
 "envelopes": [
  {
   "body_sha256": "2222222222222222222222222222222222222222222222222222222222222222",
   "body_size": 65536,
   "delivery": "k7qm-3vtx-9fwd",
   "head_sha256": "1111111111111111111111111111111111111111111111111111111111111111",
   "head_size": 96,
   "kind": "files"
  },
  {
   "body_sha256": "4444444444444444444444444444444444444444444444444444444444444444",
   "body_size": 16600,
   "delivery": "k7qm-3vtx-9fwd",
   "head_sha256": "3333333333333333333333333333333333333333333333333333333333333333",
   "head_size": 96,
   "kind": "letter"
  }
 ],
 "format": "vasistas/bundle/1",
 "instance": "0123456789abcdef0123456789abcdef",
 "quick": [
  {
   "day": "2026-03-15",
   "delivery": "k7qm-3vtx-9fwd",
   "id": "cccccccccccccccccccccccccccccccc",
   "sha256": "5555555555555555555555555555555555555555555555555555555555555555",
   "size": 4500
  }
 ],
 "restored": false
}
"""

handles = st.binary(min_size=8, max_size=8).map(lambda raw: new_handle(lambda _size: raw))
ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
entries = st.builds(
    EnvelopeEntry,
    delivery=handles,
    kind=st.sampled_from(EnvelopeKind),
    head_size=st.integers(1, 1 << 16),
    head_sha256=hashes,
    body_size=st.integers(1, 1 << 40),
    body_sha256=hashes,
)
copies = st.builds(
    QuickCopy,
    id=ids,
    delivery=handles,
    day=st.dates(),
    size=st.integers(1, 1 << 18),
    sha256=hashes,
)


def entry_name(entry: EnvelopeEntry) -> str:
    return entry.name


def copy_id(copy: QuickCopy) -> str:
    return copy.id


manifests = st.builds(
    BundleManifest,
    bundle=ids,
    instance=ids,
    desk=st.from_regex("[a-z0-9-]{1,40}", fullmatch=True),
    day=st.dates(),
    restored=st.booleans(),
    envelopes=st.lists(entries, unique_by=entry_name, max_size=4).map(
        lambda found: tuple(sorted(found, key=entry_name))
    ),
    quick=st.lists(copies, unique_by=copy_id, max_size=3).map(
        lambda found: tuple(sorted(found, key=copy_id))
    ),
    couriers_taken=st.sets(ids, max_size=3).map(lambda found: tuple(sorted(found))),
)


def test_a_bundle_is_written_as_it_always_was() -> None:
    assert MANIFEST.encode().decode() == WRITTEN
    assert decode_bundle(WRITTEN.encode()) == MANIFEST


@given(manifests)
def test_a_bundle_comes_back(manifest: BundleManifest) -> None:
    assert decode_bundle(manifest.encode()) == manifest


def test_members_follow_in_the_manifests_order() -> None:
    assert MANIFEST.members() == (
        Member("k7qm-3vtx-9fwd.files.gpg", 65632),
        Member("k7qm-3vtx-9fwd.letter.gpg", 16696),
        Member("c" * 32 + ".quick.gpg", 4500),
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_bundle(data)


@given(st.data())
def test_a_bundle_with_bytes_changed_is_another_bundle_or_a_typed_error(
    data: st.DataObject,
) -> None:
    encoded = bytearray(WRITTEN.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        manifest = decode_bundle(bytes(encoded))
    except FormatError:
        return
    assert manifest.encode() == bytes(encoded)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the manifest after `change`, written in the one way."""
    value = json.loads(WRITTEN)
    change(value)
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def test_an_unchanged_bundle_is_taken() -> None:
    assert decode_bundle(changed(lambda bundle: bundle)) == MANIFEST


def envelope(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda bundle: bundle["envelopes"][0].update(fields)


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda bundle: bundle.update(format="vasistas/bundle/2"),
    "a courier": lambda bundle: bundle.update(format="vasistas/courier/1"),
    "an unknown key": lambda bundle: bundle.update(hint=1),
    "a key missing": lambda bundle: bundle.pop("restored"),
    "no bundle id": lambda bundle: bundle.update(bundle="B" * 32),
    "no instance": lambda bundle: bundle.update(instance=""),
    "no slug": lambda bundle: bundle.update(desk="a/b"),
    "no day": lambda bundle: bundle.update(day="2026-3-14"),
    "restored is a number": lambda bundle: bundle.update(restored=0),
    "envelopes out of order": lambda bundle: bundle["envelopes"].reverse(),
    "an envelope twice": lambda bundle: bundle["envelopes"].insert(0, bundle["envelopes"][0]),
    "no handle": envelope(delivery="../../../x"),
    "no kind": envelope(kind="other"),
    "a kind of another type": envelope(kind=["files"]),
    "no head": envelope(head_size=0),
    "an absurd head": envelope(head_size=1 << 20),
    "no body": envelope(body_size=0),
    "a negative body": envelope(body_size=-65536),
    "an absurd body": envelope(body_size=1 << 62),
    "a short hash": envelope(body_sha256="2" * 63),
    "another hash": envelope(head_sha256="G" * 64),
    "a name": envelope(name="x.gpg"),
    "quick copy without id": lambda bundle: bundle["quick"][0].update(id=""),
    "quick copy without size": lambda bundle: bundle["quick"][0].update(size=0),
    "quick copy without delivery": lambda bundle: bundle["quick"][0].update(delivery=""),
    "quick copy without hash": lambda bundle: bundle["quick"][0].update(sha256="5" * 65),
    "quick copies twice": lambda bundle: bundle["quick"].append(bundle["quick"][0]),
    "couriers out of order": lambda bundle: bundle["couriers_taken"].reverse(),
    "a courier twice": lambda bundle: bundle["couriers_taken"].append("e" * 32),
    "no courier id": lambda bundle: bundle.update(couriers_taken=["x"]),
    "couriers of another type": lambda bundle: bundle.update(couriers_taken=[1]),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_bundles(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Malformed):
        decode_bundle(changed(change))


@pytest.mark.parametrize(
    ("key", "limit"),
    [("envelopes", ENVELOPES_LIMIT), ("quick", QUICK_LIMIT), ("couriers_taken", COURIERS_LIMIT)],
)
def test_lists_past_their_limit_are_too_large(key: str, limit: int) -> None:
    with pytest.raises(TooLarge):
        decode_bundle(changed(lambda bundle: bundle.update({key: [0] * (limit + 1)})))


def test_a_manifest_too_large_is_not_parsed() -> None:
    with pytest.raises(TooLarge):
        decode_bundle(bytes(MANIFEST_LIMIT + 1))


def test_the_fullest_bundle_can_be_read_again() -> None:
    some = sorted({new_handle() for _ in range(ENVELOPES_LIMIT // 2)})
    entry = EnvelopeEntry(some[0], EnvelopeKind.FILES, 1 << 16, "1" * 64, 1 << 40, "2" * 64)
    copy = QuickCopy("0" * 32, some[0], date(2026, 3, 14), 1 << 18, "5" * 64)
    full = replace(
        MANIFEST,
        envelopes=tuple(
            replace(entry, delivery=handle, kind=kind)
            for handle in some
            for kind in (EnvelopeKind.FILES, EnvelopeKind.LETTER)
        ),
        quick=tuple(replace(copy, id=f"{number:032x}") for number in range(QUICK_LIMIT)),
        couriers_taken=tuple(f"{number:032x}" for number in range(COURIERS_LIMIT)),
    )
    assert len(full.envelopes) == ENVELOPES_LIMIT
    assert len(full.encode()) < MANIFEST_LIMIT * 3 / 4
    assert decode_bundle(full.encode()) == full


def test_a_bundle_that_could_not_be_read_cannot_be_made() -> None:
    with pytest.raises(Malformed):
        replace(MANIFEST, envelopes=MANIFEST.envelopes[::-1])
    with pytest.raises(Malformed):
        replace(MANIFEST, quick=MANIFEST.quick * 2)


HELD = (HeldEntry("A" * 40, 2, ("k7qm-3vtx-9fwd.files", "k7qm-3vtx-9fwd.letter")),)


@pytest.mark.parametrize("held", [(), HELD])
def test_what_a_server_holds_comes_back(held: tuple[HeldEntry, ...]) -> None:
    manifest = replace(MANIFEST, held=held)
    assert decode_bundle(manifest.encode()) == manifest


def test_a_desk_without_a_calendar_says_nothing_of_it() -> None:
    assert b"held" not in MANIFEST.encode()
    assert decode_bundle(MANIFEST.encode()).held is None


def test_subkeys_stand_in_order_and_once() -> None:
    other = replace(HELD[0], subkey="B" * 40)
    for held in [(other, HELD[0]), (other, other)]:
        with pytest.raises(Malformed):
            replace(MANIFEST, held=held)


@pytest.mark.parametrize("held", [None, {}, "A", [{}], [1]])
def test_what_no_server_says_that_it_holds_is_refused(held: object) -> None:
    changed = json.loads(MANIFEST.encode()) | {"held": held}
    with pytest.raises(FormatError):
        decode_bundle(json.dumps(changed, indent=1, sort_keys=True).encode() + b"\n")
