"""`viewing-station courier`: the file to carry back."""

from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.courier_write import write_courier
from viewing_station.screen import GOOD, NAME, counted, show_json, show_line


@click.command("courier", short_help="Write the file to carry back.")
@click.argument("file", type=PATH)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option
@at_station
def courier(place: Place, file: Path, *, force: bool, as_json: bool) -> None:
    """Write to FILE all replies and deletions that have not arrived, signed by this station.

    They are offered again with every courier until a bundle says that they arrived; the server
    takes each of them once.
    """
    with place.open() as station:
        load = write_courier(station, file, today(), force=force)
    replies, deletions = len(load.replies), len(load.deletions)
    if as_json:
        show_json({"file": str(file), "replies": replies, "deletions": deletions})
        return
    carried = f"{counted(replies, 'reply', 'replies')} and {counted(deletions, 'deletion')}"
    show_line((carried, GOOD), (" in ", ""), (str(file), NAME), (": carry it to the server.", ""))
