"""`viewing-station assign`: say whose a thread is."""

import click

from viewing_station.commands.marked import mark
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.marking import assign as assign_to


@click.command("assign", short_help="Say whose a thread is.")
@click.argument("thread")
@click.argument("name", required=False)
@click.option("--nobody", is_flag=True, help="Make it nobody's.")
@json_option
@at_station
def assign(place: Place, thread: str, name: str | None, *, nobody: bool, as_json: bool) -> None:
    """Give THREAD to NAME: any name that your team agrees on, 60 characters at most."""
    if (name is None) is not nobody:
        raise click.UsageError("Give a name, or --nobody.")
    mark(place, thread, lambda station, id_: assign_to(station, id_, name or ""), as_json=as_json)
