"""`viewing-station announcement-key` and `announce`: the instance moves to another address."""

from pathlib import Path

import click

from crypto.fingerprint import fingerprint, spaced
from formats.announcement import Move
from viewing_station import announcing
from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.errors import NotSignedError
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    human_day,
    show_json,
    show_line,
    show_table,
)

CONFIRMATION = "sign"  # what is typed before a move is announced
ANNOUNCEMENT_NAME = "announcement.json"


@click.command("announcement-key", short_help="The key that announces a move of the instance.")
@json_option
@at_station
def announcement_key(place: Place, *, as_json: bool) -> None:
    """Make the key that announces a move of the instance's address, and write its public half.

    One station of an instance holds it; where it is here already, nothing changes. Its public half
    appears in the station's folder, for the admin of the server.
    """
    with place.open() as station:
        key, file = announcing.announcement_key(station)
    digits = fingerprint(key.public_key)
    if as_json:
        show_json({"file": str(file), "fingerprint": digits})
        return
    show_line(("The announcement key is here: ", GOOD), (spaced(digits), NAME))
    show_line(
        ("Bring ", ""), (str(file), NAME), (" to the server's admin, and compare by voice.", "")
    )
    show_line(("It is in each backup of this station made from now on: make one.", FAINT))


@click.command("announce", short_help="Sign that the instance moves to another address.")
@click.argument("file", type=PATH)
@click.option(
    "--to", "target", type=PATH, metavar="FILE", help="Where to; beside FILE if it is not said."
)
@click.option("--force", is_flag=True, help="Replace what stands there.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@at_station
def announce(place: Place, file: Path, target: Path | None, *, force: bool, yes: bool) -> None:
    """Sign the move in FILE, which `vasistas onion rotate source` wrote.

    What is signed is shown first. Have the admin read the new address to you over another way than
    the one FILE came by: a seized server could ask for a false one, and sources would follow it.
    """
    written = target or file.with_name(ANNOUNCEMENT_NAME)
    with place.open() as station:
        move = announcing.read_draft(station, file, today())
        _show(move, station.settings.instance.name)
        if not yes:
            _ask()
        announcing.announce(station, move, written, force=force)
    show_line(("Signed: ", GOOD), ("bring ", ""), (str(written), NAME), (" to the admin.", ""))


def _show(move: Move, name: str) -> None:
    show_line(("This will be signed:", ""))
    show_table(
        [
            [("  instance", ""), (f"{name} ({move.instance})", NAME)],
            [("  old address", ""), (f"http://{move.old}", NAME)],
            [("  new address", ""), (f"http://{move.new}", NAME)],
            [("  from", ""), (human_day(move.since), NAME)],
            [("  until", ""), (f"{human_day(move.until)}, when the old one ends", NAME)],
        ]
    )


def _ask() -> None:
    """Have the word typed. Raises NotSignedError."""
    show_line(
        ("Sources will go to the new address. Has the admin read it to you?", WARNING), error=True
    )
    if click.prompt(f"Type {CONFIRMATION} to go on", err=True) != CONFIRMATION:
        raise NotSignedError
