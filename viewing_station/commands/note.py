"""`viewing-station note`: keep a note on a thread."""

import sys
from pathlib import Path

import click

from viewing_station.commands.marked import mark
from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.marking import NOTE_READ_LIMIT, read_note, set_note


@click.command("note", short_help="Keep a note on a thread.")
@click.argument("thread")
@click.option(
    "--text-file",
    type=PATH,
    metavar="FILE",
    help="Read the note from FILE instead of standard input.",
)
@click.option("--clear", is_flag=True, help="Take the note off.")
@json_option
@at_station
def note(place: Place, thread: str, text_file: Path | None, *, clear: bool, as_json: bool) -> None:
    """Keep a note on THREAD, in place of the one that stands there.

    The text is read from standard input: UTF-8, 20,000 characters at most. It never leaves the
    station.
    """
    if clear and text_file:
        raise click.UsageError("--clear takes the note off: give no text with it.")
    text = "" if clear else read_note(_read(text_file))
    mark(place, thread, lambda station, id_: set_note(station, id_, text), as_json=as_json)


def _read(text_file: Path | None) -> bytes:
    """Read no more than shows that a note is too long: what follows need not be in memory."""
    if text_file is None:
        return sys.stdin.buffer.read(NOTE_READ_LIMIT + 1)
    with text_file.open("rb") as source:
        return source.read(NOTE_READ_LIMIT + 1)
