"""A backup's list comes back as it was written, and no path in it leads out of the folder."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed
from formats.member import Member
from formats.station_backup import (
    BackedUpFile,
    StationBackup,
    decode_station_backup,
    is_backup_path,
)

LISTING = StationBackup(
    "lyon", date(2026, 3, 16), (BackedUpFile("master.key", 88), BackedUpFile("gnupg/a.kbx", 0))
)
WRITTEN = """{
 "day": "2026-03-16",
 "desk": "lyon",
 "files": [
  {
   "path": "master.key",
   "size": 88
  },
  {
   "path": "gnupg/a.kbx",
   "size": 0
  }
 ],
 "format": "vasistas/station-backup/1"
}
"""
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


def test_a_list_is_written_in_one_way() -> None:
    assert LISTING.encode().decode() == WRITTEN
    assert decode_station_backup(WRITTEN.encode()) == LISTING
    assert LISTING.members() == (Member("0000000", 88), Member("0000001", 0))


@given(st.sets(names, max_size=8), st.integers(0, 1 << 40))
def test_a_list_comes_back(found: set[str], size: int) -> None:
    files = tuple(BackedUpFile(f"files/{name}", size) for name in sorted(found))
    listing = StationBackup("nord", date(2026, 1, 1), files)
    assert decode_station_backup(listing.encode()) == listing


@pytest.mark.parametrize(
    "path",
    ["", "/", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", ".ssh/x", "a/.x", "-x",
     "a\0b", "a\nb", "é", "a b", "a/b/c/d/e", "C:\\x", "a" * 101, "a\u202eb"],
)  # fmt: skip
def test_paths_that_no_file_may_have(path: str) -> None:
    assert not is_backup_path(path)
    with pytest.raises(Malformed):
        BackedUpFile(path, 1)


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda listing: listing.update(format="vasistas/station-backup/2"),
    "an unknown key": lambda listing: listing.update(hint=1),
    "no slug": lambda listing: listing.update(desk="../x"),
    "no day": lambda listing: listing.update(day="2026-02-30"),
    "a file twice": lambda listing: listing["files"].append(listing["files"][0]),
    "a file that is a folder": lambda listing: listing["files"].append(
        {"path": "gnupg", "size": 1}
    ),
    "a path up": lambda listing: listing["files"][0].update(path="../master.key"),
    "less than nothing": lambda listing: listing["files"][0].update(size=-1),
    "more than there is": lambda listing: listing["files"][0].update(size=1 << 63),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_lists(change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(WRITTEN)
    change(value)
    with pytest.raises(Malformed):
        decode_station_backup(
            (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_station_backup(data)
