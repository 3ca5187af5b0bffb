"""`viewing-station instance set`: trust a new key of the same instance."""

from pathlib import Path

import click

from crypto.fingerprint import fingerprint, spaced, unspaced
from viewing_station.commands.options import PATH, Place, at_station
from viewing_station.errors import OtherInstanceError, UnconfirmedKeyError
from viewing_station.identity_file import read_identity
from viewing_station.screen import GOOD, show_line


@click.group("instance", short_help="The instance this station trusts.")
def instance() -> None:
    """See to the instance whose bundles this station opens."""


@instance.command("set")
@click.argument("file", type=PATH)
@click.option(
    "--fingerprint",
    "told",
    required=True,
    metavar="HEX",
    help="The new key's fingerprint, as the admin said it (spaces do not matter).",
)
@at_station
def set_(place: Place, file: Path, told: str) -> None:
    """Accept the new signing key in FILE, the instance's public identity (instance.json).

    Have the admin tell you the fingerprint over another way than the one FILE came by.
    """
    identity = read_identity(file)
    found = fingerprint(identity.signing_key)
    if unspaced(told) != found:
        raise UnconfirmedKeyError(file=file, found=spaced(found))
    with place.open() as station:
        if identity.instance != station.settings.instance.instance:
            raise OtherInstanceError(file=file)
        with station.records.change():
            station.settings.instance = identity
    show_line(("Bundles signed with the new key are trusted", GOOD), (", and no others.", ""))
