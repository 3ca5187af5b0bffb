"""`viewing-station export post`: publications as a note for a forum."""

import sys
from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station
from viewing_station.commands.publishing import only_option
from viewing_station.publishing.chosen import chosen
from viewing_station.publishing.note_file import write_note
from viewing_station.publishing.post import post
from viewing_station.publishing.release import works_of
from viewing_station.publishing.wording import BOTH
from viewing_station.screen import GOOD, show_line

WAY = "post"
WORDINGS = {wording.language: wording for wording in BOTH}


@click.command(WAY, short_help="Publications, as a Markdown note for a forum.")
@click.argument("file", type=PATH, metavar="[FILE]", required=False)
@only_option
@click.option("--language", type=click.Choice(list(WORDINGS)), default="fr", show_default=True)
@at_station
def export_post(place: Place, file: Path | None, *, only: tuple[str, ...], language: str) -> None:
    """Write a note about all that is publishable into FILE, or print it.

    It holds no document, only what the fields say and the checksums, so a publication counts as
    exported by other ways alone.
    """
    with place.open() as station:
        note = post(works_of(station, chosen(station, only, WAY)), WORDINGS[language])
    if file is None:
        sys.stdout.buffer.write(note.encode())
        return
    write_note(file, note.encode())
    show_line(("The note", GOOD), (f" is in {file}.", ""))
