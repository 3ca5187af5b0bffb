"""Heads are swapped by the head that they replace, and the old one stays aside until the end."""

import hashlib
import secrets

import pytest

from storage import deletions, desks, rewraps
from storage.engine import Database
from storage.models import Envelope, EnvelopeKind, OldHead, RowKind
from storage.rewraps import HeadSwap, Progress
from tests.storage.rows import DAY, add_delivery, add_desk

FILES, LETTER = EnvelopeKind.FILES, EnvelopeKind.LETTER


@pytest.fixture
def key_sets(db: Database) -> tuple[str, str]:
    """Make a desk whose key was changed; return the old set's id and the new one's."""
    with db.write() as s:
        old = add_desk(s)
        desks.add_key(s, "nord", "F" * 40, "armored", None)
        desks.retire_key(s, "nord", "N" * 40)
        return old, desks.current_key_set(s, "nord", DAY).id


def envelope(db: Database, delivery: str, kind: EnvelopeKind = LETTER) -> Envelope:
    with db.read() as s:
        return s.get_one(Envelope, (delivery, kind))


def new_head(of: Envelope, **changed: object) -> HeadSwap:
    head = secrets.token_bytes(96)
    facts = {
        "delivery": of.delivery,
        "kind": of.kind,
        "old": of.head_sha256,
        "head": head,
        "sha256": hashlib.sha256(head).digest(),
    }
    return HeadSwap(**facts | changed)  # type: ignore[arg-type]  # a test knows its fields


def old_heads(db: Database) -> list[tuple[str, bytes]]:
    with db.read() as s:
        return sorted((row.delivery, row.head) for row in s.query(OldHead))


def progress(db: Database, key_set: str | None) -> Progress:
    with db.read() as s:
        return rewraps.progress(s, "nord", [key_set] if key_set else [])


def test_a_head_is_swapped_and_its_old_one_kept_aside(
    db: Database, key_sets: tuple[str, str]
) -> None:
    old, new = key_sets
    with db.write() as s:
        delivery = add_delivery(s, old, files=True).id
    before, untouched = envelope(db, delivery), envelope(db, delivery, FILES)
    swap = new_head(before)
    with db.write() as s:
        assert rewraps.swap(s, swap, new)
    after = envelope(db, delivery)
    assert (after.head, after.head_sha256, after.key_set) == (swap.head, swap.sha256, new)
    same = ("body_blob", "body_size", "body_sha256", "size_class")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert envelope(db, delivery, FILES).head == untouched.head
    assert old_heads(db) == [(delivery, before.head)]
    assert progress(db, new) == Progress(envelopes=2, current=1, old_heads=1)


def test_a_head_that_is_not_the_one_named_is_left(db: Database, key_sets: tuple[str, str]) -> None:
    old, new = key_sets
    with db.write() as s:
        delivery = add_delivery(s, old).id
    before = envelope(db, delivery)
    with db.write() as s:
        assert not rewraps.swap(s, new_head(before, old=bytes(32)), new)
        assert not rewraps.swap(s, new_head(before, kind=FILES), new)
        assert not rewraps.swap(s, new_head(before, delivery="gone"), new)
    assert envelope(db, delivery).head == before.head
    assert old_heads(db) == []


def test_re_wrapped_twice_it_is_the_first_head_that_stays_aside(
    db: Database, key_sets: tuple[str, str]
) -> None:
    old, new = key_sets
    with db.write() as s:
        delivery = add_delivery(s, old).id
    first = envelope(db, delivery)
    for key_set in (new, old):
        with db.write() as s:
            assert rewraps.swap(s, new_head(envelope(db, delivery)), key_set)
    assert old_heads(db) == [(delivery, first.head)]


def test_what_is_outstanding_is_what_is_sealed_to_other_keys(
    db: Database, key_sets: tuple[str, str]
) -> None:
    old, new = key_sets
    with db.write() as s:
        sud = add_desk(s, "sud")
        add_delivery(s, sud, "sud")
        add_delivery(s, new)
        withdrawn = add_delivery(s, old).id
        deletions.queue(s, RowKind.DELIVERY, [withdrawn])
        wanted = [add_delivery(s, old, files=True).id for _ in range(3)]
    with db.read() as s:
        found = rewraps.outstanding(s, "nord", [new], 100)
        assert [each.delivery for each in found] == sorted(wanted * 2)
        assert len(rewraps.outstanding(s, "nord", [new], 4)) == 4
    assert progress(db, new) == Progress(envelopes=7, current=1, old_heads=0)
    assert progress(db, None).current == 0


def test_a_deleted_delivery_takes_its_old_head_along(
    db: Database, key_sets: tuple[str, str]
) -> None:
    old, new = key_sets
    with db.write() as s:
        delivery = add_delivery(s, old).id
    with db.write() as s:
        rewraps.swap(s, new_head(envelope(db, delivery)), new)
    with db.write() as s:
        deletions.delete_deliveries(s, [delivery])
    assert old_heads(db) == []


def test_finishing_destroys_one_desks_old_heads(db: Database, key_sets: tuple[str, str]) -> None:
    old, new = key_sets
    with db.write() as s:
        sud = add_desk(s, "sud")
        here, there = add_delivery(s, old).id, add_delivery(s, sud, "sud").id
    with db.write() as s:
        rewraps.swap(s, new_head(envelope(db, here)), new)
        rewraps.swap(s, new_head(envelope(db, there)), sud)
        assert rewraps.finish(s, "nord") == 1
    assert [delivery for delivery, _ in old_heads(db)] == [there]


def test_undoing_puts_them_back_as_they_were(db: Database, key_sets: tuple[str, str]) -> None:
    old, new = key_sets
    with db.write() as s:
        delivery = add_delivery(s, old).id
    before = envelope(db, delivery)
    with db.write() as s:
        rewraps.swap(s, new_head(before), new)
    with db.write() as s:
        assert rewraps.undo(s, "nord") == [delivery]
    after = envelope(db, delivery)
    assert (after.head, after.head_sha256, after.key_set) == (
        before.head,
        before.head_sha256,
        before.key_set,
    )
    assert old_heads(db) == []


def test_no_row_tells_when_a_head_was_swapped_or_beside_which(db: Database) -> None:
    assert {column.name for column in OldHead.__table__.columns} == {
        "delivery",
        "kind",
        "key_set",
        "head_sha256",
        "head",
    }
    if db.is_sqlite:
        with db.engine.connect() as connection:
            [(sql,)] = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = 'old_heads'"
            )
        assert "WITHOUT ROWID" in sql
