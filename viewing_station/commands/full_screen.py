"""`viewing-station` without a command: the full screen."""

from collections.abc import Sequence

import click

from viewing_station.commands.options import Place
from viewing_station.interface.launch import can_run, run_interface
from viewing_station.screen import show_line

MINUTES = 15  # without a key, and the full screen closes: a desk that was left stands open so long
LONGEST = 8 * 60  # minutes: a working day

close_after_option = click.option(
    "--close-after",
    type=click.IntRange(1, LONGEST),
    default=MINUTES,
    show_default=True,
    metavar="MINUTES",
    help="Close the full screen after so many minutes without a key.",
)


def full_screen(place: Place, minutes: int, commands: Sequence[str]) -> None:
    """Open the station's full screen, and hold the station as long as it is open.

    Raises UsageError where no terminal can show it; StationError.
    """
    if not can_run():
        listed = ", ".join(commands)
        raise click.UsageError(
            f"The full screen needs a terminal; without one, use a command: {listed}."
        )
    with place.open() as station:
        said = run_interface(station, minutes)
    if said:
        show_line((said, ""))
