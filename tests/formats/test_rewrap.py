"""An export's manifest comes back as it was written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.bundle import EnvelopeKind
from formats.errors import FormatError, Malformed, TooLarge
from formats.handles import new_handle
from formats.manifest import MANIFEST_LIMIT, Member
from formats.rewrap import HEADS_LIMIT, KEYS_LIMIT, HeadEntry, RewrapManifest, decode_rewrap

MANIFEST = RewrapManifest(
    export="a" * 32,
    instance="0123456789abcdef" * 2,
    desk="marseille",
    day=date(2026, 3, 16),
    sealed_to=("0" * 40, "A" * 40),
    heads=(
        HeadEntry("k7qm-3vtx-9fwd", EnvelopeKind.FILES, 96, "5" * 64, bytes(range(18))),
        HeadEntry("k7qm-3vtx-9fwd", EnvelopeKind.LETTER, 527, "6" * 64, bytes(18)),
    ),
)

WRITTEN = """{
 "day": "2026-03-16",
 "desk": "marseille",
 "export": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
 "format": "vasistas/rewrap/1",
 "heads": [
  {
   "delivery": "k7qm-3vtx-9fwd",
   "kind": "files",
   "prefix": "000102030405060708090a0b0c0d0e0f1011",
   "sha256": "5555555555555555555555555555555555555555555555555555555555555555",
   "size": 96
  },
  {
   "delivery": "k7qm-3vtx-9fwd",
   "kind": "letter",
   "prefix": "000000000000000000000000000000000000",
   "sha256": "6666666666666666666666666666666666666666666666666666666666666666",
   "size": 527
  }
 ],
 "instance": "0123456789abcdef0123456789abcdef",
 "sealed_to": [
  "0000000000000000000000000000000000000000",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
 ]
}
"""

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
handles = st.binary(min_size=8, max_size=8).map(lambda raw: new_handle(lambda _size: raw))
fingerprints = st.binary(min_size=20, max_size=20).map(lambda raw: raw.hex().upper())


@st.composite
def manifests(draw: st.DrawFn) -> RewrapManifest:
    named = draw(st.sets(st.tuples(handles, st.sampled_from(EnvelopeKind)), max_size=6))
    size, prefix = st.integers(1, 1 << 16), st.binary(min_size=18, max_size=18)
    heads = [HeadEntry(*name, draw(size), draw(hashes), draw(prefix)) for name in named]
    return RewrapManifest(
        export=draw(ids),
        instance=draw(ids),
        desk=draw(st.from_regex("[a-z0-9-]{1,40}", fullmatch=True)),
        day=draw(st.dates()),
        sealed_to=tuple(sorted(draw(st.sets(fingerprints, min_size=1, max_size=4)))),
        heads=tuple(sorted(heads, key=lambda head: head.name)),
    )


def test_an_export_is_written_in_one_way() -> None:
    assert MANIFEST.encode().decode() == WRITTEN
    assert decode_rewrap(WRITTEN.encode()) == MANIFEST


@given(manifests())
def test_an_export_comes_back(manifest: RewrapManifest) -> None:
    assert decode_rewrap(manifest.encode()) == manifest


def test_members_are_the_heads_in_the_manifests_order() -> None:
    assert MANIFEST.members() == (
        Member("k7qm-3vtx-9fwd.files.head", 96),
        Member("k7qm-3vtx-9fwd.letter.head", 527),
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_rewrap(data)


@given(st.data())
def test_an_export_with_bytes_changed_is_another_one_or_a_typed_error(data: st.DataObject) -> None:
    encoded = bytearray(WRITTEN.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        manifest = decode_rewrap(bytes(encoded))
    except FormatError:
        return
    assert manifest.encode() == bytes(encoded)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the manifest after `change`, written in the one way."""
    value = json.loads(WRITTEN)
    change(value)
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def head(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda export: export["heads"][0].update(fields)


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda export: export.update(format="vasistas/rewrap/2"),
    "a courier": lambda export: export.update(format="vasistas/courier/1"),
    "an unknown key": lambda export: export.update(hint=1),
    "a key missing": lambda export: export.pop("heads"),
    "no export id": lambda export: export.update(export="x" * 32),
    "no instance": lambda export: export.update(instance=0),
    "no slug": lambda export: export.update(desk="Nord"),
    "no day": lambda export: export.update(day="2026-13-01"),
    "sealed to nobody": lambda export: export.update(sealed_to=[]),
    "keys out of order": lambda export: export["sealed_to"].reverse(),
    "a key twice": lambda export: export.update(sealed_to=["A" * 40] * 2),
    "a key id": lambda export: export.update(sealed_to=["A" * 16]),
    "a fingerprint in small letters": lambda export: export.update(sealed_to=["a" * 40]),
    "a fingerprint that is a number": lambda export: export.update(sealed_to=[1]),
    "heads out of order": lambda export: export["heads"].reverse(),
    "a head twice": lambda export: export["heads"].append(export["heads"][1]),
    "no handle": head(delivery="../../etc"),
    "no kind": head(kind="reply"),
    "an empty head": head(size=0),
    "an absurd head": head(size=1 << 30),
    "a size that is a truth": head(size=True),
    "a short hash": head(sha256="5" * 63),
    "a short prefix": head(prefix="00" * 17),
    "a long prefix": head(prefix="00" * 19),
    "no hex": head(prefix="xx" * 18),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_exports(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Malformed):
        decode_rewrap(changed(change))


@pytest.mark.parametrize(("key", "limit"), [("heads", HEADS_LIMIT), ("sealed_to", KEYS_LIMIT)])
def test_lists_past_their_limit_are_too_large(key: str, limit: int) -> None:
    with pytest.raises(TooLarge):
        decode_rewrap(changed(lambda export: export.update({key: ["0"] * (limit + 1)})))


def test_the_fullest_export_can_be_read_again() -> None:
    keys = tuple(f"{number:040X}" for number in range(KEYS_LIMIT))
    names = [new_handle(lambda _, n=n: (n << 4).to_bytes(8, "big")) for n in range(HEADS_LIMIT)]
    heads = tuple(replace(MANIFEST.heads[0], delivery=name) for name in sorted(names))
    full = replace(MANIFEST, sealed_to=keys, heads=heads)
    assert len(full.encode()) < MANIFEST_LIMIT
    assert decode_rewrap(full.encode()) == full
