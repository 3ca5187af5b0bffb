"""After the night the database file keeps no order of arrival, and never what was deleted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.orm import Session

from storage import deletions, deliveries, replies
from storage.deliveries import NewDelivery
from storage.engine import Database, open_database
from storage.replies import NewReply
from storage.schema import upgrade
from storage.upkeep import compact, truncate_wal
from tests.storage.rows import add_delivery, add_desk, new_delivery, new_reply

# Of the header (https://sqlite.org/fileformat2.html, 1.3): the change counter, the schema cookie,
# and the counter's copy with the version that set it. They count transactions, and no row.
COUNTERS = (slice(24, 28), slice(40, 44), slice(92, 100))


Row = NewDelivery | NewReply


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    upgrade(f"sqlite:///{path}")
    db = open_database(f"sqlite:///{path}")
    yield db
    db.close()


def _path(db: Database) -> Path:
    return Path(db.engine.url.database or "")


def _without_counters(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    for counter in COUNTERS:
        data[counter] = bytes(counter.stop - counter.start)
    return bytes(data)


@pytest.fixture
def rows() -> list[Row]:
    """Enough of both that trees are three pages deep, with boxes that spill over."""
    deliveries_ = [new_delivery("", files=number % 2 == 0) for number in range(300)]
    return [*deliveries_, *(new_reply() for _ in range(60))]


def _insert(db: Database, rows: Sequence[Row]) -> None:
    for first in range(0, len(rows), 20):  # some at a time: a sync of the disk for each is slow
        with db.write() as s:
            for row in rows[first : first + 20]:
                _insert_one(s, row)


def _insert_one(s: Session, row: Row) -> None:
    if isinstance(row, NewReply):
        replies.insert_reply(s, row)
    else:
        deliveries.insert_delivery(s, row)


def _file(
    path: Path, rows: list[Row], order: int, *, visitors: int = 0, compacted: bool = True
) -> bytes:
    """Return the bytes of a database to which rows, and some that were deleted again, came."""
    arriving = list(rows)
    Random(order).shuffle(arriving)  # noqa: S311 - a known order
    with _opened(path) as db:
        with db.write() as s:
            key_set = add_desk(s)
        passing = [_to(new_delivery("", files=True), key_set) for _ in range(visitors)]
        _insert(db, passing)
        _insert(db, [_to(row, key_set) for row in arriving])
        with db.write() as s:
            deletions.delete_deliveries(s, [row.id for row in passing])
        if compacted:
            compact(db)
        assert truncate_wal(db)
        return _without_counters(path)


def _to(row: Row, key_set: str) -> Row:
    if isinstance(row, NewReply):
        return row
    return replace(row, envelopes=[replace(each, key_set=key_set) for each in row.envelopes])


def test_the_order_of_arrival_is_in_no_byte(tmp_path: Path, rows: list[Row]) -> None:
    assert _file(tmp_path / "1.db", rows, 1) == _file(tmp_path / "2.db", rows, 2)


def test_nor_is_what_came_and_went(tmp_path: Path, rows: list[Row]) -> None:
    assert _file(tmp_path / "1.db", rows, 1) == _file(tmp_path / "2.db", rows, 1, visitors=40)


def test_without_the_night_both_are(tmp_path: Path, rows: list[Row]) -> None:
    first = _file(tmp_path / "1.db", rows, 1, compacted=False)
    assert first != _file(tmp_path / "2.db", rows, 2, compacted=False)
    assert first != _file(tmp_path / "3.db", rows, 1, visitors=40, compacted=False)


def test_what_was_deleted_is_in_no_file(sqlite_db: Database) -> None:
    with sqlite_db.write() as s:
        key_set = add_desk(s)
        gone, here = add_delivery(s, key_set), add_delivery(s, key_set)
        answer = new_reply()
        replies.insert_reply(s, answer)
    folder = _path(sqlite_db).parent

    def found(*needles: bytes) -> list[bool]:
        stored = b"".join(file.read_bytes() for file in folder.iterdir())
        return [needle in stored for needle in needles]

    needles = (gone.nonce, gone.envelopes[0].head, answer.box[100:200], here.nonce)
    assert found(*needles) == [True, True, True, True]  # the search finds what is there
    with sqlite_db.write() as s:
        deletions.delete_deliveries(s, [gone.id])
        deletions.delete_replies(s, [answer.id])
    assert truncate_wal(sqlite_db)
    assert found(*needles) == [False, False, False, True]


def test_a_reader_in_the_way_is_told(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.upkeep._TRUNCATE_SECONDS", 0)
    with sqlite_db.write() as s:
        key_set = add_desk(s)
    with sqlite_db.read() as reader:
        deliveries.get(reader, ["none"])
        with sqlite_db.write() as s:
            add_delivery(s, key_set)
        assert not truncate_wal(sqlite_db)
    assert truncate_wal(sqlite_db)
    wal = _path(sqlite_db).with_name("vasistas.db-wal")
    assert wal.stat().st_size == 0


def test_compacting_keeps_everything_and_the_database_goes_on(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        new = add_delivery(s, key_set, files=True)
    compact(db)
    assert truncate_wal(db)
    with db.write() as s:
        other = add_delivery(s, key_set)
    with db.read() as s:
        assert len(deliveries.get(s, [new.id, other.id])) == 2
        assert len(deliveries.envelopes(s, [new.id])) == 2
