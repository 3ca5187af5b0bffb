"""`viewing-station export drive`: publications in an encrypted container, to be carried."""

from pathlib import Path

import click

from crypto.secret import Secret
from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.commands.publishing import going_out, only_option, tell
from viewing_station.passphrase import new_passphrase
from viewing_station.publishing.age_container import Recipients, check_recipients
from viewing_station.publishing.drive import Tool, present_tool, write_container
from viewing_station.publishing.files import files_of
from viewing_station.publishing.new_folder import new_folder, require_fresh
from viewing_station.screen import FAINT, show_line

WAY = "drive"


@click.command(WAY, short_help="Publications, in an encrypted container.")
@click.argument("folder", type=PATH, metavar="DIR")
@only_option
@click.option(
    "--with",
    "tool",
    type=click.Choice([tool.value for tool in Tool]),
    help="By default: what is there, age first.",
)
@click.option(
    "--to", "recipients", metavar="RECIPIENT", multiple=True, help="Whose age key opens it."
)
@click.option(
    "--container-passphrase-file",
    "secret_file",
    type=PATH,
    metavar="FILE",
    help="Read the container's passphrase from FILE; without it, it is asked for.",
)
@json_option
@at_station
def export_drive(  # noqa: PLR0913  # one for each option
    place: Place,
    folder: Path,
    *,
    only: tuple[str, ...],
    tool: str | None,
    recipients: tuple[str, ...],
    secret_file: Path | None,
    as_json: bool,
) -> None:
    """Write what is publishable into DIR, a new or empty folder, encrypted.

    In it are the files of `export folder`. With age they go straight into documents.tar.age,
    for the keys named by --to or under a passphrase; with luks they lie in documents.luks, which
    is put together in memory, under a passphrase.
    """
    chosen = present_tool(tool, to_keys=bool(recipients))
    named = check_recipients(recipients)
    require_fresh(folder)  # or a passphrase is typed for nothing
    with place.open() as station, going_out(station, only, WAY) as works:
        key: Recipients | Secret = named if named.names else new_passphrase(secret_file)
        files = files_of(works)
        if chosen is Tool.LUKS:
            show_line(("Making the container takes some ten seconds.", FAINT), error=True)
        with new_folder(folder) as target:
            name = write_container(target, files, chosen, key)
    tell(works, folder, [name], as_json=as_json)
