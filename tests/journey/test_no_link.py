"""Threat model: disk seizure. Nothing at rest says that two deliveries share a source.

Equalities are decided on one house: no value may be shared by the two deliveries of one codename
and by no other pair. Order and adjacency are decided over several houses: after the night, how
close two rows stand must not depend on whether they share a codename.
"""

import datetime as dt
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.journey.house import House
from tests.journey.linking import Mark, Pair, links, marks

OTHERS = 6


def receive(house: House) -> Pair:
    """Take two deliveries of one codename among those of others; give the pair's handles."""
    turns = ["same", "same", *[f"other {number}" for number in range(OTHERS)]]
    secrets.SystemRandom().shuffle(turns)
    codename, pair = "", set()
    for turn in turns:
        source = house.source()
        if turn == "same" and codename:
            assert source.return_with(codename).status_code == 303
            before = set(source.get("/deliver").ids["delivery"]) | pair
        else:
            source.first_visit()
            before = set()
        assert source.deliver("bonjour", [("a.txt", b"a" * 500)]).status_code == 303
        new = set(source.get("/mailbox").ids["delivery"]) - before
        if turn == "same":
            codename, pair = source.codename or codename, pair | new
    return frozenset(pair)


def tomorrow_night(house: House) -> None:
    """Run the sweeper's night as if the day were over (the clock is its argument)."""
    code = (
        "import sys, datetime as dt, random, pathlib\n"
        "from admin.compose import build_services\n"
        "from storage.sweeper import night, sweep\n"
        "from web.instance import open_instance\n"
        "s = build_services(open_instance(pathlib.Path(sys.argv[1])))\n"
        "day = dt.date.fromisoformat(sys.argv[2])\n"
        "assert night(s.db, s.blobs, day, random.SystemRandom()) is not None\n"
        "s.db.close()\n"
    )
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    subprocess.run([sys.executable, "-c", code, str(house.home), day.isoformat()], check=True)


@pytest.fixture
def received(house: House) -> tuple[House, Pair]:
    """Give a house after its deliveries and after the night."""
    with house.serving():
        pair = receive(house)
    tomorrow_night(house)
    return house, pair


def test_disk_seizure_learns_nothing_of_which_deliveries_share_a_source(
    received: tuple[House, Pair],
) -> None:
    house, pair = received
    assert len(pair) == 2
    found = marks(house.home)
    assert len(found) == (OTHERS + 2) * (OTHERS + 1) // 2
    equal = {mark for mark in links(found, pair) if mark.value != "side by side"}
    assert equal == set()


def test_disk_seizure_finds_rows_and_blobs_in_an_order_that_is_not_of_arrival(
    received: tuple[House, Pair],
) -> None:
    """In the file rows stand by their random ids; the WAL is empty; times are all the epoch."""
    house, _ = received
    raw = (house.home / "vasistas.db").read_bytes()
    with sqlite3.connect(house.home / "vasistas.db") as db:
        handles = [row[0] for row in db.execute("SELECT id FROM deliveries ORDER BY id")]
    # SQLite fills a page from its end: the first place of each handle falls as the ids rise.
    places = [raw.find(handle.encode()) for handle in handles]
    assert places in (sorted(places), sorted(places, reverse=True))
    wal = house.home / "vasistas.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    for blob in (house.home / "blobs").rglob("*"):
        assert (blob.stat().st_mtime, blob.stat().st_atime) == (0, 0), blob


def test_change_times_of_blobs_tell_no_order_of_arrival(house: House) -> None:
    """Over several nights, arrival and change time agree no more often than chance has it."""
    agreeing = compared = 0
    with house.serving():
        source = house.source().first_visit()
        arrived: list[str] = []
        for _ in range(14):
            assert source.deliver("x").status_code == 303
            now = set(source.get("/mailbox").ids["delivery"])
            arrived += sorted(now - set(arrived))
    tomorrow_night(house)
    with sqlite3.connect(house.home / "vasistas.db") as db:
        blobs = dict(db.execute("SELECT delivery, body_blob FROM envelopes"))
    times = [_changed(house.home, blobs[handle]) for handle in arrived]
    for early in range(len(times)):
        for late in range(early + 1, len(times)):
            compared += 1
            agreeing += times[early] < times[late]
    # Kendall: 91 pairs; all or none would be the order itself. Chance leaves this once in 10^6.
    assert 0.1 < agreeing / compared < 0.9


@pytest.mark.parametrize("length", [4, 16])
def test_a_planted_linking_column_is_found(received: tuple[House, Pair], length: int) -> None:
    house, pair = received
    planted = secrets.token_bytes(length)
    with sqlite3.connect(house.home / "vasistas.db") as db:
        db.execute("ALTER TABLE deliveries ADD COLUMN planted BLOB")
        for handle in pair:
            db.execute("UPDATE deliveries SET planted = ? WHERE id = ?", (planted, handle))
    assert Mark("rows: value", repr(planted)) in links(marks(house.home), pair)


def test_a_planted_order_is_found(received: tuple[House, Pair]) -> None:
    """A row number that counts arrivals would show, and so would blobs left at their times."""
    house, pair = received
    # Closed, so that the rows move from the WAL into the database.
    with closing(sqlite3.connect(house.home / "vasistas.db")) as db, db:
        db.execute("CREATE TABLE journal (id TEXT)")
        db.executemany("INSERT INTO journal VALUES (?)", [(handle,) for handle in sorted(pair)])
        db.execute("INSERT INTO journal SELECT id FROM deliveries WHERE id NOT IN (?, ?)", [*pair])
    assert Mark("vasistas.db", "side by side") in marks(house.home)[pair]


def _changed(home: Path, blob: str) -> int:
    return (home / "blobs" / blob[:2] / blob).stat().st_ctime_ns
