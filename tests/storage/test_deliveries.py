"""Deliveries with their envelopes: whole or not at all, hidden once they are to go."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import deletions, deliveries
from storage.engine import Database
from storage.models import EnvelopeKind, RowKind
from tests.storage.rows import (
    DAY,
    NEXT_DAY,
    a_reviewer,
    add_delivery,
    add_desk,
    new_delivery,
)


def test_a_delivery_comes_back_as_it_went_in(db: Database) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s), files=True)
    with db.read() as s:
        (found,) = deliveries.get(s, [new.id, "none"])
        stored = deliveries.envelopes(s, [new.id])
    assert (found.desk, found.nonce, found.tag, found.reply_key, found.day) == (
        "nord",
        new.nonce,
        new.tag,
        new.reply_key,
        DAY,
    )
    assert (found.collected_by, found.collected_day, found.starred) == (None, None, False)
    expected = sorted(new.envelopes, key=lambda envelope: envelope.kind)
    assert [envelope.kind for envelope in stored] == [EnvelopeKind.FILES, EnvelopeKind.LETTER]
    for envelope, wanted in zip(stored, expected, strict=True):
        assert {name: getattr(envelope, name) for name in asdict(wanted)} == asdict(wanted)


def test_an_envelope_that_fails_leaves_no_delivery(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        new = new_delivery("no such key set")
    with pytest.raises(IntegrityError), db.write() as s:
        deliveries.insert_delivery(s, new)
    with db.read() as s:
        assert deliveries.get(s, [new.id]) == []


def test_one_blob_belongs_to_one_envelope(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        first = add_delivery(s, key_set)
    second = replace(new_delivery(key_set), envelopes=first.envelopes)
    with pytest.raises(IntegrityError), db.write() as s:
        deliveries.insert_delivery(s, second)


def test_what_is_to_be_deleted_is_hidden(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        gone, here = add_delivery(s, key_set), add_delivery(s, key_set)
        deletions.queue(s, RowKind.DELIVERY, [gone.id])
        deletions.queue(s, RowKind.REPLY, [here.id])  # a reply of that id is another thing
    both = [gone.id, here.id]
    with db.read() as s:
        assert [delivery.id for delivery in deliveries.get(s, both)] == [here.id]
        assert {envelope.delivery for envelope in deliveries.envelopes(s, both)} == {here.id}


def test_many_ids_are_asked_for_in_pieces(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        ids = [add_delivery(s, key_set).id for _ in range(3)]
        asked = [*ids[:1], *map(str, range(70_000)), *ids[1:]]  # past what a statement can name
        found = [delivery.id for delivery in deliveries.get(s, asked)]
    assert found == sorted(ids)


def test_the_first_collection_counts(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        ada, bob = a_reviewer(s, "ada"), a_reviewer(s, "bob")
        first, second = add_delivery(s, key_set).id, add_delivery(s, key_set).id
        deliveries.mark_collected(s, [first], ada, DAY)
        deliveries.mark_collected(s, [first, second], bob, NEXT_DAY)
    with db.read() as s:
        found = {
            d.id: (d.collected_by, d.collected_day) for d in deliveries.get(s, [first, second])
        }
    assert found == {first: (ada, DAY), second: (bob, NEXT_DAY)}


def test_stars_come_and_go(db: Database) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s))
        deliveries.star(s, [new.id], starred=True)
    with db.read() as s:
        assert deliveries.get(s, [new.id])[0].starred
    with db.write() as s:
        deliveries.star(s, [new.id], starred=False)
    with db.read() as s:
        assert not deliveries.get(s, [new.id])[0].starred


def test_blobs_that_an_envelope_names_are_known(db: Database) -> None:
    with db.write() as s:
        new = add_delivery(s, add_desk(s), files=True)
        named = {envelope.body_blob for envelope in new.envelopes}
        assert deliveries.known_blobs(s, [*named, "0" * 32]) == named


def test_blobs_are_found_by_their_days(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        new = [add_delivery(s, key_set, day=DAY + timedelta(days)) for days in range(4)]
        found = deliveries.blobs_of_days(s, after=DAY, before=DAY + timedelta(3))
    assert set(found) == {new[1].envelopes[0].body_blob, new[2].envelopes[0].body_blob}
