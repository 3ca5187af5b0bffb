"""`viewing-station threads`: who wrote, and what was not read yet."""

import click

from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    Cell,
    counted,
    human_day,
    show_json,
    show_line,
    show_table,
)
from viewing_station.threads import Thread, all_threads

SHOWN_ID = 8  # hex digits: enough to tell threads apart


@click.command("threads", short_help="List the threads.")
@json_option
@at_station
def threads(place: Place, *, as_json: bool) -> None:
    """List the threads, the one with the newest delivery first.

    A thread is all that one codename sent to this desk.
    """
    with place.open() as station:
        found = all_threads(station.deliveries, station.settings)
    if as_json:
        show_json([_json(thread) for thread in found])
    elif found:
        show_table([_row(thread) for thread in found])
    else:
        show_line(("No threads yet: `viewing-station open BUNDLE` brings them.", FAINT))


def _json(thread: Thread) -> dict[str, object]:
    return {
        "id": thread.id,
        "name": thread.name,
        "deliveries": len(thread.deliveries),
        "unread": thread.unread,
        "last_day": thread.last_day.isoformat(),
    }


def _row(thread: Thread) -> list[Cell]:
    return [
        (thread.name, NAME),
        (thread.id[:SHOWN_ID], FAINT),
        (counted(len(thread.deliveries), "delivery", "deliveries"), ""),
        (f"last {human_day(thread.last_day)}", ""),
        (f"{thread.unread} unread", GOOD) if thread.unread else ("read", FAINT),
    ]
