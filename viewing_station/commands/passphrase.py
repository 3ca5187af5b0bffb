"""`viewing-station passphrase`: give the station another passphrase."""

from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station
from viewing_station.home import Home
from viewing_station.passphrase import new_passphrase, present_passphrase
from viewing_station.passphrase_change import change_passphrase
from viewing_station.screen import FAINT, GOOD, show_line


@click.command("passphrase", short_help="Change the station's passphrase.")
@click.option(
    "--new-passphrase-file",
    type=PATH,
    metavar="FILE",
    help="Read the new passphrase from FILE; without it, it is asked for twice.",
)
@at_station
def passphrase(place: Place, new_passphrase_file: Path | None) -> None:
    """Change the passphrase of this station; the present one is asked for first.

    It counts from the next command on. A copy that was made of the station's folder before still
    opens with the old one.
    """
    Home(place.root).require()
    old = present_passphrase(place.passphrase_file)
    change_passphrase(place.root, old, new_passphrase(new_passphrase_file))
    show_line(("The station has a new passphrase.", GOOD))
    show_line(("Copies of its folder that were made before still open with the old one.", FAINT))
