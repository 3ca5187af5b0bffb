"""A desk with a calendar: each week its subkey, and of a week that is over nothing to seize."""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from admin.compose import build_services
from crypto.secret import Secret
from formats.held import HeldEntry
from journalist_app.desk_keeping import DeskKeeping
from source_app.admission import Admission
from source_app.intake import Intake
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import STATION_PASSPHRASE, House, Reviewer, Station
from tests.journey.secret_part import secret_part
from tests.source_app.house import new_keys
from viewing_station.desk_keys import find_key
from viewing_station.key_calendar import carry_on
from viewing_station.key_destroy import retire_key
from viewing_station.server_stock import KIND, NAME, note_stock, stock
from viewing_station.station import open_station
from web.instance import open_instance
from web.services import Services

SLUG = "ville"
TODAY = datetime.now(UTC).date()
# The calendar began so many days ago: two of its weeks have been over for 30 days, others less.
AGO = 50
WEEK = timedelta(days=7)
FILES = [("plan.pdf", b"%PDF-1.4 plan"), ("note.txt", b"note")]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@contextmanager
def on(house: House, day: date) -> Iterator[Services]:
    """Be the server on a day that is past."""
    services = replace(
        build_services(open_instance(house.home)),
        now=lambda: datetime.combine(day, time(12), UTC),
    )
    try:
        yield services
    finally:
        services.db.close()


def deliver_on(house: House, day: date) -> str:
    """Have a source deliver on a day that is past; return the delivery's handle."""
    with on(house, day) as services:
        admission = Admission(services)
        with Intake(services, admission, admission.desk(None), new_keys(), "fr") as intake:
            for name, content in FILES:
                intake.add_file(name, iter([content]))
            return intake.commit(f"Écrit le {day}.").delivery


def windows(station: Station) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(station("key", "calendar", "--list", "--json"))
    return found


def states(station: Station) -> list[str]:
    return [window["state"] for window in windows(station)]


@pytest.fixture
def weekly(house: House) -> House:
    """A house whose desk has had a calendar for some weeks, and no other key any more."""
    station = house.stations[SLUG]
    with open_station(station.home, Secret(STATION_PASSPHRASE.encode())) as opened:
        (first,) = opened.settings.key_notes()
        carry_on(opened, ago(AGO), TODAY + WEEK, every=7)
        retire_key(opened, find_key(opened, first.fingerprint, TODAY), TODAY)
    station("key", "calendar", "--weeks", "7")
    file = (station.home / f"{SLUG}-openpgp.asc").read_bytes()
    with on(house, ago(AGO)) as services:
        key = DeskKeeping(services).add_key(SLUG, file)
    house("desk", "key", "add", SLUG, station.home / f"{SLUG}-openpgp.asc")
    house("desk", "key", "retire", SLUG, first.fingerprint)
    assert len(key.windows) == len(windows(station))
    return house


def the_next_day(station: Station) -> None:
    """Have what the server said today be of yesterday: of one day nobody knows what came later."""
    with open_station(station.home, Secret(STATION_PASSPHRASE.encode())) as opened:
        said = stock(opened.records)
        assert said is not None
        entries = [HeldEntry(k, len(v), tuple(sorted(v))) for k, v in said.names.items()]
        with opened.records.change():
            opened.records.drop(KIND, NAME)
            note_stock(opened.records, said.day - timedelta(days=1), entries)


@contextmanager
def seized(station: Station) -> Iterator[GnupgHome]:
    """Take all keys out of a station whose passphrase is known, into plain gpg."""
    keys = json.loads(station("key", "list", "--json"))
    homes = []
    try:
        for key in keys:
            if key["state"] == "usable":
                secret, passphrase = secret_part(station, key["fingerprint"])
                homes.append(GnupgHome(passphrase))
                homes[-1].gpg("--import", given=secret)
        (home,) = homes  # the calendar is the only key in use
        yield home
    finally:
        for home in homes:
            home.close()


def opened_from(bundle: Path, home: GnupgHome) -> set[str]:
    """Return the names of those envelopes of a bundle that plain gpg opens."""
    with tarfile.open(bundle) as tar:
        envelopes = {m.name: tar.extractfile(m) for m in tar if m.name.endswith(".gpg")}
        contents = {name: file.read() for name, file in envelopes.items() if file is not None}
    return {name for name, content in contents.items() if opens(home, content)}


def opens(home: GnupgHome, content: bytes) -> bool:
    done = home.run("--decrypt", given=content)
    return done.returncode in {0, 2} and done.stdout[:2] == b"PK"


