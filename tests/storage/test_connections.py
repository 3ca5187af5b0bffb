"""Pragmas, transactions, processes and threads."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from storage import connections, intake
from storage.connections import make_engine, parse_url, sqlite_path
from storage.engine import Database, open_database
from storage.errors import DatabaseBusy
from storage.models import Reply
from tests.storage.rows import DAY, add_delivery, add_desk

_fork = multiprocessing.get_context("fork")


def test_every_connection_of_the_pool_has_its_pragmas(sqlite_db: Database) -> None:
    engine = sqlite_db.engine
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "temp_store": 2,
        "busy_timeout": connections.BUSY_SECONDS * 1000,
    }
    held = [engine.connect() for _ in range(connections.POOL_MOST)]
    for connection in held:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert found == wanted
    for connection in held:
        connection.close()


def test_only_urls_of_the_two_databases_and_of_files(tmp_path: Path) -> None:
    assert sqlite_path(f"sqlite:///{tmp_path / 'v.db'}") == tmp_path / "v.db"
    assert sqlite_path("postgresql://host/name") is None
    assert parse_url("postgresql://host/name").drivername == "postgresql+psycopg"
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="must name a file"):
            sqlite_path(url)
    with pytest.raises(ValueError, match="neither"):
        parse_url("mysql://host/name")


def test_errors_show_no_rows(db: Database) -> None:
    row = {"id": "canary", "desk": "none", "day": DAY, "nonce": b"", "tag": b"", "box": b""}
    with pytest.raises(IntegrityError) as caught, db.write() as s:
        s.execute(insert(Reply), row)
    assert "canary" not in str(caught.value)


def test_a_second_writer_waits_its_turn(db: Database) -> None:
    with db.write() as s:
        intake.add_bytes(s, DAY, 1)
    first_holds, second_done = threading.Event(), threading.Event()

    def second() -> None:
        first_holds.wait(10)
        with db.write() as s:
            intake.add_bytes(s, DAY, 10)
        second_done.set()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(second)
        with db.write() as s:
            intake.add_bytes(s, DAY, 100)
            first_holds.set()
            assert not second_done.wait(0.3)
        done.result(30)
    with db.read() as s:
        assert intake.bytes_of(s, DAY) == 111


def test_waiting_too_long_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.1)
    one, other = open_database(sqlite_url), open_database(sqlite_url)
    with one.write(), pytest.raises(DatabaseBusy), other.write():
        pass
    monkeypatch.setattr(connections, "POOL_KEPT", 1)
    monkeypatch.setattr(connections, "POOL_MOST", 1)
    narrow = Database(make_engine(sqlite_url))
    with narrow.read(), pytest.raises(DatabaseBusy), narrow.read():
        pass
    for database in (one, other, narrow):
        database.close()


def test_processes_and_threads_lose_no_write(db: Database) -> None:
    """Two workers of 64 threads, each with 5 small writes, while readers read."""

    def work() -> None:
        def add(_: int) -> None:
            with db.read() as s:
                intake.bytes_of(s, DAY)
            with db.write() as s:
                intake.add_bytes(s, DAY, 1)

        with ThreadPoolExecutor(64) as pool:
            list(pool.map(add, range(320)))

    with db.write() as s:
        intake.add_bytes(s, DAY, 0)
    workers = [_fork.Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with db.read() as s:
        assert intake.bytes_of(s, DAY) == 640


def test_a_transaction_killed_in_the_middle_leaves_nothing(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
    ready, writing = os.pipe()

    def child() -> None:
        with db.write() as s:
            add_delivery(s, key_set)
            s.flush()
            os.write(writing, b"x")
            signal.pause()

    process = _fork.Process(target=child)
    process.start()
    assert os.read(ready, 1) == b"x"
    process.kill()
    process.join()
    os.close(ready)
    os.close(writing)
    with db.write() as s:  # the lock died with it
        s.execute(text("UPDATE desks SET name = 'Nord'"))
    with db.read() as s:
        for table in ("deliveries", "envelopes"):
            assert s.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - our two words


def test_foreign_keys_hold(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as s:
        s.execute(text("INSERT INTO key_sets (id, desk) VALUES ('k', 'nowhere')"))
