"""`vasistas onion announcement-key`, `announce` and `verify`: a move that a station signed."""

import json
from pathlib import Path

import click

from admin import announcing
from admin.context import json_option, with_services
from crypto.fingerprint import fingerprint, spaced
from formats.announcement import Move
from web.services import Services, utc_now

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("announcement-key")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Even though another one is pinned.")
@with_services
def announcement_key(services: Services, file: Path, *, replace: bool) -> None:
    """Pin the key that announces moves, and publish it on the page of the keys.

    FILE is the `announcement-key.json` that `viewing-station announcement-key` wrote. Publish it
    elsewhere too: it lets people verify what a seized server shows.
    """
    key = announcing.pin_key(services.instance, file, replace=replace)
    click.echo("Pinned and published. Compare its fingerprint with the station, by voice:")
    click.echo(f"  {spaced(fingerprint(key.public_key))}")


@click.command("announce")
@click.argument("file", type=_FILE)
@with_services
def announce(services: Services, file: Path) -> None:
    """Show the new source address on each page at the old one.

    FILE is what `viewing-station announce` signed. It is verified with the pinned key, and must
    announce the move that is under way.
    """
    move = announcing.announce(services.instance, file)
    click.echo(f"Announced: each page at http://{move.old} shows http://{move.new}")
    click.echo(f"until {move.until}. Publish {file} elsewhere too.")


@click.command("verify")
@click.argument("file", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="The key that you had kept.")
@json_option
def verify(file: Path, key_file: Path, *, as_json: bool) -> None:
    """Say whether FILE announces a move truly: from where, to where, until when.

    It needs no instance and no network. Take a key that you got earlier, or elsewhere, and not the
    one that the server shows you with the announcement.
    """
    key = announcing.read_key(key_file)
    move = announcing.verify(file, key)
    over = move.until < utc_now().date()
    if as_json:
        click.echo(json.dumps(_fields(move, fingerprint(key.public_key), over=over), indent=2))
        return
    click.echo("Valid: this key signed it.")
    click.echo(f"  from      http://{move.old}")
    click.echo(f"  to        http://{move.new}")
    click.echo(f"  since     {move.since}")
    click.echo(f"  until     {move.until}{': the old address has ended' if over else ''}")
    click.echo(f"  instance  {move.instance}")
    click.echo(f"  key       {spaced(fingerprint(key.public_key))}")


def _fields(move: Move, key: str, *, over: bool) -> dict[str, object]:
    return {
        "valid": True,
        "from": f"http://{move.old}",
        "to": f"http://{move.new}",
        "since": move.since.isoformat(),
        "until": move.until.isoformat(),
        "over": over,
        "instance": move.instance,
        "key": key,
    }
