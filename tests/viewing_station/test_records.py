"""Records cannot be read, moved or altered without the master key."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from viewing_station.errors import DamagedError, RecordsError
from viewing_station.records import Records, make_records, open_records

MASTER = MasterKey.new()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "station.db"
    make_records(file, MASTER)
    return file


@pytest.fixture
def records(file: Path) -> Iterator[Records]:
    with open_records(file, MASTER) as records:
        yield records


def test_what_is_put_is_found(records: Records) -> None:
    with records.change():
        records.put("fruit", "apple", b"red")
        records.put("fruit", "plum", b"blue")
        records.put("tree", "apple", b"old")
        records.put("fruit", "apple", b"green")
        records.drop("fruit", "cherry")
    assert records.get("fruit", "apple") == b"green"
    assert records.get("tree", "apple") == b"old"
    assert records.get("tree", "plum") is None
    assert sorted(records.all("fruit")) == [b"blue", b"green"]


def test_what_is_dropped_is_gone_from_the_file(file: Path, records: Records) -> None:
    with records.change():
        records.put("fruit", "apple", b"red")
    [(box,)] = (
        sqlite3.connect(file).execute("SELECT box FROM records WHERE shelf != x''").fetchall()
    )
    assert box in file.read_bytes()
    with records.change():
        records.drop("fruit", "apple")
    assert records.get("fruit", "apple") is None
    assert box not in file.read_bytes()


def test_a_change_that_fails_changes_nothing(records: Records) -> None:
    def change() -> None:
        with records.change():
            records.put("fruit", "apple", b"red")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert records.get("fruit", "apple") is None
    with records.change():
        records.put("fruit", "plum", b"blue")


def test_boxes_cannot_change_places(file: Path, records: Records) -> None:
    with records.change():
        records.put("fruit", "apple", b"red")
        records.put("fruit", "plum", b"blue")
    with sqlite3.connect(file) as stranger:
        rows = stranger.execute("SELECT slot, box FROM records WHERE shelf != x''").fetchall()
        (one, one_box), (other, other_box) = rows
        stranger.execute("UPDATE records SET box = ? WHERE slot = ?", (other_box, one))
        stranger.execute("UPDATE records SET box = ? WHERE slot = ?", (one_box, other))
    stranger.close()
    with pytest.raises(DamagedError):
        records.get("fruit", "apple")
    with pytest.raises(DamagedError):
        list(records.all("fruit"))


def test_another_master_key_opens_nothing(file: Path) -> None:
    with pytest.raises(DamagedError), open_records(file, MasterKey.new()):
        pass


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000])
def test_a_file_that_is_no_database_is_told(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises((DamagedError, RecordsError)), open_records(file, MASTER):
        pass


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(RecordsError), open_records(tmp_path / "none.db", MASTER):
        pass
    assert not (tmp_path / "none.db").exists()
