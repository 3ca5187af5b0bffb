"""`viewing-station copies`: the copies that were made of documents."""

from pathlib import Path

import click

from viewing_station.cleaning.errors import FileExistsHereError, NoSuchCopyError
from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.copies import Copy
from viewing_station.fresh_files import Fate, fresh_folder
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    human_day,
    human_size,
    show_json,
    show_line,
    show_table,
)
from viewing_station.station import Station
from viewing_station.threads import all_threads, find_thread

SHORTEST_PREFIX = 4  # hex digits of an id
SHOWN_ID = 8  # hex digits


class Listing(click.Group):
    """A group that lists when it is given no command of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `copies THREAD` for `copies list THREAD`."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("copies", cls=Listing, short_help="The copies made of documents.")
def copies() -> None:
    """See to the copies that `clean` made: list them, write one out, drop one."""


@copies.command("list")
@click.argument("thread", required=False)
@json_option
@at_station
def list_(place: Place, thread: str | None, *, as_json: bool) -> None:
    """List the copies, of all threads or of THREAD, the newest first."""
    with place.open() as station:
        found = _of(station, thread)
    if as_json:
        show_json([as_plain(copy) for copy in found])
    elif found:
        show_table([_row(copy) for copy in found])
    else:
        show_line(("No copies yet: `viewing-station clean` makes them.", FAINT))


@copies.command("show")
@click.argument("id_", metavar="ID")
@json_option
@at_station
def show(place: Place, id_: str, *, as_json: bool) -> None:
    """Show where a copy comes from, and what it still tells."""
    with place.open() as station:
        copy = find_copy(station, id_)
    if as_json:
        show_json(as_plain(copy))
        return
    show_line((copy.name, NAME), (f"  {human_size(copy.size)}, {human_day(copy.day)}", FAINT))
    facts = [("id", copy.id), ("SHA-256", copy.sha256), ("made from", copy.document)]
    facts += [("in it", copy.member)] if copy.member else []
    facts += [("delivery", copy.delivery), ("SHA-256 of that", copy.original)]
    show_table([[(f"  {name}", FAINT), (value, "")] for name, value in facts])
    show_remaining(copy)


@copies.command("export")
@click.argument("id_", metavar="ID")
@click.argument("file", type=PATH)
@at_station
def export(place: Place, id_: str, file: Path) -> None:
    """Write a copy to FILE, a new one that only you can read."""
    with place.open() as station:
        copy = find_copy(station, id_)
        with fresh_folder(file.parent, _ignore) as folder:
            fate = folder.write(file.name, lambda: station.vault.open(copy.archive))
    if fate is not Fate.WRITTEN:
        raise FileExistsHereError(file=file)
    show_line(("Written to ", GOOD), (str(file), NAME))
    show_remaining(copy)


@copies.command("drop")
@click.argument("id_", metavar="ID")
@at_station
def drop(place: Place, id_: str) -> None:
    """Delete a copy. Its original stays as it is."""
    with place.open() as station:
        copy = find_copy(station, id_)
        with station.records.change():
            station.copies.drop(copy.id)
        station.sweep()
    show_line((copy.name, NAME), (" is gone; its original is as it was.", ""))


def find_copy(station: Station, wanted: str) -> Copy:
    """Return the copy of this id, or of the one that begins so. Raises NoSuchCopyError."""
    asked = wanted.strip().lower()
    found = [copy for copy in station.copies.all() if copy.id.startswith(asked)]
    if len(asked) < SHORTEST_PREFIX or len(found) != 1:
        raise NoSuchCopyError(name=wanted)
    return found[0]


def show_remaining(copy: Copy) -> None:
    """Show what inspecting a copy still found. A copy without any is not called clean here."""
    if copy.clean:
        words = "Inspected again, nothing was found that tells of its author."
        show_line((f"  {words}", GOOD))
        return
    show_line(("  It still tells of its author:", WARNING))
    for sentence in copy.remaining:
        show_line((f"    {sentence}", ""))


def as_plain(copy: Copy) -> dict[str, object]:
    """Return a copy for JSON."""
    return {
        "id": copy.id,
        "thread": copy.thread,
        "delivery": copy.delivery,
        "document": copy.document,
        "member": copy.member,
        "original": copy.original,
        "method": copy.method.value,
        "name": copy.name,
        "media_type": copy.media_type,
        "size": copy.size,
        "sha256": copy.sha256,
        "day": copy.day.isoformat(),
        "clean": copy.clean,
        "remaining": list(copy.remaining),
    }


def _of(station: Station, thread: str | None) -> list[Copy]:
    found = list(station.copies.all())
    if thread is not None:
        wanted = find_thread(all_threads(station.deliveries, station.settings), thread).id
        found = [copy for copy in found if copy.thread == wanted]
    return sorted(
        found, key=lambda copy: (-copy.day.toordinal(), copy.thread, len(copy.name), copy.name)
    )


def _row(copy: Copy) -> list[Cell]:
    return [
        (copy.id[:SHOWN_ID], FAINT),
        (copy.name, NAME),
        (copy.method.value, ""),
        (human_size(copy.size), ""),
        ("nothing found", GOOD) if copy.clean else ("it still tells something", WARNING),
        (copy.document, FAINT),
    ]


def _ignore(_size: int) -> None:
    """Show no progress: a copy is written at once."""
