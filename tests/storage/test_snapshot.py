"""A backup's copy of the database: one moment, and nothing that must stay with the machine."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import deletions, desks, history, log_in_waits, replies, rewraps
from storage.engine import Database, open_database
from storage.errors import AlreadyThere
from storage.history import Line
from storage.models import Base, Delivery, Envelope, EnvelopeKind, RowKind
from storage.rewraps import HeadSwap
from storage.snapshot import (
    LEFT_OUT,
    all_bodies,
    copied_tables,
    drop_deliveries,
    load_snapshot,
    opened_snapshot,
    take_snapshot,
)
from tests.storage.rows import DAY, a_reviewer, add_delivery, add_desk, add_session, new_reply

# Whoever adds a table decides here whether a backup has it.
COPIED = {
    "bundles",
    "chores",
    "couriers_taken",
    "deliveries",
    "desk_key_windows",
    "desk_keys",
    "desks",
    "envelopes",
    "history",
    "history_head",
    "intake_days",
    "items_taken",
    "key_set_members",
    "key_sets",
    "queued_deletions",
    "quick_copies",
    "recovery_codes",
    "replies",
    "restorations",
    "restored_bundles",
    "reviewer_desks",
    "reviewers",
    "standard_answers",
    "station_keys",
}


@pytest.fixture
def delivery(db: Database) -> str:
    """Furnish a database with something of most kinds; return its delivery."""
    with db.write() as s:
        key_set = add_desk(s)
        found = add_delivery(s, key_set, files=True).id
        reviewer = a_reviewer(s)
        add_session(s)
        add_session(s, reviewer)
        log_in_waits.count(s, reviewer, 1_795_000_000)
        replies.insert_reply(s, new_reply())
        history.record(s, Line(day=DAY, deed="begun"), lambda digest: digest * 2)
        letter = s.get_one(Envelope, (found, EnvelopeKind.LETTER))
        swapped = HeadSwap(
            delivery=found,
            kind=EnvelopeKind.LETTER,
            old=letter.head_sha256,
            head=b"new head",
            sha256=bytes(32),
        )
        assert rewraps.swap(s, swapped, key_set)
    return found


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.read() as s:
        return {
            table.name: sorted(map(tuple, s.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_every_table_is_decided_on() -> None:
    assert {table.name for table in copied_tables()} == COPIED
    assert {table.name for table in Base.metadata.sorted_tables} == COPIED | LEFT_OUT


def test_all_is_copied_but_what_stays_with_the_machine(
    db: Database, delivery: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    take_snapshot(db, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    copy = open_database(f"sqlite:///{file}")
    before, after = contents(db), contents(copy)
    copy.close()
    assert all(before[name] for name in LEFT_OUT)
    assert {name for name in before if before[name] != after[name]} == LEFT_OUT
    assert after["sessions"] == after["old_heads"] == []
    accounts = {reviewer[0] for reviewer in before["reviewers"]}
    waits = {(account, 0, 0) for account in (*accounts, log_in_waits.NOBODY)}
    assert set(after["log_in_waits"]) == waits


def test_the_moment_is_one_and_writers_do_not_wait(
    db: Database, delivery: str, tmp_path: Path
) -> None:
    key_set = ""
    with db.read() as s:
        key_set = s.scalars(select(Envelope.key_set)).first() or ""
    with db.read() as held:
        held.scalars(select(Delivery.id)).all()
        with db.write() as s:
            add_delivery(s, key_set)
    take_snapshot(db, tmp_path / "copy.db")
    with opened_snapshot(tmp_path / "copy.db") as copy:
        assert len(list(all_bodies(copy))) == 3


def test_what_waits_to_be_deleted_is_not_copied(
    db: Database, delivery: str, tmp_path: Path
) -> None:
    with db.write() as s:
        deletions.queue(s, RowKind.DELIVERY, [delivery])
    take_snapshot(db, tmp_path / "copy.db")
    with opened_snapshot(tmp_path / "copy.db") as copy:
        assert contents(copy)["deliveries"] == []
        assert contents(copy)["envelopes"] == []
        assert contents(copy)["queued_deletions"] == []
    assert delivery.encode() not in (tmp_path / "copy.db").read_bytes()


def test_what_went_meanwhile_is_taken_out_again(
    db: Database, delivery: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    take_snapshot(db, file)
    assert delivery.encode() in file.read_bytes()
    drop_deliveries(file, [delivery])
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    assert delivery.encode() not in file.read_bytes()


def test_bodies_come_in_the_order_of_their_random_names(db: Database, delivery: str) -> None:
    found = list(all_bodies(db))
    assert [name for _, name, _, _ in found] == sorted(name for _, name, _, _ in found)
    assert {owner for owner, *_ in found} == {delivery}
    assert {(size, len(digest)) for *_, size, digest in found} == {(16_500, 32)}


def test_a_copy_is_loaded_into_an_empty_database_once(
    db: Database, delivery: str, tmp_path: Path, empty_postgres_url: str
) -> None:
    file = tmp_path / "copy.db"
    take_snapshot(db, file)
    for url in (f"sqlite:///{tmp_path}/other.db", empty_postgres_url):
        load_snapshot(file, url)
        load_snapshot(file, url)  # cut off behind the commit, and run again
        other = open_database(url)
        loaded = contents(other)
        with other.write() as s:
            desks.add_desk(s, "sud", "Sud")
            history.record(s, Line(day=date(2027, 1, 1), deed="desk-added"), bytes)
        other.close()
        with opened_snapshot(file) as copy:
            assert contents(copy) == loaded  # the rows that log-ins count in among them
        with pytest.raises(AlreadyThere):
            load_snapshot(file, url)
