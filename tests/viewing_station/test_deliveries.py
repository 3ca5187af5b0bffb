"""What is known of a delivery is kept as it was."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.deliveries import Deliveries, Delivery
from viewing_station.records import make_records, open_records


@pytest.fixture
def deliveries(tmp_path: Path) -> Iterator[Deliveries]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield Deliveries(records)


@pytest.fixture
def delivery(server: SmallServer, source: Source) -> Delivery:
    letter = source.write(server, {"mât.jpg": b"abc", "vide": b""})
    return Delivery.of(letter, "ab" * 32)


def test_it_comes_back_as_it_was(deliveries: Deliveries, delivery: Delivery) -> None:
    for kept in (delivery, replace(delivery, archive="01" * 16, read=True)):
        deliveries.put(kept)
        assert deliveries.get(delivery.name) == kept
        assert list(deliveries.all()) == [kept]


def test_it_awaits_files_until_they_are_here(delivery: Delivery) -> None:
    assert delivery.awaits_files
    assert not replace(delivery, archive="01" * 16).awaits_files
    assert not Delivery.of(replace(delivery.letter, files=()), "ab" * 32).awaits_files
    assert delivery.size == 3


def test_reading_is_remembered(deliveries: Deliveries, delivery: Delivery) -> None:
    deliveries.put(delivery)
    deliveries.mark_read(delivery)
    assert deliveries.get(delivery.name) == replace(delivery, read=True)


def test_messages_are_kept_to_the_letter(deliveries: Deliveries) -> None:
    deliveries.put_message("one", "\x00 é\r\n\u202e", None)
    deliveries.put_message("two", "sealed", "opened")
    assert deliveries.message("one") == "\x00 é\r\n\u202e"
    assert deliveries.inner_message("one") is None
    assert deliveries.inner_message("two") == "opened"
    assert deliveries.message("three") == ""


def test_a_refused_one_is_known_until_it_is_believed(
    deliveries: Deliveries, delivery: Delivery
) -> None:
    assert not deliveries.is_known(delivery.name)
    deliveries.refuse(delivery.name)
    assert deliveries.is_known(delivery.name)
    assert deliveries.get(delivery.name) is None
    deliveries.put(delivery)
    assert deliveries.is_known(delivery.name)
