"""`viewing-station reply`: answer a thread."""

import sys
from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station, today
from viewing_station.editor import edited
from viewing_station.errors import LongReplyError
from viewing_station.replying import READ_LIMIT, queue_reply, read_text
from viewing_station.screen import GOOD, NAME, show_error, show_line
from viewing_station.threads import all_threads, find_thread

KEPT_LIMIT = 1 << 20  # bytes of a text that is too long, given back to be shortened


@click.command("reply", short_help="Answer a thread.")
@click.argument("thread")
@click.option(
    "--text-file",
    type=PATH,
    metavar="FILE",
    help="Read the reply from FILE instead of standard input.",
)
@click.option("--edit", is_flag=True, help="Write it in your editor ($VISUAL, $EDITOR).")
@at_station
def reply(place: Place, thread: str, text_file: Path | None, *, edit: bool) -> None:
    """Seal a reply to THREAD on the spot, for the next courier.

    The text is read from standard input: UTF-8, 8,000 characters at most. Only the source's
    codename opens what goes to the server; this station keeps the text, sealed, to show it.
    """
    if edit and text_file:
        raise click.UsageError("Write it in the editor, or give a file.")
    with place.open() as station:
        found = find_thread(all_threads(station.deliveries, station.settings), thread)
        text = _edited() if edit else read_text(_read(text_file))
        queued = queue_reply(station, found, text, today())
    show_line(
        ("Sealed", GOOD),
        (" for ", ""),
        (found.name, NAME),
        (f" (delivery {queued.delivery}); it goes with the next courier.", ""),
    )


def _edited() -> str:
    """Have it written; what cannot be sealed goes back to the editor, and is not lost."""
    raw = b""
    while True:
        raw = edited(raw.decode("utf-8", "replace"), "reply.txt", KEPT_LIMIT)
        try:
            return read_text(raw)
        except LongReplyError as error:
            show_error(str(error))
            if not click.confirm("Shorten it?", default=True, err=True):
                raise click.Abort from None


def _read(file: Path | None) -> bytes:
    """Read no more than shows that a reply is too long: what follows need not be in memory."""
    if file is None:
        return sys.stdin.buffer.read(READ_LIMIT + 1)
    with file.open("rb") as source:
        return source.read(READ_LIMIT + 1)
