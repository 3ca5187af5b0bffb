"""A document is found by its number or its name, and read as it was sent."""

from collections.abc import Iterator

import pytest

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.documents import documents_of, find_document, reading
from viewing_station.errors import FilesAwaitedError, NoSuchDeliveryError, NoSuchFileError
from viewing_station.passphrase import present_passphrase
from viewing_station.station import Station, open_station

FILES = {"marché.txt": b"un", "2": b"deux", "photo.jpg": b"trois" * 50_000}


@pytest.fixture
def handle(reviewer: Reviewer, server: SmallServer, source: Source) -> str:
    envelopes = server.receive(source, "Voici.", FILES)
    reviewer.open(server.bundle(envelopes))
    return envelopes[0].entry.delivery


@pytest.fixture
def station(reviewer: Reviewer, handle: str) -> Iterator[Station]:
    assert handle
    with open_station(reviewer.home, present_passphrase(reviewer.passphrase_file)) as station:
        yield station


def test_each_is_read_as_it_was_sent(station: Station, handle: str) -> None:
    delivery = station.deliveries.get(handle)
    assert delivery is not None
    for document in documents_of(delivery):
        with reading(station, document) as stream:
            assert stream.read() == FILES[document.entry.name]


@pytest.mark.parametrize(
    ("wanted", "name"), [("1", "marché.txt"), ("photo.jpg", "photo.jpg"), ("2", "2")]
)
def test_it_is_found(station: Station, handle: str, wanted: str, name: str) -> None:
    assert find_document(station, handle, wanted).entry.name == name


@pytest.mark.parametrize("wanted", ["0", "4", "01", "", "MARCHÉ.txt"])
def test_it_is_not_found_under_another_name(station: Station, handle: str, wanted: str) -> None:
    with pytest.raises(NoSuchFileError):
        find_document(station, handle, wanted)


def test_nor_in_a_delivery_that_is_not_here(station: Station) -> None:
    with pytest.raises(NoSuchDeliveryError):
        find_document(station, "k7qm-3vtx-9fwd", "1")


def test_sweeping_leaves_what_a_delivery_knows(station: Station, handle: str) -> None:
    with station.vault.draft() as draft:
        draft.write(b"of nobody")
        draft.finish()
        stray = station.vault.keep(draft)
    station.sweep()
    assert not (station.home.files / stray).exists()
    with reading(station, find_document(station, handle, "1")) as stream:
        assert stream.read() == b"un"


def test_files_that_have_not_come_are_told(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, _ = server.receive(source, "Voici.", FILES)
    reviewer.open(server.bundle([letter]))
    with open_station(reviewer.home, present_passphrase(reviewer.passphrase_file)) as station:
        document = find_document(station, letter.entry.delivery, "1")
        with pytest.raises(FilesAwaitedError), reading(station, document):
            pass
