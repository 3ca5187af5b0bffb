"""`viewing-station export folder`: publications as plain files with a page about them."""

from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.commands.publishing import going_out, only_option, tell
from viewing_station.publishing.files import files_of
from viewing_station.publishing.new_folder import new_folder

WAY = "folder"


@click.command(WAY, short_help="Publications, as files with a page and checksums.")
@click.argument("folder", type=PATH, metavar="DIR")
@only_option
@json_option
@at_station
def export_folder(place: Place, folder: Path, *, only: tuple[str, ...], as_json: bool) -> None:
    """Write what is publishable into DIR, a new or empty folder, in the clear.

    Beside the documents stand index.html, a page in French and English that needs no server and
    fetches nothing, and SHA256SUMS, which `sha256sum -c SHA256SUMS` checks.
    """
    with place.open() as station, going_out(station, only, WAY) as works:
        files = files_of(works)
        with new_folder(folder) as target:
            target.write_parts(files)
    tell(works, folder, [file.name for file in files], as_json=as_json)
