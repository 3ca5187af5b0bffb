"""`viewing-station key list`: the desk's keys held here."""

import click

from crypto.fingerprint import spaced
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.screen import NAME, human_day, show_json, show_table


@click.group("key", short_help="The desk's keys held here.")
def key() -> None:
    """See to the desk's OpenPGP keys held here."""


@key.command("list")
@json_option
@at_station
def list_(place: Place, *, as_json: bool) -> None:
    """List the desk's OpenPGP keys whose secret part lies here, oldest first."""
    with place.open() as station:
        notes = station.settings.keys()
    if as_json:
        show_json(
            [{"fingerprint": note.fingerprint, "made": note.made.isoformat()} for note in notes]
        )
        return
    show_table(
        [[(spaced(note.fingerprint), NAME), (f"made {human_day(note.made)}", "")] for note in notes]
    )
