"""`viewing-station label`: put labels on a thread, and take them off."""

import click

from viewing_station.commands.marked import mark
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.marking import change_labels


@click.command("label", short_help="Put labels on a thread, and take them off.")
@click.argument("thread")
@click.option("--add", multiple=True, metavar="LABEL", help="Put it on; may be repeated.")
@click.option("--remove", multiple=True, metavar="LABEL", help="Take it off; may be repeated.")
@json_option
@at_station
def label(
    place: Place, thread: str, add: tuple[str, ...], remove: tuple[str, ...], *, as_json: bool
) -> None:
    """Put labels on THREAD, and take others off; without either, show them.

    A label is 40 characters at most, and a thread takes 20. Lyon, LYON and lyon are one.
    """
    mark(
        place,
        thread,
        lambda station, id_: change_labels(station, id_, add, remove),
        as_json=as_json,
    )
