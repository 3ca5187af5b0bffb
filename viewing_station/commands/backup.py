"""`viewing-station backup` and `restore`: the whole station, in one sealed file."""

from pathlib import Path

import click

from viewing_station.backup_restore import restore_backup
from viewing_station.backup_write import write_backup
from viewing_station.commands.options import (
    PATH,
    Place,
    at_station,
    backup_passphrase_option,
    json_option,
    today,
)
from viewing_station.errors import StationExistsError
from viewing_station.home import Home
from viewing_station.passphrase import backup_passphrase
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    counted,
    human_day,
    human_size,
    show_json,
    show_line,
)


@click.command("backup", short_help="Back the whole station up into one sealed file.")
@click.argument("file", type=PATH)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@backup_passphrase_option
@json_option
@at_station
def backup(
    place: Place, file: Path, backup_passphrase_file: Path | None, *, force: bool, as_json: bool
) -> None:
    """Write the whole station to FILE: its keys, and all that was opened here.

    It is sealed by a passphrase of its own, and read back before it counts. To work with what is
    restored from it, the station's own passphrase is needed as well.
    """
    with place.open() as station:
        passphrase = backup_passphrase(backup_passphrase_file, place.passphrase_file, new=True)
        written = write_backup(station, file, passphrase, today(), force=force)
    if as_json:
        show_json({"file": str(file), "files": written.files, "size": written.size})
        return
    held = f"{counted(written.files, 'file')}, {human_size(written.size)}"
    show_line((f"{held}, read back and whole", GOOD), (" in ", ""), (str(file), NAME), (".", ""))
    show_line(("Keep it as you keep the station, and its passphrase elsewhere.", FAINT))


@click.command("restore", short_help="Make a station of a backup.")
@click.argument("file", type=PATH)
@backup_passphrase_option
@json_option
@at_station
def restore(
    place: Place, file: Path, backup_passphrase_file: Path | None, *, as_json: bool
) -> None:
    """Make a station of the backup in FILE, in a folder that is empty or not there yet.

    It comes whole or not at all. Of two copies of a station work with one only.
    """
    if Home(place.root).master_key.exists():
        raise StationExistsError(home=place.root)
    passphrase = backup_passphrase(backup_passphrase_file, place.passphrase_file, new=False)
    listing = restore_backup(place.root, file, passphrase)
    if as_json:
        show_json(
            {
                "desk": listing.desk,
                "day": listing.day.isoformat(),
                "files": len(listing.files),
            }
        )
        return
    show_line(
        ("The station of the desk ", ""), (listing.desk, NAME), (" is back", GOOD),
        (f", as it was on {human_day(listing.day)}.", ""),
    )  # fmt: skip
    show_line(("It opens with the passphrase that it had. Use the other copy no more.", FAINT))
