"""A station opens with its passphrase, in its home, for one command."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from viewing_station.errors import BusyError, DamagedError, WrongPassphraseError
from viewing_station.marks import Marks
from viewing_station.station import Station, beside, open_station

RIGHT = Secret(PASSPHRASE.encode())


def test_it_opens(reviewer: Reviewer) -> None:
    with open_station(reviewer.home, RIGHT) as station:
        assert station.settings.desk == "demo"


def test_it_opens_for_one_at_a_time(reviewer: Reviewer) -> None:
    def twice() -> None:
        with open_station(reviewer.home, RIGHT), open_station(reviewer.home, RIGHT):
            pass

    with pytest.raises(BusyError):
        twice()
    with open_station(reviewer.home, RIGHT):
        pass


def test_another_thread_works_beside_it_on_the_same_records(reviewer: Reviewer) -> None:
    def mark(station: Station) -> None:
        with beside(station) as same, same.records.change():
            same.marks.put(Marks("ab" * 16, starred=True))

    with open_station(reviewer.home, RIGHT) as station:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(mark, station).result()
        assert station.marks.get("ab" * 16).starred


@pytest.mark.parametrize("wrong", [b"", PASSPHRASE.encode() + b" ", PASSPHRASE.upper().encode()])
def test_another_passphrase_is_wrong(reviewer: Reviewer, wrong: bytes) -> None:
    with pytest.raises(WrongPassphraseError), open_station(reviewer.home, Secret(wrong)):
        pass


def test_an_altered_master_key_opens_nothing(reviewer: Reviewer) -> None:
    wrapped = bytearray((reviewer.home / "master.key").read_bytes())
    wrapped[-1] ^= 1
    (reviewer.home / "master.key").write_bytes(wrapped)
    with pytest.raises(WrongPassphraseError), open_station(reviewer.home, RIGHT):
        pass


def test_another_stations_database_does_not_open(reviewer: Reviewer, stranger: Reviewer) -> None:
    database = (stranger.home / "station.db").read_bytes()
    (reviewer.home / "station.db").write_bytes(database)
    with pytest.raises(DamagedError), open_station(reviewer.home, RIGHT):
        pass
