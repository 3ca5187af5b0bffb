"""Publications are kept as they are, and sealed like all records."""

from datetime import date

from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from viewing_station.publications import Link, Outing, Point, Publication, State
from viewing_station.station import open_station

FULL = Publication(
    id="0123",
    primary="aa",
    title={"fr": "Un titre", "en": "A title"},
    attachments=("bb", "cc"),
    summary={"fr": "court"},
    city="Lyon",
    technology=("caméras", "drones"),
    supplier=("X",),
    day=date(2026, 3, 14),
    source=Link("Article", "https://example.org/"),
    location=Point("45.760", "4.83"),
    ready=True,
    outings=(Outing("uwazi", date(2026, 11, 25)),),
)
BARE = Publication(id="4567", primary="aa", title={"fr": "Un titre"})


def test_they_come_back_as_they_went_in(reviewer: Reviewer) -> None:
    passphrase = Secret(PASSPHRASE.encode())
    with open_station(reviewer.home, passphrase) as station, station.records.change():
        station.publications.put(FULL)
        station.publications.put(BARE)
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        assert station.publications.get(FULL.id) == FULL
        assert {one.id: one for one in station.publications.all()} == {
            FULL.id: FULL,
            BARE.id: BARE,
        }
        with station.records.change():
            station.publications.drop(FULL.id)
        assert station.publications.get(FULL.id) is None
    assert b"Un titre" not in (reviewer.home / "station.db").read_bytes()


def test_a_state_says_how_far_it_has_come() -> None:
    assert BARE.state is State.DRAFT
    assert FULL.state is State.EXPORTED
    assert FULL.went_out("uwazi")
    assert not FULL.went_out("folder")
    assert Publication("x", "a", {"fr": "t"}, ready=True).state is State.READY
