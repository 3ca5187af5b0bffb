"""`viewing-station mute`: leave a thread that floods out of the list."""

import click

from viewing_station.commands.marked import mark
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.marking import mute as silence


@click.command("mute", short_help="Leave a thread that floods out of the list.")
@click.argument("thread")
@click.option("--off", is_flag=True, help="Take it back into the list.")
@json_option
@at_station
def mute(place: Place, thread: str, *, off: bool, as_json: bool) -> None:
    """Leave THREAD out of the list. What it sends is opened, kept and found as ever."""
    mark(place, thread, lambda station, id_: silence(station, id_, on=not off), as_json=as_json)
