"""What a transaction promises to whoever holds it."""

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from storage import desks, replies
from storage.engine import Database, open_database
from storage.errors import DiskFull
from storage.models import DeskState
from storage.schema import upgrade
from tests.storage.rows import DAY, add_desk, new_reply


def test_a_clean_exit_commits(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
    with db.read() as s:
        assert desks.get_desk(s, "nord").state is DeskState.OPEN


def test_an_exception_undoes_all(db: Database) -> None:
    def fail() -> None:
        with db.write() as s:
            add_desk(s)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.read() as s:
        assert desks.list_desks(s) == []


def test_a_read_transaction_cannot_write(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
    with pytest.raises(DBAPIError), db.read() as s:
        desks.current_key_set(s, "nord", DAY)
    with db.write() as s:  # the connection that refused serves writers again
        desks.current_key_set(s, "nord", DAY)


def test_a_read_transaction_sees_one_moment(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
    with db.read() as reader:
        assert len(desks.list_desks(reader)) == 1
        with db.write() as s:
            add_desk(s, "sud")
        assert len(desks.list_desks(reader)) == 1
    with db.read() as s:
        assert len(desks.list_desks(s)) == 2


def test_rows_stay_readable_after_their_transaction(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        written = desks.get_desk(s, "nord")
    with db.read() as s:
        read = desks.get_desk(s, "nord")
    assert written.name == read.name == "Nord"


def test_a_full_disk_is_told_and_stores_nothing(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk / 'vasistas.db'}"
    upgrade(url)
    db = open_database(url)
    with db.write() as s:
        add_desk(s)
    with pytest.raises(DiskFull):
        _insert_replies(db, 1000)
    with db.read() as s:
        assert replies.expired(s, DAY.replace(year=3000)) == []
    _insert_replies(db, 1)  # small things still fit
    db.close()


def _insert_replies(db: Database, number: int) -> None:
    with db.write() as s:
        for _ in range(number):
            replies.insert_reply(s, new_reply())
