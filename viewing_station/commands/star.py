"""`viewing-station star`: mark a thread to find it again."""

import click

from viewing_station.commands.marked import mark
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.marking import star as put_star


@click.command("star", short_help="Put the star on a thread.")
@click.argument("thread")
@click.option("--off", is_flag=True, help="Take it off.")
@json_option
@at_station
def star(place: Place, thread: str, *, off: bool, as_json: bool) -> None:
    """Put the star on THREAD, which your team gives to what it wants to find again."""
    mark(place, thread, lambda station, id_: put_star(station, id_, on=not off), as_json=as_json)
