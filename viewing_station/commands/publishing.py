"""What the commands that export publications have in common."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from viewing_station.commands.options import today
from viewing_station.progress import meter
from viewing_station.publishing.chosen import chosen, note_outing
from viewing_station.publishing.release import Work, watched, works_of
from viewing_station.screen import GOOD, NAME, counted, human_size, show_json, show_line
from viewing_station.station import Station

only_option = click.option(
    "--only",
    metavar="PUBLICATION",
    multiple=True,
    help="Just this one, also if it was exported before; may be given several times.",
)


@contextmanager
def going_out(station: Station, only: Sequence[str], way: str) -> Iterator[list[Work]]:
    """Yield what is to go out this way, and note that it did where nothing went wrong.

    Raises what `chosen` and `works_of` raise.
    """
    publications = chosen(station, only, way)
    works = works_of(station, publications)
    with meter("Writing", _size(works)) as writing:
        yield watched(works, writing.advance)
    note_outing(station, publications, way, today())


def tell(works: Sequence[Work], folder: Path, written: Sequence[str], *, as_json: bool) -> None:
    """Say what was written, and where."""
    if as_json:
        ids = [work.publication.id for work in works]
        show_json({"folder": str(folder), "files": list(written), "publications": ids})
        return
    told = f" ({human_size(_size(works))} of documents) written to {folder}:"
    show_line((counted(len(works), "publication"), GOOD), (told, ""))
    for name in written:
        show_line(("  ", ""), (name, NAME))


def _size(works: Sequence[Work]) -> int:
    return sum(part.size for work in works for part in work.parts)
