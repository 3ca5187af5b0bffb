"""`viewing-station export uwazi`: publications as the archives that Uwazi imports."""

from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.commands.publishing import going_out, only_option, tell
from viewing_station.publishing.mapping import default_text, read_mapping
from viewing_station.publishing.new_folder import new_folder
from viewing_station.publishing.uwazi import archives_of, write_archives

WAY = "uwazi"


@click.command(WAY, short_help="Publications, as ZIP archives that Uwazi imports.")
@click.argument("folder", type=PATH, metavar="DIR", required=False)
@only_option
@click.option("--mapping", type=PATH, metavar="FILE", help="What your template calls the fields.")
@click.option("--print-mapping", is_flag=True, help="Print the mapping that is used without one.")
@json_option
@at_station
def export_uwazi(  # noqa: PLR0913  # one for each option
    place: Place,
    folder: Path | None,
    *,
    only: tuple[str, ...],
    mapping: Path | None,
    print_mapping: bool,
    as_json: bool,
) -> None:
    """Write what is publishable into DIR, a new or empty folder, for Uwazi to import.

    At most 50 publications stand in one archive. Import them one after the other, into the
    template whose properties the mapping names.
    """
    if print_mapping:
        click.echo(default_text(), nl=False)
        return
    if folder is None:
        raise click.UsageError("Missing argument 'DIR'.")
    columns = read_mapping(mapping)
    with place.open() as station, going_out(station, only, WAY) as works:
        archives = archives_of(works)
        with new_folder(folder) as target:
            write_archives(target, archives, columns)
    tell(works, folder, [archive.name for archive in archives], as_json=as_json)
