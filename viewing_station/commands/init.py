"""`viewing-station init`: keys for a desk."""

from pathlib import Path

import click

from crypto.fingerprint import fingerprint, spaced
from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.errors import StationExistsError
from viewing_station.founding import Founded, check_slug, found
from viewing_station.home import Home
from viewing_station.identity_file import read_identity
from viewing_station.passphrase import new_passphrase
from viewing_station.screen import FAINT, GOOD, NAME, show_json, show_line, show_table


@click.command("init", short_help="Make a station: keys for one desk.")
@click.option("--desk", required=True, metavar="SLUG", help="The desk's short name.")
@click.option(
    "--instance",
    "identity_file",
    required=True,
    type=PATH,
    metavar="FILE",
    help="The public identity of the instance to trust (instance.json).",
)
@json_option
@at_station
def init(place: Place, desk: str, identity_file: Path, *, as_json: bool) -> None:
    """Make a station: keys for one desk, and trust in one instance.

    Two public files appear in the station's folder, for the admin of the server:
    SLUG-openpgp.asc and SLUG-station.pub.
    """
    check_slug(desk)
    identity = read_identity(identity_file)
    if Home(place.root).master_key.exists():
        raise StationExistsError(home=place.root)
    passphrase = new_passphrase(place.passphrase_file)
    founded = found(place.root, desk, identity, passphrase, today())
    instance_fingerprint = fingerprint(identity.signing_key)
    if as_json:
        show_json(_json(founded, instance_fingerprint))
        return
    show_line(("The station of the desk ", ""), (desk, NAME), (" is ready.", GOOD))
    show_line()
    show_line(("Bring these two public files to the server's admin:", ""))
    show_table([[(f"  {file}", NAME)] for file in (founded.openpgp_file, founded.station_file)])
    show_line()
    show_line(("Compare these with the admin, by voice:", ""))
    show_table(
        [
            [("  the desk's OpenPGP key", ""), (spaced(founded.openpgp_fingerprint), NAME)],
            [("  this station's key", ""), (spaced(fingerprint(founded.station_public)), NAME)],
            [(f"  {identity.name}", ""), (spaced(instance_fingerprint), NAME)],
        ]
    )
    show_line()
    show_line(("Without the passphrase nothing here can ever be read: keep it safe.", FAINT))


def _json(founded: Founded, instance_fingerprint: str) -> dict[str, str]:
    return {
        "openpgp_file": str(founded.openpgp_file),
        "station_file": str(founded.station_file),
        "openpgp_fingerprint": founded.openpgp_fingerprint,
        "station_fingerprint": fingerprint(founded.station_public),
        "instance_fingerprint": instance_fingerprint,
    }
