"""Desks, keys and stations, as both the pages and the commands keep them."""

from datetime import timedelta
from typing import Any

import pytest

from crypto.deskkeys import DeskKey
from crypto.errors import BadDeskKey
from formats.station import StationIdentity
from journalist_app import desk_keeping
from journalist_app.desk_keeping import DeskKeeping
from journalist_app.keeping_refusals import (
    AnotherDesksStation,
    BadDeskName,
    BadSlug,
    KeyTooLarge,
    NameTaken,
    NoKeyGiven,
    NoStation,
    NoSuchDesk,
    NoSuchKey,
    NotAStation,
    StationThere,
)
from storage.history import Deed
from storage.models import DeskState, HistoryLine
from tests.crypto.gnupg_home import GnupgHome
from tests.journalist_app.house import House

KEY = "N" * 40


@pytest.fixture
def keeping(house: House) -> DeskKeeping:
    return DeskKeeping(house.services, "ada")


def lines(house: House) -> set[tuple[str, str | None, str | None, str | None]]:
    with house.services.db.read() as transaction:
        found = transaction.query(HistoryLine)
        return {(line.deed, line.who, line.desk, line.about) for line in found}


def test_a_desk_is_made_and_its_state_changes(house: House, keeping: DeskKeeping) -> None:
    keeping.add("ouest", " Ouest ")
    found = keeping.find("ouest")
    assert (found.name, found.state, found.keys, found.station) == (
        "Ouest",
        DeskState.OPEN,
        0,
        False,
    )
    for state in (DeskState.PAUSED, DeskState.CLOSED, DeskState.OPEN):
        keeping.set_state("ouest", state)
        assert keeping.find("ouest").state is state
    deeds = {deed for deed, *_ in lines(house)}
    assert deeds == {Deed.DESK_ADDED, Deed.DESK_PAUSED, Deed.DESK_CLOSED, Deed.DESK_RESUMED}
    assert {(who, desk) for _, who, desk, _ in lines(house)} == {("ada", "ouest")}


def test_a_key_is_retired_by_its_fingerprint_as_people_write_it(
    house: House, keeping: DeskKeeping
) -> None:
    assert keeping.keys("nord")[0].state == "active"

    assert keeping.retire_key("nord", "nnnn " * 10) == 0

    assert keeping.keys("nord")[0].state == "retired"
    assert keeping.find("nord").keys == 0
    assert lines(house) == {(Deed.KEY_RETIRED, "ada", "nord", KEY)}


def test_a_station_is_set_once_removed_and_set_again(house: House, keeping: DeskKeeping) -> None:
    file = StationIdentity("nord", bytes(32)).encode()
    with pytest.raises(StationThere):
        keeping.set_station("nord", file)
    keeping.remove_station("nord")
    assert keeping.station("nord") is None
    with pytest.raises(NoStation):
        keeping.remove_station("nord")

    assert keeping.set_station("nord", file) == keeping.station("nord") == bytes(32)
    assert {deed for deed, *_ in lines(house)} == {Deed.STATION_REMOVED, Deed.STATION_SET}


def test_what_cannot_be_is_refused_and_leaves_nothing(house: House, keeping: DeskKeeping) -> None:
    refused = [
        (BadSlug, lambda: keeping.add("Nord!", "x")),
        (BadDeskName, lambda: keeping.add("ouest", " ")),
        (BadDeskName, lambda: keeping.add("ouest", "a\u202eb")),
        (NameTaken, lambda: keeping.add("nord", "x")),
        (NoSuchDesk, lambda: keeping.find("none")),
        (NoSuchDesk, lambda: keeping.keys("none")),
        (NoSuchDesk, lambda: keeping.set_state("none", DeskState.PAUSED)),
        (NoSuchKey, lambda: keeping.retire_key("nord", "ABCD")),
        (NoSuchKey, lambda: keeping.retire_key("none", KEY)),
        (NoKeyGiven, lambda: keeping.add_key("nord", b" \n")),
        (KeyTooLarge, lambda: keeping.add_key("nord", b"x" * (1 << 20) + b"x")),
        (BadDeskKey, lambda: keeping.add_key("nord", b"x")),
        (NotAStation, lambda: keeping.set_station("nord", b"{}")),
        (
            AnotherDesksStation,
            lambda: keeping.set_station("nord", StationIdentity("sud", bytes(32)).encode()),
        ),
        (
            NoSuchDesk,
            lambda: keeping.set_station("none", StationIdentity("none", bytes(32)).encode()),
        ),
    ]
    for error, deed in refused:
        with pytest.raises(error):
            deed()
    assert lines(house) == set()


def test_of_two_copies_added_at_once_neither_loses_its_windows(
    house: House, keeping: DeskKeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = GnupgHome()
    try:
        primary, *_ = home.make_calendar("Desk", house.today, 2)
        first = home.public()
        home.add_window(primary, house.today + timedelta(14), 7)
        second = home.public()
    finally:
        home.close()
    real, turns = desk_keeping.read_desk_key, []

    def read(*given: Any, **named: Any) -> DeskKey:
        key = real(*given, **named)
        if not turns:  # another admin adds the longer one, while the shorter is being checked
            turns.append(1)
            DeskKeeping(house.services, "eve").add_key("nord", second.encode())
        return key

    monkeypatch.setattr(desk_keeping, "read_desk_key", read)
    keeping.add_key("nord", first.encode())
    listed = {key.fingerprint: key for key in keeping.keys("nord")}
    assert listed[primary].windows == 3
    assert listed[primary].expires == house.today + timedelta(21)
