"""`viewing-station discard`: have deliveries deleted on the server."""

import click

from viewing_station.commands.options import Place, at_station
from viewing_station.discarding import queue_deletions
from viewing_station.screen import GOOD, counted, show_line


@click.command("discard", short_help="Have deliveries deleted on the server.")
@click.argument("deliveries", nargs=-1, required=True, metavar="DELIVERY...")
@at_station
def discard(place: Place, deliveries: tuple[str, ...]) -> None:
    """Queue the deletion of each DELIVERY on the server, for the next courier.

    What was opened here stays here.
    """
    with place.open() as station:
        queued = queue_deletions(station, deliveries)
    before = len(set(deliveries)) - queued
    if queued:
        show_line((counted(queued, "deletion"), GOOD), (" queued for the next courier.", ""))
    if before:
        show_line((f"{counted(before, 'deletion')} had been queued before.", ""))
