"""What goes back to the server goes until it has arrived."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from viewing_station.outbox import Deletion, Outbox, Reply, SealedReply, Sent
from viewing_station.records import make_records, open_records


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield Outbox(records)


def test_a_reply_is_kept_as_it_is(outbox: Outbox) -> None:
    reply = Reply("01", "k7qm-3vtx-9fwd", "ab" * 16, date(2026, 3, 14), "Merci — é\n\x00")
    sealed = SealedReply(bytes(16), bytes(range(16)), b"box")
    outbox.put_reply(reply, sealed)
    assert list(outbox.replies()) == [reply]
    assert outbox.sealed("01") == sealed
    assert outbox.sealed("02") is None


def test_a_deletion_is_kept_once_a_delivery(outbox: Outbox) -> None:
    outbox.put_deletion(Deletion("01", "k7qm-3vtx-9fwd"))
    assert outbox.deletion("k7qm-3vtx-9fwd") == Deletion("01", "k7qm-3vtx-9fwd")
    assert outbox.deletion("k7qm-3vtx-9fwe") is None
    assert list(outbox.deletions()) == [Deletion("01", "k7qm-3vtx-9fwd")]


def test_an_item_arrives_with_any_courier_that_carried_it(outbox: Outbox) -> None:
    outbox.put_courier(Sent("first", ("a",)))
    outbox.put_courier(Sent("second", ("a", "b")))
    assert outbox.acknowledge(["first", "unknown"], restored=False) == 1
    assert outbox.arrived() == {"a"}
    assert outbox.acknowledge(["second"], restored=False) == 1
    assert outbox.arrived() == {"a", "b"}
    assert outbox.acknowledge([], restored=False) == 0
    assert outbox.arrived() == {"a", "b"}


def test_a_restored_server_has_what_it_names_and_no_more(outbox: Outbox) -> None:
    for courier, items in {"first": ("a",), "second": ("a", "b"), "third": ("c",)}.items():
        outbox.put_courier(Sent(courier, items, taken=courier != "third"))
    assert outbox.acknowledge(["first", "third"], restored=True) == 1
    assert outbox.arrived() == {"a", "c"}


def test_a_bundles_word_is_taken_once(outbox: Outbox) -> None:
    assert not outbox.is_opened("bundle")
    outbox.note_opened("bundle")
    assert outbox.is_opened("bundle")


def test_the_last_bundle_of_a_restored_server_is_named_until_one_says_otherwise(
    outbox: Outbox,
) -> None:
    assert outbox.heard() == ""
    outbox.note_heard("a" * 32, restored=True)
    outbox.note_heard("b" * 32, restored=True)
    assert outbox.heard() == "b" * 32
    outbox.note_heard("c" * 32, restored=False)
    outbox.note_heard("d" * 32, restored=False)
    assert outbox.heard() == ""
