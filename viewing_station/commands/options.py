"""What every command takes: which station, and where its passphrase is.

Both options may stand before the command or behind it.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from viewing_station.home import Home
from viewing_station.passphrase import present_passphrase
from viewing_station.station import Station, open_station

Command = Callable[..., None]

PATH = click.Path(path_type=Path)

home_option = functools.partial(
    click.option, "--home", type=PATH, metavar="DIR", help="The station's folder."
)
passphrase_option = functools.partial(
    click.option,
    "--passphrase-file",
    type=PATH,
    metavar="FILE",
    help="Read the passphrase from FILE; without it, it is asked for.",
)
backup_passphrase_option = click.option(
    "--backup-passphrase-file",
    type=PATH,
    metavar="FILE",
    help="Read the backup's passphrase from FILE; else the station's file serves, or it is asked.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@dataclass(frozen=True)
class Place:
    """Which station a command is for."""

    home: Path | None
    passphrase_file: Path | None

    @property
    def root(self) -> Path:
        """The station's folder. Raises UsageError where none was named."""
        if self.home is None:
            raise click.UsageError("Name the station: --home DIR, or VIEWING_STATION_HOME.")
        return self.home

    @contextmanager
    def open(self) -> Iterator[Station]:
        """Ask for the passphrase, and hold the station open. Raises StationError."""
        Home(self.root).require()  # or a passphrase is typed for nothing
        with open_station(self.root, present_passphrase(self.passphrase_file)) as station:
            yield station


def at_station(command: Command) -> Command:
    """Give a command its Place, from the options before it and behind it."""

    @functools.wraps(command)
    def placed(home: Path | None, passphrase_file: Path | None, **given: object) -> None:
        before = click.get_current_context().find_object(Place) or Place(None, None)
        place = Place(home or before.home, passphrase_file or before.passphrase_file)
        command(place, **given)

    return home_option()(passphrase_option()(placed))


def today() -> date:
    """Return the day, in UTC like every day of an instance."""
    return datetime.now(UTC).date()
