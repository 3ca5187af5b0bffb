"""What a backup says of itself comes back as it was written, and leads nowhere out of the home."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.backup import (
    BackedUpFile,
    BackupManifest,
    BodiesDigest,
    check_order,
    decode_backup,
    file_member,
    is_backup_path,
    is_body,
)
from formats.errors import FormatError, Malformed

A, B = "a" * 64, "b" * 64
MANIFEST = BackupManifest(
    instance="1" * 32,
    name="Vasistas d’essai",
    day=date(2026, 3, 16),
    schema="0007",
    files=(BackedUpFile("keys/argon2-salt", 33, A), BackedUpFile("vasistas.db", 4096, B)),
    bodies=2,
    bodies_size=90,
    bodies_sha256=A,
    gone=1,
    lost=("f" * 32,),
)
WRITTEN = f"""{{
 "bodies": 2,
 "bodies_sha256": "{A}",
 "bodies_size": 90,
 "day": "2026-03-16",
 "files": [
  {{
   "path": "keys/argon2-salt",
   "sha256": "{A}",
   "size": 33
  }},
  {{
   "path": "vasistas.db",
   "sha256": "{B}",
   "size": 4096
  }}
 ],
 "format": "vasistas/backup/1",
 "gone": 1,
 "instance": "{"1" * 32}",
 "lost": [
  "{"f" * 32}"
 ],
 "name": "Vasistas d’essai",
 "schema": "0007"
}}
"""
names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)


def test_a_manifest_is_written_in_one_way() -> None:
    assert MANIFEST.encode().decode() == WRITTEN
    assert decode_backup(WRITTEN.encode()) == MANIFEST


@given(st.sets(names, max_size=8), st.integers(0, 1 << 40), st.sets(st.uuids(), max_size=4))
def test_a_manifest_comes_back(found: set[str], size: int, lost: set[Any]) -> None:
    paths = sorted({"vasistas.db", *(f"onions/{name}" for name in found)})
    manifest = BackupManifest(
        instance="2" * 32,
        name="n",
        day=date(2026, 1, 1),
        schema="0099",
        files=tuple(BackedUpFile(path, size, B) for path in paths),
        bodies=0,
        bodies_size=0,
        bodies_sha256=BodiesDigest().sha256,
        lost=tuple(sorted(each.hex for each in lost)),
    )
    assert decode_backup(manifest.encode()) == manifest
    members = (*(file_member(n) for n in range(len(paths))), "manifest.json", "manifest.sig")
    check_order(members, manifest)
    for wrong in (members[1:], (*members, "x"), members[::-1], (members[0], *members)):
        with pytest.raises(Malformed):
            check_order(wrong, manifest)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", ".ssh/x", "a/.x", "-x",
     "a\0b", "a\nb", "a b", "a/b/c/d/e/f/g", "C:\\x", "a" * 121, "a\u202eb"],
)  # fmt: skip
def test_paths_that_no_file_may_have(path: str) -> None:
    assert not is_backup_path(path)
    with pytest.raises(Malformed):
        BackedUpFile(path, 1, A)


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda said: said.update(format="vasistas/backup/2"),
    "an unknown key": lambda said: said.update(hint=1),
    "a key missing": lambda said: said.pop("gone"),
    "no instance": lambda said: said.update(instance="../x"),
    "no name": lambda said: said.update(name=""),
    "a name that hides": lambda said: said.update(name="a\u202eb"),
    "no day": lambda said: said.update(day="2026-02-30"),
    "no schema": lambda said: said.update(schema="7"),
    "a file twice": lambda said: said["files"].append(said["files"][1]),
    "files out of order": lambda said: said["files"].reverse(),
    "a file that is a folder": lambda said: said["files"].insert(
        0, {"path": "keys", "sha256": A, "size": 1}
    ),
    "no database": lambda said: said["files"].pop(),
    "no hash": lambda said: said["files"][0].update(sha256="A" * 64),
    "less than nothing": lambda said: said["files"][0].update(size=-1),
    "more than there is": lambda said: said.update(bodies_size=1 << 60),
    "a truth for a number": lambda said: said.update(bodies=True),
    "lost things without a name": lambda said: said.update(lost=["x"]),
    "lost things twice": lambda said: said["lost"].append("f" * 32),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_manifests(change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(WRITTEN)
    change(value)
    with pytest.raises(Malformed):
        decode_backup(
            (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_backup(data)


def test_bodies_are_counted_in_the_order_of_their_names() -> None:
    digest = BodiesDigest()
    assert is_body("a" * 32)
    assert not is_body(file_member(1))
    digest.add("a" * 32, 40, A)
    digest.add("b" * 32, 50, B)
    assert (digest.number, digest.size) == (2, 90)
    for name in ("b" * 32, "a" * 32):
        with pytest.raises(Malformed):
            digest.add(name, 1, A)
    assert not digest.matches(MANIFEST)
    again = BodiesDigest()
    again.add("a" * 32, 40, A)
    assert again.sha256 != digest.sha256
