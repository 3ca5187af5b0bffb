"""A station with a calendar that began some weeks ago, opened in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from crypto.deskkeys import read_desk_key
from crypto.envelope import EnvelopeSeal
from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE
from tests.viewing_station.small_server import TODAY, SmallServer
from viewing_station.station import Station, open_station

AGO = 60
FIRST = TODAY - timedelta(days=AGO)


@contextmanager
def opened(home: Path) -> Iterator[Station]:
    with open_station(home, Secret(PASSPHRASE.encode())) as station:
        yield station


def after(days: int) -> date:
    """Return the day so many days after the calendar's first."""
    return FIRST + timedelta(days=days)


def public_file(station: Station) -> bytes:
    return station.home.public_key(station.settings.desk).read_bytes()


def sealed_on(server: SmallServer, public: bytes, day: date) -> bytes:
    """Seal a few words to the calendar's subkey of a day, as the server does."""
    windows = read_desk_key(public, day).windows
    (window,) = [w for w in windows if w.begins <= day and (w.ends is None or day < w.ends)]
    body = bytearray()
    with EnvelopeSeal([window.armored], body.extend, day, server.gnupg_home) as seal:
        seal.write(b"words")
        head = seal.finish().head
    return head + bytes(body)
