"""What the commands that mark a thread share: how it is named, and how its marks are shown."""

from collections.abc import Callable, Iterator

from viewing_station.commands.options import Place
from viewing_station.marks import Marks
from viewing_station.screen import FAINT, GOOD, NAME, WARNING, Cell, show_json, show_line, show_text
from viewing_station.station import Station
from viewing_station.threads import all_threads, find_thread


def mark(
    place: Place, thread: str, change: Callable[[Station, str], Marks], *, as_json: bool
) -> None:
    """Make a change to the marks of the thread that is called `thread`, and show them."""
    with place.open() as station:
        found = find_thread(all_threads(station.deliveries, station.settings), thread)
        marks = change(station, found.id)
    if as_json:
        show_json({"id": found.id, "name": found.name, **marks_json(marks)})
        return
    cells = marks_cells(marks) or [("no marks", FAINT)]
    show_line((found.name, NAME), *spaced(cells))
    show_note(marks)


def marks_json(marks: Marks) -> dict[str, object]:
    """Return marks as every command prints them."""
    return {
        "labels": list(marks.labels),
        "note": marks.note,
        "assignee": marks.assignee,
        "starred": marks.starred,
        "muted": marks.muted,
    }


def marks_cells(marks: Marks) -> list[Cell]:
    """Return marks for a line, but for the note: the star, whose it is, labels, silence."""
    cells: list[Cell] = [("★ starred", WARNING)] if marks.starred else []
    cells += [(f"for {marks.assignee}", "")] if marks.assignee else []
    cells += [(f"#{label}", GOOD) for label in marks.labels]
    return [*cells, ("muted", FAINT)] if marks.muted else cells


def spaced(cells: list[Cell]) -> Iterator[Cell]:
    """Yield cells with two spaces before each."""
    return ((f"  {text}", style) for text, style in cells)


def show_note(marks: Marks) -> None:
    """Print the note, if there is one."""
    if marks.note:
        show_line(("  note:", FAINT))
        show_text(marks.note, indent="  | ")
