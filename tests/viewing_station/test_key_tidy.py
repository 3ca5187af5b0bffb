"""A subkey is destroyed when nothing unread needs it, and not a day before."""

import io
from collections.abc import Iterator
from datetime import date

import pytest

from crypto.errors import NotForUs
from formats.held import HeldEntry
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from tests.viewing_station.weekly import FIRST, after, opened, public_file, sealed_on
from viewing_station.bundle_open import Report, open_bundle
from viewing_station.discarding import queue_deletions
from viewing_station.key_calendar import carry_on
from viewing_station.key_tidy import Standing, destroy_due, survey
from viewing_station.key_windows import OwnWindow, all_windows
from viewing_station.opener import opener
from viewing_station.station import Station

DUE, HELD, GRACE = Standing.DUE, Standing.HELD, Standing.GRACE
UNTOLD, DESTROYED = Standing.UNTOLD, Standing.DESTROYED
OVER = 7 + 30  # the first window has ended, and its grace time, too
NAME = "k7qm-3vtx-9fwd.letter"


@pytest.fixture
def station(reviewer: Reviewer) -> Iterator[Station]:
    """A station whose calendar has ten weeks, the first of which began sixty days ago."""
    with opened(reviewer.home) as station:
        carry_on(station, FIRST, after(70), 7)
        yield station


def first(station: Station) -> OwnWindow:
    return all_windows(station)[0]


def held(station: Station, *names: str, number: int | None = None) -> tuple[HeldEntry, ...]:
    return (HeldEntry(first(station).subkey, number or len(names), tuple(sorted(names))),)


def take(
    station: Station,
    server: SmallServer,
    day: date,
    *entries: HeldEntry,
    clock: date | None = None,
    bundle: bytes | None = None,
) -> Report:
    """Open a bundle that the server made on a day, on that day or when the clock says."""
    file = station.home.root.parent / "b.tar"
    file.write_bytes(bundle or server.bundle([], day=day, held=entries))
    return open_bundle(station, file, clock or day)


def standing(station: Station, day: date) -> Standing:
    return survey(station, day)[0].standing


def test_it_stands_as_its_days_say(station: Station) -> None:
    found = [each.standing for each in survey(station, after(20))]
    assert found == [GRACE, GRACE, Standing.NOW, *[Standing.COMING] * 7]


def test_a_late_enough_bundle_lets_it_go(station: Station, server: SmallServer) -> None:
    assert take(station, server, after(OVER - 1)).destroyed == ()
    assert standing(station, after(OVER - 1)) is GRACE
    window = first(station)
    assert take(station, server, after(OVER)).destroyed == (window,)
    assert [each.standing for each in survey(station, after(OVER))][:2] == [DESTROYED, GRACE]


def test_a_clock_that_runs_ahead_destroys_nothing(station: Station, server: SmallServer) -> None:
    assert destroy_due(station, after(5_000)) == []
    assert standing(station, after(5_000)) is UNTOLD
    take(station, server, after(10), clock=after(5_000))
    assert {each.standing for each in survey(station, after(5_000))} == {UNTOLD}


def test_a_server_that_lies_about_the_day_destroys_nothing(
    station: Station, server: SmallServer
) -> None:
    assert take(station, server, after(5_000), clock=after(20)).destroyed == ()
    assert standing(station, after(20)) is GRACE


def test_what_is_held_and_not_opened_keeps_it(station: Station, server: SmallServer) -> None:
    take(station, server, after(OVER), *held(station, NAME))
    [stood] = survey(station, after(OVER))[:1]
    assert (stood.standing, stood.held, stood.more) == (HELD, (NAME,), False)
    assert destroy_due(station, after(500)) == []
    take(station, server, after(OVER + 1))
    assert standing(station, after(OVER + 1)) is DESTROYED


def test_more_than_is_named_keeps_it(station: Station, server: SmallServer) -> None:
    take(station, server, after(OVER), *held(station, number=3))
    assert standing(station, after(OVER)) is HELD


def test_letter_and_files_must_both_be_opened(
    station: Station, server: SmallServer, source: Source
) -> None:
    weekly = server.with_keys(public_file(station).decode())
    letter, files = weekly.receive(source, "words", {"a.txt": b"a"})
    name = letter.entry.delivery
    named = held(station, f"{name}.letter", f"{name}.files")

    def bundle(*envelopes: object) -> bytes:
        return server.bundle(list(envelopes), day=after(OVER), held=named)  # type: ignore[arg-type]

    take(station, server, after(OVER), bundle=bundle(letter))
    assert survey(station, after(OVER))[0].held == (f"{name}.files",)
    report = take(station, server, after(OVER), bundle=bundle(letter, files))
    assert len(report.destroyed) == 1


def test_what_is_to_be_discarded_keeps_it_no_more(station: Station, server: SmallServer) -> None:
    name = NAME.partition(".")[0]
    with station.records.change():
        station.deliveries.refuse(name)
    take(station, server, after(OVER), *held(station, NAME))
    assert standing(station, after(OVER)) is HELD
    queue_deletions(station, [name])
    assert [window.subkey for window in destroy_due(station, after(OVER))]


def test_a_server_that_says_nothing_of_its_stock_lets_nothing_go(
    station: Station, server: SmallServer
) -> None:
    take(station, server, after(OVER), bundle=server.bundle([], day=after(OVER)))
    assert standing(station, after(OVER)) is UNTOLD


def test_another_grace_time_holds(station: Station, server: SmallServer) -> None:
    with station.records.change():
        station.settings.grace = 3
    take(station, server, after(10), *held(station, NAME))
    assert standing(station, after(10)) is HELD
    assert standing(station, after(9)) is GRACE


def test_it_opens_nothing_more_and_the_others_what_they_did(
    station: Station, server: SmallServer
) -> None:
    old = sealed_on(server, public_file(station), after(3))
    new = sealed_on(server, public_file(station), after(50))
    assert reads(station, old) == reads(station, new) == b"words"
    take(station, server, after(OVER))
    with pytest.raises(NotForUs):
        reads(station, old)
    assert reads(station, new) == b"words"


def test_nothing_of_the_secret_is_left_in_the_folder(station: Station, server: SmallServer) -> None:
    window = first(station)
    file = station.home.gnupg / "private-keys-v1.d" / f"{window.grip}.key"
    content = file.read_bytes()
    protected = content[content.index(b"protected ") + 200 :][:60]
    linked = file.with_suffix(".copy")
    linked.hardlink_to(file)  # shows what the blocks of the file hold, after it is gone
    take(station, server, after(OVER))
    assert not file.exists()
    assert linked.read_bytes() == bytes(len(content))
    linked.unlink()
    root = station.home.root
    assert not [p for p in root.rglob("*") if p.is_file() and protected in p.read_bytes()]


def test_one_that_was_cut_off_while_it_was_overwritten_is_gone_on_with(
    station: Station, server: SmallServer
) -> None:
    file = station.home.gnupg / "private-keys-v1.d" / f"{first(station).grip}.key"
    file.write_bytes(bytes(100))
    new = sealed_on(server, public_file(station), after(50))
    assert reads(station, new) == b"words"
    assert len(take(station, server, after(OVER)).destroyed) == 1
    assert not file.exists()


def reads(station: Station, content: bytes) -> bytes:
    plain = io.BytesIO()
    with opener(station) as key:
        key.open(io.BytesIO(content), plain.write, limit=100)
    return plain.getvalue()
