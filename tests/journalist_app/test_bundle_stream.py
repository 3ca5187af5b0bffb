"""A bundle's bytes: from storage, any part of them, and broken off where something is gone."""

import hashlib
import secrets
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.handles import new_item_id
from journalist_app.bundle_stream import BundleStream
from journalist_app.collecting import Collecting, Wanted
from journalist_app.refusals import BundleGone
from journalist_app.session import CurrentReviewer
from storage import deletions, quick_copies
from storage.errors import NoSuchBlob
from storage.models import EnvelopeKind
from tests.journalist_app.house import House, read_bundle


def bundle_of(house: House, ids: list[str]) -> BundleStream:
    reviewer = CurrentReviewer(house.people["lou"].id, "lou", {"nord": "Nord"})
    made = Collecting(house.services).make(reviewer, Wanted(tuple(sorted(ids))))
    return BundleStream(house.services, made)


def whole(bundle: BundleStream) -> bytes:
    return b"".join(bundle.stream(0, bundle.size))


def test_every_member_is_what_the_manifest_says(house: House) -> None:
    ids = [house.add_delivery("nord", files=700_000), house.add_delivery("nord")]
    bundle = bundle_of(house, ids)

    file = whole(bundle)

    assert len(file) == bundle.size
    read = read_bundle(file)
    assert list(read.members) == [entry.name for entry in read.manifest.envelopes]
    for entry in read.manifest.envelopes:
        member = read.members[entry.name]
        head, body = member[: entry.head_size], member[entry.head_size :]
        assert hashlib.sha256(head).hexdigest() == entry.head_sha256
        assert hashlib.sha256(body).hexdigest() == entry.body_sha256


def test_a_copy_of_an_online_reply_is_a_member(house: House) -> None:
    delivery, sealed = house.add_delivery("nord"), secrets.token_bytes(4500)
    copy = quick_copies.NewQuickCopy(
        id=new_item_id(),
        desk="nord",
        delivery=delivery,
        day=house.today,
        sealed=sealed,
        sha256=hashlib.sha256(sealed).digest(),
    )
    with house.services.db.write() as transaction:
        quick_copies.insert_copy(transaction, copy)

    read = read_bundle(whole(bundle_of(house, [delivery])))

    assert read.members[f"{copy.id}.quick.gpg"] == sealed


@pytest.fixture
def mixed(house: House) -> BundleStream:
    return bundle_of(house, [house.add_delivery("nord", files=70_000), house.add_delivery("nord")])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_part_is_that_part_of_the_whole(mixed: BundleStream, data: st.DataObject) -> None:
    start = data.draw(st.integers(min_value=0, max_value=mixed.size))
    end = data.draw(st.integers(min_value=start, max_value=mixed.size))

    assert b"".join(mixed.stream(start, end)) == whole(mixed)[start:end]


def test_no_transaction_is_open_while_it_streams(house: House) -> None:
    """A writer gets through, and the WAL can be truncated, between any two pieces."""
    bundle = bundle_of(house, [house.add_delivery("nord", files=700_000)])
    for _ in bundle.stream(0, bundle.size):
        with house.services.db.engine.connect() as connection:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        assert busy == 0


def test_nothing_is_read_ahead(house: House) -> None:
    """What is held is a piece of a blob, not a blob."""
    bundle = bundle_of(house, [house.add_delivery("nord", files=3_000_000)])

    assert max(len(piece) for piece in bundle.stream(0, bundle.size)) <= 256 * 1024


def test_a_blob_that_is_gone_breaks_the_stream_off(house: House) -> None:
    delivery = house.add_delivery("nord", files=700_000)
    bundle = bundle_of(house, [delivery])
    house.services.blobs.delete(house.body_blob(delivery, EnvelopeKind.FILES))

    sent: list[bytes] = []
    with pytest.raises(NoSuchBlob):
        sent.extend(bundle.stream(0, bundle.size))
    assert 0 < sum(map(len, sent)) < bundle.size


def test_a_delivery_deleted_in_mid_stream_breaks_it_off(house: House) -> None:
    first, second = sorted(house.add_delivery("nord", files=700_000) for _ in range(2))
    bundle = bundle_of(house, [first, second])
    stream = bundle.stream(0, bundle.size)
    next(stream)
    with house.services.db.write() as transaction:
        deletions.delete_deliveries(transaction, [second])

    with pytest.raises(BundleGone):
        list(stream)


def test_a_blob_that_is_being_sent_is_sent_whole(house: House) -> None:
    delivery = house.add_delivery("nord", files=700_000)
    bundle = bundle_of(house, [delivery])
    expected = whole(bundle)
    stream = bundle.stream(0, bundle.size)
    sent = bytearray()
    while len(sent) < 300_000:
        sent += next(stream)

    deleted = house.services.blobs.delete(house.body_blob(delivery, EnvelopeKind.FILES))

    assert not deleted  # left for the sweeper
    for piece in stream:
        sent += piece
    assert bytes(sent) == expected


def test_a_stream_that_is_given_up_lets_go_of_its_blob(house: House) -> None:
    delivery = house.add_delivery("nord", files=700_000)
    bundle = bundle_of(house, [delivery])
    stream = bundle.stream(0, bundle.size)
    sent = 0
    while sent < 300_000:
        sent += len(next(stream))

    stream.close()  # type: ignore[attr-defined]  # what a server does when its client goes

    assert house.services.blobs.delete(house.body_blob(delivery, EnvelopeKind.FILES))


def test_check_passes_while_all_is_there(house: House) -> None:
    bundle_of(house, [house.add_delivery("nord")]).check()


def test_check_tells_of_a_head_that_is_another_now(house: House) -> None:
    delivery = house.add_delivery("nord")
    bundle = bundle_of(house, [delivery])
    with house.services.db.write() as transaction:
        transaction.connection().exec_driver_sql(
            "UPDATE envelopes SET head = ?, head_sha256 = ?", (b"n" * 96, b"n" * 32)
        )

    with pytest.raises(BundleGone):
        bundle.check()
    with pytest.raises(BundleGone):
        whole(bundle)


def test_two_streams_at_once_do_not_meet(house: House) -> None:
    bundle = bundle_of(house, [house.add_delivery("nord", files=700_000)])
    expected = whole(bundle)
    results: list[bytes] = []
    threads = [threading.Thread(target=lambda: results.append(whole(bundle))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [expected] * 4
