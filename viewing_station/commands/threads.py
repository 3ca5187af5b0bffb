"""`viewing-station threads`: who wrote, and what was not read yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from viewing_station.commands.marked import marks_cells, marks_json
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.folding import fold
from viewing_station.marks import Marks
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    counted,
    human_day,
    show_json,
    show_line,
    show_table,
)
from viewing_station.threads import Thread, all_threads

SHOWN_ID = 8  # hex digits: enough to tell threads apart

Marked = tuple[Thread, Marks]


@dataclass(frozen=True)
class Filter:
    """Which threads are asked for; all that is given must hold."""

    new: bool
    starred: bool
    labels: tuple[str, ...]
    assigned: str | None

    def lets(self, thread: Thread, marks: Marks) -> bool:
        """Tell whether a thread is asked for."""
        if (self.new and not thread.unread) or (self.starred and not marks.starred):
            return False
        if not {fold(label) for label in self.labels} <= {fold(each) for each in marks.labels}:
            return False
        return self.assigned is None or fold(self.assigned) == fold(marks.assignee)


@click.command("threads", short_help="List the threads.")
@click.option("--new", is_flag=True, help="Only those with something unread.")
@click.option("--starred", is_flag=True, help="Only those with the star.")
@click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only those with LABEL.")
@click.option("--assigned", metavar="NAME", help='Only those given to NAME ("" for nobody\'s).')
@click.option("--all", "muted_too", is_flag=True, help="Muted ones as well, at the end.")
@json_option
@at_station
def threads(place: Place, *, muted_too: bool, as_json: bool, **wanted: Any) -> None:
    """List the threads, the one with the newest delivery first.

    A thread is all that one codename sent to this desk. Muted ones are left out and counted, but
    for --json, which has all of them.
    """
    asked = Filter(**wanted)
    with place.open() as station:
        found = all_threads(station.deliveries, station.settings)
        marks = {each.thread: each for each in station.marks.all()}
    marked = [(thread, marks.get(thread.id, Marks(thread.id))) for thread in found]
    listed = [(thread, its) for thread, its in marked if asked.lets(thread, its)]
    listed.sort(key=lambda each: each[1].muted)
    if as_json:
        show_json([_json(thread, its) for thread, its in listed])
    elif not found:
        show_line(("No threads yet: `viewing-station open BUNDLE` brings them.", FAINT))
    else:
        _show(listed, muted_too=muted_too)


def _show(listed: Sequence[Marked], *, muted_too: bool) -> None:
    shown = [each for each in listed if muted_too or not each[1].muted]
    if shown:
        show_table(_rows(shown))
    elif len(shown) == len(listed):
        show_line(("No thread is like that.", FAINT))
    left_out = [thread for thread, marks in listed if marks.muted and not muted_too]
    if left_out:
        new = sum(thread.unread for thread in left_out)
        told = f"{counted(len(left_out), 'muted thread')}, {new:,} unread: --all lists them."
        show_line((told, FAINT))


def _json(thread: Thread, marks: Marks) -> dict[str, object]:
    return {
        "id": thread.id,
        "name": thread.name,
        "deliveries": len(thread.deliveries),
        "unread": thread.unread,
        "last_day": thread.last_day.isoformat(),
        **marks_json(marks),
    }


def _rows(listed: Iterable[Marked]) -> list[list[Cell]]:
    return [
        [
            ("★" if marks.starred else " ", WARNING),
            (thread.name, NAME),
            (thread.id[:SHOWN_ID], FAINT),
            (counted(len(thread.deliveries), "delivery", "deliveries"), ""),
            (f"last {human_day(thread.last_day)}", ""),
            (f"{thread.unread} unread", GOOD) if thread.unread else ("read", FAINT),
            (_told(marks), FAINT if marks.muted else ""),
        ]
        for thread, marks in listed
    ]


def _told(marks: Marks) -> str:
    """Return the marks but for the star, which has a column of its own."""
    told = [text for text, _ in marks_cells(marks) if not text.startswith("★")]
    return " ".join([*told, "noted"] if marks.note else told)
