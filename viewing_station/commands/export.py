"""`viewing-station export`: a thread's files, to be looked at with other programs.

Behind the same word stand the ways in which publications go out: `export uwazi` and its like.
"""

from pathlib import Path

import click

from viewing_station.commands.export_drive import export_drive
from viewing_station.commands.export_folder import export_folder
from viewing_station.commands.export_post import export_post
from viewing_station.commands.export_uwazi import export_uwazi
from viewing_station.commands.export_ways import ExportGroup
from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.errors import NotFreshError
from viewing_station.export import Exported, export_thread
from viewing_station.screen import FAINT, GOOD, NAME, WARNING, counted, show_json, show_line
from viewing_station.threads import all_threads, find_thread


@click.command("export")
@click.argument("thread")
@click.argument("folder", type=PATH, metavar="DIR")
@json_option
@at_station
def export_files(place: Place, thread: str, folder: Path, *, as_json: bool) -> None:
    """Write the messages and files of THREAD into DIR, in the clear.

    Each delivery has a folder of its own; files have their own names and cannot be executed.
    Nothing that stands there is overwritten. A file that its source had sealed to the desk's key
    beforehand is written as it came, and opened beside it.
    """
    if thread in export.commands:
        raise click.UsageError(f"The options of `export {thread}` stand behind that word.")
    with place.open() as station:
        found = find_thread(all_threads(station.deliveries, station.settings), thread)
        exported = export_thread(station, found, folder)
    if as_json:
        show_json(vars(exported))
    else:
        _show(exported, folder)
    if exported.blocked:
        raise NotFreshError(count=counted(len(exported.blocked), "file"))


export = ExportGroup(
    "export",
    otherwise=export_files,
    commands=[export_uwazi, export_folder, export_post, export_drive],
    help="With one of the commands below right behind it, it writes publications instead.",
    short_help="Write a thread's files into a folder, or publications.",
)


def _show(exported: Exported, folder: Path) -> None:
    show_line((counted(len(exported.written), "file"), GOOD), (f" written to {folder}.", ""))
    if exported.present:
        show_line((f"{counted(len(exported.present), 'file')} stood there already.", FAINT))
    for name in exported.opened:
        show_line(("Its source had sealed it beforehand; here it is opened: ", ""), (name, NAME))
    for name in exported.sealed:
        show_line(("Sealed beforehand, and it does not open here: ", WARNING), (name, NAME))
    for name in exported.awaited:
        show_line(("Its files are not here: ", WARNING), (name, NAME))
    for name in exported.blocked:
        show_line(("Something else stands in its place: ", WARNING), (name, NAME))
