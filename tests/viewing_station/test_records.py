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


def test_what_changed_is_told_and_nothing_else(records: Records) -> None:
    with records.change():
        records.put("fruit", "apple", b"red")
        records.put("fruit", "plum", b"blue")
        records.put("tree", "apple", b"old")
    written, gone = records.changed("fruit", {})
    assert sorted(each.content for each in written) == [b"blue", b"red"]
    assert gone == set()
    known = {each.slot: each.stamp for each in written}
    assert records.changed("fruit", known) == ([], set())
    with records.change():
        records.put("fruit", "apple", b"red")
        records.drop("fruit", "plum")
    [again], gone = records.changed("fruit", known)
    assert (again.slot, again.content) == (records.slot("fruit", "apple"), b"red")
    assert gone == {records.slot("fruit", "plum")}
    assert records.at("fruit", again.slot) == b"red"
    assert records.at("fruit", records.slot("fruit", "plum")) is None


def test_a_kind_has_another_version_once_it_is_written_here_or_elsewhere(
    file: Path, records: Records
) -> None:
    before = records.version("fruit")
    assert records.version("fruit") == before
    with records.change():
        records.put("tree", "apple", b"old")
    assert records.version("fruit") == before
    with records.change():
        records.put("fruit", "apple", b"red")
    after = records.version("fruit")
    assert after != before
    with open_records(file, MASTER) as others, others.change():
        others.drop("fruit", "apple")
    assert records.version("fruit") not in (before, after)


def test_a_transaction_that_the_database_ended_by_itself_tells_its_cause(
    records: Records,
) -> None:
    def change() -> None:
        with records.change():
            records._database.execute("ROLLBACK")  # as SQLite does on a full disk
            raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        change()
    with records.change():
        records.put("fruit", "apple", b"red")


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
