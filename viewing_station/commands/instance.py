"""`viewing-station instance set`: trust a new key of the same instance."""

import sys
from pathlib import Path

import click

from crypto.fingerprint import fingerprint, spaced, unspaced
from formats.identity import Identity
from formats.succession import Succession
from viewing_station.commands.options import PATH, Place, at_station
from viewing_station.errors import UnconfirmedKeyError
from viewing_station.identity_file import read_announcement
from viewing_station.instance_keys import Trust
from viewing_station.screen import FAINT, GOOD, NAME, show_line


@click.group("instance", short_help="The instance this station trusts.")
def instance() -> None:
    """See to the instance whose bundles this station opens."""


@instance.command("set")
@click.argument("file", type=PATH)
@click.option(
    "--fingerprint",
    "told",
    metavar="HEX",
    help="The new key's fingerprint, as the admin said it (spaces do not matter).",
)
@at_station
def set_(place: Place, file: Path, told: str | None) -> None:
    """Accept the new signing key in FILE.

    succession.json needs no more: each key in it is signed by the one before, back to the one
    trusted here. instance.json proves nothing, so that the new key's fingerprint is asked for:
    have the admin tell you over another way than the one FILE came by.
    """
    announced = read_announcement(file)
    with place.open() as station:
        before = station.settings.trust
        if isinstance(announced, Succession):
            _check_told(announced.keys[-1], told, file)
            after = before.follow(announced, file)
        else:
            after = _confirmed(before, announced, told, file)
        if after is not before:
            with station.records.change():
                station.settings.trust = after
    _show(before, after)


def _check_told(key: bytes, told: str | None, file: Path) -> None:
    """Raise UnconfirmedKeyError if a fingerprint was given, and is another."""
    if told is not None and unspaced(told) != fingerprint(key):
        raise UnconfirmedKeyError(file=file, found=spaced(fingerprint(key)))


def _confirmed(before: Trust, identity: Identity, told: str | None, file: Path) -> Trust:
    if identity == before.instance.identity and told is None:
        return before
    before.check_new(identity, file)
    return before.confirm(identity, told if told is not None else _ask(), file)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(
            "Give the new key's --fingerprint with instance.json, or FILE as succession.json."
        )
    asked = "The new key's whole fingerprint, as the admin said it"
    return str(click.prompt(asked, err=True))


def _show(before: Trust, after: Trust) -> None:
    if after.pinned == before.pinned:
        show_line(("This key is trusted already.", FAINT))
        return
    others = ", and no others."
    if after.instance.former is not None:
        others = ", and those signed with the one before until the first without its signature."
    show_line(("Bundles signed with the new key are trusted", GOOD), (others, ""))
    show_line(("  ", ""), (spaced(fingerprint(after.pinned)), NAME))
