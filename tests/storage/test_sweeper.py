"""The sweeper takes what is over, all of it and nothing else, whatever goes on beside it."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from storage import (
    bundles,
    chores,
    deletions,
    deliveries,
    desks,
    intake,
    replies,
    reviewers,
    sessions,
)
from storage.blobs import BlobStore
from storage.deliveries import NewDelivery, insert_delivery
from storage.engine import Database, open_database
from storage.models import RowKind
from storage.sweeper import Kept, expire, night, sweep
from tests.storage.rows import (
    a_reviewer,
    add_desk,
    add_session,
    new_delivery,
    new_reply,
    session_ids,
)

DICE = SystemRandom()
NOW = datetime.now(UTC)
TODAY = NOW.date()
LATER = NOW + timedelta(hours=2)  # for blobs: their change time is the real one


def _deliver(
    db: Database, blobs: BlobStore, key_set: str, days_ago: int = 0, *, files: bool = False
) -> NewDelivery:
    new = new_delivery(key_set, day=TODAY - timedelta(days_ago), files=files)
    for envelope in new.envelopes:
        with blobs.create() as writer:
            writer.write(envelope.body_sha256)
            object.__setattr__(envelope, "body_blob", writer.commit())
    with db.write() as s:
        insert_delivery(s, new)
    return new


def _desk(db: Database) -> str:
    with db.write() as s:
        return add_desk(s)


def _here(db: Database, *new: NewDelivery) -> set[str]:
    with db.read() as s:
        return {delivery.id for delivery in deliveries.get(s, [each.id for each in new])}


def test_an_idle_house_has_nothing_to_sweep(db: Database, blobs: BlobStore) -> None:
    key_set = _desk(db)
    new = _deliver(db, blobs, key_set, files=True)
    swept = sweep(db, blobs, LATER, DICE)
    assert swept.wal_truncated
    assert not any(number for what, number in vars(swept).items() if what != "wal_truncated")
    assert _here(db, new) == {new.id}
    assert len(list(blobs.names())) == 2


def test_queued_deletions_are_carried_out_with_their_blobs(db: Database, blobs: BlobStore) -> None:
    key_set = _desk(db)
    gone, here = _deliver(db, blobs, key_set, files=True), _deliver(db, blobs, key_set)
    answer = new_reply()
    with db.write() as s:
        replies.insert_reply(s, answer)
        deletions.queue(s, RowKind.DELIVERY, [gone.id])
        deletions.queue(s, RowKind.REPLY, [answer.id])
    swept = sweep(db, blobs, NOW, DICE)
    assert (swept.deletions, swept.left) == (2, 0)
    assert list(blobs.names()) == [here.envelopes[0].body_blob]
    with db.read() as s:
        assert deletions.queued(s) == []
        assert replies.expired(s, TODAY + timedelta(999)) == []
    assert sweep(db, blobs, NOW, DICE).deletions == 0


def test_deletions_come_one_a_transaction_in_shuffled_order(db: Database, blobs: BlobStore) -> None:
    key_set = _desk(db)
    ids = [_deliver(db, blobs, key_set).id for _ in range(6)]
    with db.write() as s:
        deletions.queue(s, RowKind.DELIVERY, ids)
    left_after_each_commit: list[int] = []

    def note(_: Connection) -> None:
        with db.engine.connect() as other:
            query = "SELECT count(*) FROM deliveries"
            left_after_each_commit.append(other.exec_driver_sql(query).scalar_one())

    order: list[str] = []

    class Dice(Random):
        def shuffle(self, x: list[object]) -> None:  # type: ignore[override]
            x.reverse()
            order.extend(getattr(each, "target", "") for each in x)

    event.listen(db._writes.kw["bind"], "commit", note)
    sweep(db, blobs, NOW, Dice())
    assert left_after_each_commit[:6] == [6, 5, 4, 3, 2, 1]
    assert order == sorted(ids, reverse=True)


def test_what_has_expired_is_ended(db: Database, blobs: BlobStore) -> None:
    now = int(NOW.timestamp())
    with db.write() as s:
        add_desk(s)
        desks.add_key(s, "nord", "E" * 40, "expired", TODAY)
        ada = a_reviewer(s)
        reviewers.accept_step(s, ada, now // 30 - 100)
        add_session(s, expires=now, ends=now + 3600)
        living = add_session(s, expires=now + 1, ends=now + 3600)
        intake.add_bytes(s, TODAY - timedelta(1), 5)
        intake.add_bytes(s, TODAY, 7)
        old, new = TODAY - timedelta(31), TODAY - timedelta(30)
        for name, day in (("old", old), ("new", new)):
            bundles.insert_bundle(
                s,
                bundles.NewBundle(id=name, desk="nord", day=day, manifest=b"", signature=b""),
            )
    swept = sweep(db, blobs, NOW, DICE)
    assert (swept.sessions, swept.keys_retired) == (1, 1)
    with db.read() as s:
        assert session_ids(s) == {living}
        assert sessions.get(s, living, now) is not None
        assert len(desks.active_keys(s, "nord", TODAY - timedelta(9))) == 1
        assert (intake.bytes_of(s, TODAY - timedelta(1)), intake.bytes_of(s, TODAY)) == (0, 7)
        assert (bundles.get(s, "old"), bundles.get(s, "new") is None) == (None, False)
        found = reviewers.get(s, ada)
        assert found is not None
        assert found.totp_step == 0


@pytest.mark.parametrize(("kept", "days"), [(Kept(), 180), (Kept(replies=timedelta(9)), 9)])
def test_old_replies_go_and_others_stay(
    db: Database, blobs: BlobStore, kept: Kept, days: int
) -> None:
    old = new_reply(day=TODAY - timedelta(days + 1))
    new = new_reply(day=TODAY - timedelta(days))
    with db.write() as s:
        add_desk(s)
        replies.insert_reply(s, old)
        replies.insert_reply(s, new)
    assert sweep(db, blobs, NOW, DICE, kept).replies == 1
    with db.read() as s:
        assert [reply.id for reply in replies.get(s, [old.id, new.id])] == [new.id]


def test_orphans_go_once_they_are_old(db: Database, blobs: BlobStore) -> None:
    new = _deliver(db, blobs, _desk(db))
    with blobs.create() as writer:
        orphan = writer.commit()
    assert sweep(db, blobs, NOW, DICE).orphans == 0
    assert orphan in set(blobs.names())
    assert sweep(db, blobs, LATER, DICE).orphans == 1
    assert list(blobs.names()) == [new.envelopes[0].body_blob]


def test_a_live_upload_is_never_an_orphan(db: Database, blobs: BlobStore) -> None:
    """Not while it is written, however long; nor between its commit and its row."""
    new = new_delivery(_desk(db))
    with blobs.create() as writer:
        writer.write(b"slow")
        swept = sweep(db, blobs, NOW + timedelta(days=3), DICE)
        assert (swept.parts, swept.orphans) == (0, 0)
        name = writer.commit()
        swept = sweep(db, blobs, NOW + timedelta(days=3), DICE)
        assert (swept.orphans, swept.left) == (0, 1)
        object.__setattr__(new.envelopes[0], "body_blob", name)
        with db.write() as s:
            insert_delivery(s, new)
    assert sweep(db, blobs, NOW + timedelta(days=3), DICE).orphans == 0
    assert b"".join(blobs.read(name)) == b"slow"


def test_a_row_that_comes_between_list_and_lock_saves_its_blob(
    db: Database, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = new_delivery(_desk(db))
    with blobs.create() as writer:
        name = writer.commit()
    object.__setattr__(new.envelopes[0], "body_blob", name)

    def changed_just_after_the_list(_: str) -> datetime:
        with db.write() as s:
            insert_delivery(s, new)
        return NOW - timedelta(days=1)

    monkeypatch.setattr(blobs, "changed", changed_just_after_the_list)
    assert sweep(db, blobs, NOW, DICE).orphans == 0
    assert list(blobs.names()) == [name]


def test_a_blob_that_is_read_is_taken_up_again(db: Database, blobs: BlobStore) -> None:
    gone = _deliver(db, blobs, _desk(db))
    with db.write() as s:
        deletions.queue(s, RowKind.DELIVERY, [gone.id])
    with blobs.open(gone.envelopes[0].body_blob) as reading:
        swept = sweep(db, blobs, NOW, DICE)
        assert (swept.deletions, swept.left) == (1, 1)
        assert reading.read() == gone.envelopes[0].body_sha256
    assert sweep(db, blobs, LATER, DICE).orphans == 1
    assert list(blobs.names()) == []


@pytest.fixture
def front_ends(url: str) -> Iterator[tuple[Database, Database]]:
    one, other = open_database(url), open_database(url)
    yield one, other
    one.close()
    other.close()


def test_two_sweepers_do_the_work_once(
    front_ends: tuple[Database, Database], blobs: BlobStore
) -> None:
    one, _ = front_ends
    key_set = _desk(one)
    gone = [_deliver(one, blobs, key_set, files=True) for _ in range(15)]
    here = [_deliver(one, blobs, key_set) for _ in range(3)]
    with one.write() as s:
        deletions.queue(s, RowKind.DELIVERY, [each.id for each in gone])
    start = threading.Barrier(2)

    def work(db: Database) -> int:
        start.wait()
        return sweep(db, blobs, NOW, SystemRandom()).left

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, front_ends))
    sweep(one, blobs, LATER, DICE)
    assert _here(one, *gone, *here) == {each.id for each in here}
    assert set(blobs.names()) == {each.envelopes[0].body_blob for each in here}


def test_sweeping_beside_deliveries_loses_none(db: Database, blobs: BlobStore) -> None:
    """A sweeper in another process, all along, to whom a blob of just now is old."""
    key_set = _desk(db)
    stop = multiprocessing.get_context("fork").Event()

    def broom() -> None:
        while not stop.is_set():
            sweep(db, blobs, datetime.now(UTC) + timedelta(hours=2), SystemRandom())

    process = multiprocessing.get_context("fork").Process(target=broom)
    process.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            new = list(pool.map(lambda _: _deliver_held(db, blobs, key_set), range(60)))
    finally:
        stop.set()
        process.join(60)
    assert process.exitcode == 0
    assert _here(db, *new) == {each.id for each in new}
    for each in new:
        for envelope in each.envelopes:
            assert b"".join(blobs.read(envelope.body_blob)) == envelope.body_sha256


def _deliver_held(db: Database, blobs: BlobStore, key_set: str) -> NewDelivery:
    """Deliver as the source app is to: the row goes in while the writer is still open."""
    new = new_delivery(key_set)
    with blobs.create() as writer:
        writer.write(new.envelopes[0].body_sha256)
        object.__setattr__(new.envelopes[0], "body_blob", writer.commit())
        with db.write() as s:
            insert_delivery(s, new)
    return new


def _inodes(where: Path, *new: NewDelivery) -> dict[str, int]:
    names = [envelope.body_blob for each in new for envelope in each.envelopes]
    return {name: (where / name[:2] / name).stat().st_ino for name in names}


def test_a_night_rewrites_past_days_and_no_other(
    db: Database, blobs: BlobStore, tmp_path: Path
) -> None:
    where = tmp_path / "blobs"
    key_set = _desk(db)
    past = [_deliver(db, blobs, key_set, days_ago) for days_ago in (400, 2, 1, 1, 1)]
    today = _deliver(db, blobs, key_set)
    before, before_today = _inodes(where, *past), _inodes(where, today)
    result = night(db, blobs, TODAY, DICE)
    assert result is not None
    assert (result.blobs, result.left) == (5, 0)
    after = _inodes(where, *past)
    assert not set(before.items()) & set(after.items())
    assert _inodes(where, today) == before_today
    for each in [*past, today]:
        envelope = each.envelopes[0]
        assert b"".join(blobs.read(envelope.body_blob)) == envelope.body_sha256


def test_a_night_happens_once_and_the_next_goes_on(db: Database, blobs: BlobStore) -> None:
    key_set = _desk(db)
    _deliver(db, blobs, key_set, 1)
    _deliver(db, blobs, key_set)
    assert night(db, blobs, TODAY, DICE) is not None
    assert night(db, blobs, TODAY, DICE) is None
    following = night(db, blobs, TODAY + timedelta(1), DICE)
    assert following is not None
    assert following.blobs == 1  # today's, which are past by then


def test_a_night_of_two_front_ends_is_one_night(
    front_ends: tuple[Database, Database], blobs: BlobStore
) -> None:
    one, _ = front_ends
    _deliver(one, blobs, _desk(one), 1)
    start = threading.Barrier(2)

    def work(db: Database) -> bool:
        start.wait()
        return night(db, blobs, TODAY, SystemRandom()) is not None

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, front_ends)) == [False, True]


def test_a_blob_in_use_has_its_night_tomorrow(db: Database, blobs: BlobStore) -> None:
    key_set = _desk(db)
    read, other = _deliver(db, blobs, key_set, 1), _deliver(db, blobs, key_set, 1)
    with blobs.open(read.envelopes[0].body_blob):
        result = night(db, blobs, TODAY, DICE)
    assert result is not None
    assert (result.blobs, result.left) == (1, 1)
    following = night(db, blobs, TODAY + timedelta(1), DICE)
    assert following is not None
    assert (following.blobs, following.left) == (2, 0)
    assert len(_here(db, read, other)) == 2


def test_a_night_that_fails_is_tried_again(
    db: Database, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deliver(db, blobs, _desk(db), 1)
    with monkeypatch.context() as broken:
        broken.setattr(blobs, "settle", _fail)
        with pytest.raises(RuntimeError):
            night(db, blobs, TODAY, DICE)
    with db.read() as s:
        assert chores.last_day(s, "night") == TODAY - timedelta(1)
    assert night(db, blobs, TODAY, DICE) is not None


def _fail(_: Random) -> None:
    raise RuntimeError


def test_rewriting_is_in_the_order_of_the_dice(
    db: Database, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inode numbers follow the order of writing: it must be the dice's and not the arrivals'."""
    key_set = _desk(db)
    for _ in range(8):
        _deliver(db, blobs, key_set, 1)
    rewritten: list[str] = []
    monkeypatch.setattr(blobs, "rewrite", rewritten.append)

    class Dice(Random):
        def shuffle(self, x: list[str]) -> None:  # type: ignore[override]
            x.sort(key=lambda name: name[::-1])

    night(db, blobs, TODAY, Dice())
    assert rewritten == sorted(blobs.names(), key=lambda name: name[::-1])


def test_what_a_desk_keeps_no_longer_goes_one_by_one_and_is_counted_once(
    db: Database, blobs: BlobStore
) -> None:
    key_set = _desk(db)
    old = [_deliver(db, blobs, key_set, days_ago=40, files=True) for _ in range(3)]
    young = _deliver(db, blobs, key_set, days_ago=3)
    with db.write() as s:
        desks.set_retention(s, "nord", collected=None, arrived=30)
    noted: list[tuple[str, int]] = []

    def note(_s: Session, desk: str, number: int) -> None:
        noted.append((desk, number))

    done = [(expire(db, TODAY, note), sweep(db, blobs, NOW, DICE).deletions) for _ in range(2)]

    assert done == [(3, 3), (0, 0)]
    assert noted == [("nord", 3)]
    with db.read() as s:
        left = deliveries.get(s, [each.id for each in [*old, young]])
    assert [row.id for row in left] == [young.id]
    assert set(blobs.names()) == {envelope.body_blob for envelope in young.envelopes}
