"""Destroys the subkeys of a calendar that nothing unread needs any more, and no others.

A subkey goes when all of this is true:

- its window has been over for the grace time, by this machine's clock *and* by the day of a signed
  bundle: neither a clock that runs ahead nor a server that lies about its day destroys anything;
- that bundle named nothing stored under the subkey that was not opened here or given up.

Each is destroyed by itself, and what is left to do is seen from the keyring alone: whatever ends
the command, the next run goes on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from viewing_station.key_destroy import overwrite_secret
from viewing_station.key_windows import OwnWindow, all_windows
from viewing_station.server_stock import Stock, stock, unopened
from viewing_station.station import Station

# Days: an upload that began before midnight may end after it, and is not yet in the stock then.
LEAST_GRACE = 2


class Standing(Enum):
    """How a window stands."""

    COMING = "coming"
    NOW = "now"
    GRACE = "grace"  # over, for less than the grace time
    UNTOLD = "untold"  # no bundle of a late enough day was opened
    HELD = "held"  # the server holds something under it that was not opened here
    DUE = "due"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Stood:
    """A window, how it stands, and what the server holds under it that was not opened here."""

    window: OwnWindow
    standing: Standing
    held: tuple[str, ...] = ()
    more: bool = False


def survey(station: Station, day: date) -> list[Stood]:
    """Return how each window of the calendars here stands. Raises KeyringError."""
    grace = timedelta(days=station.settings.grace)
    said = stock(station.records)
    return [_stood(station, window, day, grace, said) for window in all_windows(station)]


def destroy_due(station: Station, day: date) -> list[OwnWindow]:
    """Destroy the secret parts of the subkeys that are due; return them. Raises KeyringError."""
    due = [stood.window for stood in survey(station, day) if stood.standing is Standing.DUE]
    for window in due:
        overwrite_secret(station.home.gnupg, window.grip)
    return due


def _stood(
    station: Station, window: OwnWindow, day: date, grace: timedelta, said: Stock | None
) -> Stood:
    if not window.here:
        return Stood(window, Standing.DESTROYED)
    if day < window.ends:
        return Stood(window, Standing.COMING if day < window.begins else Standing.NOW)
    over = window.ends + grace
    held, more = _held(station, window, said)
    if day < over:
        standing = Standing.GRACE
    elif said is None or said.day < over:
        standing = Standing.UNTOLD
    else:
        standing = Standing.HELD if held or more else Standing.DUE
    return Stood(window, standing, held, more)


def _held(station: Station, window: OwnWindow, said: Stock | None) -> tuple[tuple[str, ...], bool]:
    if said is None:
        return (), False
    names = said.names.get(window.subkey, frozenset())
    return tuple(unopened(station, names)), window.subkey in said.more
