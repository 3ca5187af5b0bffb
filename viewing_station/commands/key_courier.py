"""`viewing-station key courier`: the key that signs couriers."""

import click

from crypto.fingerprint import fingerprint, spaced
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.courier_key import publish_courier_key, renew_courier_key
from viewing_station.screen import FAINT, GOOD, NAME, show_json, show_line


@click.command("courier")
@click.option("--new", is_flag=True, help="Make a new one; the old one is destroyed at once.")
@json_option
@at_station
def courier(place: Place, *, new: bool, as_json: bool) -> None:
    """Show the key that signs couriers, and write its public file for the admin of the server.

    With --new another takes its place, and couriers are refused until the admin has it. Nothing is
    lost by that: what no bundle confirmed goes into the next courier again.
    """
    with place.open() as station:
        public = renew_courier_key(station) if new else publish_courier_key(station)
        file = station.home.station_key(station.settings.desk)
        desk = station.settings.desk
    told = fingerprint(public)
    if as_json:
        show_json({"fingerprint": told, "station_file": str(file)})
        return
    said = "A new key signs couriers: " if new else "Couriers are signed with "
    show_line((said, GOOD if new else ""), (spaced(told), NAME))
    show_line(
        ("Bring ", ""), (str(file), NAME), (" to the server's admin, and compare by voice.", "")
    )
    if new:
        replaced = f"vasistas desk station remove {desk}, then add {desk} with this file"
        show_line((f"There: {replaced}.", FAINT))
        show_line(("Couriers that were written before and not handed over are void.", FAINT))
