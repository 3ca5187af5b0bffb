"""`viewing-station show`: read a thread."""

import click

from viewing_station.commands.marked import marks_cells, marks_json, show_note, spaced
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.conversation import Entry, Kind, Progress, conversation
from viewing_station.marks import Marks
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    counted,
    human_day,
    human_size,
    show_json,
    show_line,
    show_table,
    show_text,
)
from viewing_station.threads import Thread, all_threads, find_thread

REPLIES: dict[Progress, Cell] = {
    Progress.QUEUED: ("waits for a courier", WARNING),
    Progress.ARRIVED: ("is on the server", GOOD),
    Progress.ONLINE: ("written online", FAINT),
}
DELETIONS: dict[Progress, Cell] = {
    Progress.QUEUED: ("its deletion waits for a courier", WARNING),
    Progress.ARRIVED: ("deleted on the server", FAINT),
}


@click.command("show", short_help="Read a thread.")
@click.argument("thread")
@json_option
@at_station
def show(place: Place, thread: str, *, as_json: bool) -> None:
    """Show the messages and the replies of THREAD in the order of their days.

    THREAD is its name, its identifier, or how that begins (4 characters at least). Characters
    that would not show, or would disturb the terminal, are written as their codes. Other commands
    take the number before a file for its name.
    """
    with place.open() as station:
        found = find_thread(all_threads(station.deliveries, station.settings), thread)
        entries = conversation(station, found)
        marks = station.marks.get(found.id)
        if as_json:
            show_json(_json(found, marks, entries))
        else:
            _show(found, marks, entries)
        with station.records.change():
            for delivery in found.deliveries:
                station.deliveries.mark_read(delivery)


def _show(thread: Thread, marks: Marks, entries: list[Entry]) -> None:
    show_line((thread.name, NAME), (f"  {thread.id}", FAINT), *spaced(marks_cells(marks)))
    show_note(marks)
    for entry in entries:
        show_line()
        if entry.kind is Kind.REPLY:
            _show_reply(entry)
        else:
            _show_delivery(entry)


def _show_reply(entry: Entry) -> None:
    state, style = REPLIES[entry.progress or Progress.QUEUED]
    show_line((human_day(entry.day), NAME), ("  reply  ", ""), (f"({state})", style))
    show_text(entry.text, indent="  > ")


def _show_delivery(entry: Entry) -> None:
    remark, style = DELETIONS[entry.progress] if entry.progress else ("", "")
    show_line(
        (human_day(entry.day), NAME),
        ("  delivery ", ""),
        (entry.name, NAME),
        (f"  ({remark})" if remark else "", style),
    )
    if entry.sealed:
        show_line(("  (what the source had sealed beforehand is opened here)", FAINT))
    if entry.text:
        show_text(entry.text)
    else:
        show_line(("  no message", FAINT))
    if entry.files:
        where = " (not here)" if entry.awaits_files else ""
        show_line((f"  {counted(len(entry.files), 'file')}{where}:", FAINT))
        show_table(
            [
                [(f"  {number:>4}", NAME), (file.name, ""), (human_size(file.size), "")]
                for number, file in enumerate(entry.files, start=1)
            ]
        )


def _json(thread: Thread, marks: Marks, entries: list[Entry]) -> dict[str, object]:
    return {
        "id": thread.id,
        "name": thread.name,
        **marks_json(marks),
        "entries": [_entry_json(entry) for entry in entries],
    }


def _entry_json(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind.value,
        "id": entry.name,
        "delivery": entry.delivery,
        "day": entry.day.isoformat(),
        "text": entry.text,
        "sealed_beforehand": entry.sealed,
        "progress": entry.progress.value if entry.progress else None,
        "files": [
            {"number": number, "name": file.name, "size": file.size, "sha256": file.sha256}
            for number, file in enumerate(entry.files, start=1)
        ],
        "files_here": not entry.awaits_files,
    }
