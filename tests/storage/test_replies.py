"""Replies: stored once, hidden once they are to go, gone after their time."""

from dataclasses import replace
from datetime import timedelta

from storage import deletions, deliveries, replies
from storage.engine import Database
from storage.models import RowKind
from tests.storage.rows import DAY, add_delivery, add_desk, new_reply


def test_a_reply_is_stored_once(db: Database) -> None:
    new = new_reply()
    with db.write() as s:
        add_desk(s)
        assert replies.insert_reply(s, new)
        assert not replies.insert_reply(s, new)
    with db.read() as s:
        (found,) = replies.get(s, [new.id, "none"])
    assert (found.desk, found.nonce, found.tag, found.box, found.day) == (
        new.desk,
        new.nonce,
        new.tag,
        new.box,
        new.day,
    )


def test_a_reply_marks_the_delivery_that_it_answers_for_good(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        answered, other = add_delivery(s, key_set), add_delivery(s, key_set)
        new = replace(new_reply(), nonce=answered.nonce)
        replies.insert_reply(s, new)
    with db.write() as s:
        marks = {row.id: row.answered for row in deliveries.get(s, [answered.id, other.id])}
        deletions.delete_replies(s, [new.id])
    assert marks == {answered.id: True, other.id: None}
    with db.read() as s:
        (row,) = deliveries.get(s, [answered.id])
    assert row.answered, "else the list would tell the moment at which its source was here"


def test_a_queued_reply_is_hidden(db: Database) -> None:
    one, other = new_reply(), new_reply()
    with db.write() as s:
        add_desk(s)
        replies.insert_reply(s, one)
        replies.insert_reply(s, other)
        deletions.queue(s, RowKind.REPLY, [one.id])
        assert [reply.id for reply in replies.get(s, [one.id, other.id])] == [other.id]


def test_old_replies_are_found(db: Database) -> None:
    old, new = new_reply(day=DAY - timedelta(1)), new_reply()
    with db.write() as s:
        add_desk(s)
        replies.insert_reply(s, old)
        replies.insert_reply(s, new)
        assert replies.expired(s, DAY) == [old.id]


def test_a_reply_outlives_its_delivery(db: Database) -> None:
    answer = new_reply()
    with db.write() as s:
        new = add_delivery(s, add_desk(s))
        replies.insert_reply(s, answer)
        deletions.delete_deliveries(s, [new.id])
    with db.read() as s:
        assert deliveries.get(s, [new.id]) == []
        assert len(replies.get(s, [answer.id])) == 1
