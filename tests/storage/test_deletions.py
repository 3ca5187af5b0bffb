"""What sources delete: queued once, carried out once, nothing else touched."""

from sqlalchemy import text

from storage import deletions, deliveries, replies
from storage.engine import Database
from storage.models import RowKind
from tests.storage.rows import add_delivery, add_desk, new_reply


def test_a_delivery_goes_with_its_heads_and_names_its_blobs(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        gone, here = add_delivery(s, key_set, files=True), add_delivery(s, key_set)
    with db.write() as s:
        names = deletions.delete_deliveries(s, [gone.id, "none"])
    assert sorted(names) == sorted(envelope.body_blob for envelope in gone.envelopes)
    with db.read() as s:
        assert [delivery.id for delivery in deliveries.get(s, [gone.id, here.id])] == [here.id]
        assert s.scalar(text("SELECT count(*) FROM envelopes")) == 1


def test_a_queued_delivery_is_carried_out_once(db: Database) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s))
        deletions.queue(s, RowKind.DELIVERY, [new.id])
        deletions.queue(s, RowKind.DELIVERY, [new.id])
        (waiting,) = deletions.queued(s)
        assert (waiting.kind, waiting.target) == (RowKind.DELIVERY, new.id)
    with db.write() as s:
        blob = new.envelopes[0].body_blob
        assert deletions.carry_out(s, RowKind.DELIVERY, new.id) == [blob]
        assert deletions.carry_out(s, RowKind.DELIVERY, new.id) == []
        assert deletions.queued(s) == []


def test_what_is_not_queued_is_not_carried_out(db: Database) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s))
        assert deletions.carry_out(s, RowKind.DELIVERY, new.id) == []
        assert len(deliveries.get(s, [new.id])) == 1


def test_a_queued_reply_is_carried_out(db: Database) -> None:
    new = new_reply()
    with db.write() as s:
        add_desk(s)
        replies.insert_reply(s, new)
        deletions.queue(s, RowKind.REPLY, [new.id])
        assert deletions.carry_out(s, RowKind.REPLY, new.id) == []
        assert replies.expired(s, new.day.replace(year=3000)) == []
        assert deletions.queued(s) == []


def test_deleting_at_once_unqueues(db: Database) -> None:
    answer = new_reply()
    with db.write() as s:
        new = add_delivery(s, add_desk(s))
        replies.insert_reply(s, answer)
        deletions.queue(s, RowKind.DELIVERY, [new.id])
        deletions.queue(s, RowKind.REPLY, [answer.id])
        deletions.delete_deliveries(s, [new.id])
        assert deletions.delete_replies(s, [answer.id, "none"]) == 1
        assert deletions.queued(s) == []