def names(*deliveries: str) -> set[str]:
    return {f"{each}.{kind}.gpg" for each in deliveries for kind in ("letter", "files")}


def collect(house: House, reviewer: Reviewer, file: Path, *deliveries: str) -> Path:
    """Collect deliveries and open them at the station."""
    reviewer.bundle(file, id=list(deliveries))
    house.stations[SLUG]("open", file)
    return file


def carry(house: House, reviewer: Reviewer, file: Path) -> None:
    house.stations[SLUG]("courier", file, "--force")
    assert reviewer.courier(file)[1].status_code == 200


def test_a_seized_station_does_not_open_what_it_read_and_its_subkeys_opened(
    weekly: House, root: Path
) -> None:
    station = weekly.stations[SLUG]
    old = deliver_on(weekly, ago(AGO))
    with weekly.serving():
        assert weekly.source().first_visit().deliver("Aujourd’hui.", FILES).status_code == 303
        reviewer = weekly.reviewer("alex")
        (new,) = set(reviewer.deliveries()) - {old}
        with seized(station) as before:
            bundle = collect(weekly, reviewer, root / "b.tar", old, new)
            assert opened_from(bundle, before) == names(old, new)

        # The station opened both, and let go of the subkey that the old one was sealed to.
        assert states(station)[:2] == ["destroyed", "destroyed"]
        assert "destroyed" not in states(station)[2:]
        with seized(station) as after:
            assert opened_from(bundle, after) == names(new)
        # So it cannot open it again either; what it read before it has in its own store.
        assert len(station.threads()) == 2
        station("open", bundle)
        shown = "".join(station("show", thread["id"]) for thread in station.threads())
        assert f"Écrit le {ago(AGO)}." in shown


def test_nothing_unread_on_the_server_loses_its_subkey(weekly: House, root: Path) -> None:
    station = weekly.stations[SLUG]
    unread = deliver_on(weekly, ago(AGO))
    waiting = deliver_on(weekly, ago(AGO - 7))
    with weekly.serving():
        assert weekly.source().first_visit().deliver("Aujourd’hui.").status_code == 303
        reviewer = weekly.reviewer("alex")
        (new,) = set(reviewer.deliveries()) - {unread, waiting}
        collect(weekly, reviewer, root / "b.tar", new)
        assert states(station)[:2] == ["held", "held"]
        told = station("key", "tidy")
        assert "Nothing is due" in told
        assert f"{unread}.letter" in told
        assert states(station)[:2] == ["held", "held"]

        # A letter without its files is not enough.
        reviewer.bundle(root / "l.tar", id=[unread], letters_only="1")
        station("open", root / "l.tar")
        assert states(station)[:2] == ["held", "held"]
        collect(weekly, reviewer, root / "f.tar", unread)
        assert states(station)[:2] == ["destroyed", "held"]

        # The other is re-wrapped: it opens with the subkey of today, and with that alone.
        weekly("rewrap", "export", root / "r.tar", "--over", "30")
        answer = json.loads(station("rewrap", root / "r.tar", "--json", check=False))
        # What was opened can be re-wrapped no more: its key is gone. The other can.
        assert (answer["rewrapped"], len(answer["refused"])) == (2, 2)
        carry(weekly, reviewer, root / "c.tar")
        collect(weekly, reviewer, root / "d.tar", new)
        assert states(station)[1] == "held"  # its old head could still come back
        weekly("rewrap", "finish", "--incomplete")
        the_next_day(station)
        collect(weekly, reviewer, root / "e.tar", new)
        assert states(station)[1] == "destroyed"
        with seized(station) as home:
            bundle = collect(weekly, reviewer, root / "g.tar", waiting)
            assert opened_from(bundle, home) == names(waiting)
    assert len(station.threads()) == 3


def test_a_calendar_is_carried_on_and_the_hatch_opens_again(weekly: House) -> None:
    station = weekly.stations[SLUG]
    with weekly.serving():
        assert weekly.source().first_visit().deliver("Un.").status_code == 303
        (before,) = json.loads(weekly("desk", "key", "list", SLUG, "--json"))[:1]
        told = weekly("check", check=False)
        assert "has a calendar that ends in" in told
        station("key", "calendar")
        weekly("desk", "key", "add", SLUG, station.home / f"{SLUG}-openpgp.asc")
        keys = {
            k["fingerprint"]: k for k in json.loads(weekly("desk", "key", "list", SLUG, "--json"))
        }
        assert max(k.get("windows", 0) for k in keys.values()) >= 52
        assert "calendar" not in weekly("check", check=False)
        assert weekly.source().first_visit().deliver("Deux.").status_code == 303
        assert before["fingerprint"] in keys
