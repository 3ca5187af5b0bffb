"""Opening a bundle: done while a bar is on the screen; what stays if it is stopped."""

from functools import partial
from pathlib import Path

from viewing_station.bundle_open import Report, open_bundle
from viewing_station.commands.options import today
from viewing_station.interface.gauge import Gauge
from viewing_station.interface.words import line, outside
from viewing_station.interface.working import WorkingScreen
from viewing_station.station import Station

STOPPED = "Stopped. What was opened so far is kept; open the bundle again to go on from there."


def opening_screen(station: Station, file: Path) -> WorkingScreen[Report]:
    """Return the screen that opens a bundle and gives its report."""
    title = line("Opening ", outside(file.name))
    return WorkingScreen(station, title, partial(_open, file), STOPPED)


def _open(file: Path, station: Station, gauge: Gauge) -> Report:
    return open_bundle(station, file, today(), gauge.measuring)
