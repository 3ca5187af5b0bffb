"""`vasistas desk …`: desks, the keys they are sealed to, their station."""

from pathlib import Path

import click

from admin.commands.desk_limits import quota, retention
from admin.context import json_option, print_rows, with_services
from admin.desks import add_desk, add_desk_key, list_desks, list_keys, set_station
from crypto.fingerprint import fingerprint, spaced
from journalist_app.desk_keeping import DeskKeeping
from journalist_app.desk_profiles import DeskProfiles
from storage.models import DeskState
from web.services import Services


@click.group()
def desk() -> None:
    """Keep desks: groups of reviewers with keys of their own."""


@desk.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="What sources see.")
@with_services
def add(services: Services, slug: str, name: str) -> None:
    """Add a desk. It takes deliveries once it has a key."""
    add_desk(services, slug, name)
    click.echo(f"Desk {slug} added. Next: desk key add, desk station add, reviewer add.")


@desk.command("describe")
@click.argument("slug")
@click.option("--city", default="", help="Its city or region.")
@click.option("--subject", default="", help="What it works on, in a few words.")
@click.option("--languages", default="", metavar="CODES", help="What it reads: fr,en")
@with_services
def describe(services: Services, slug: str, city: str, subject: str, languages: str) -> None:
    """Say to sources who this desk is. What is not given is no longer said."""
    codes = [code.strip() for code in languages.split(",") if code.strip()]
    DeskProfiles(services).describe(slug, city, subject, codes)
    click.echo(f"Desk {slug} says so to sources from now on.")


@desk.command("list")
@json_option
@with_services
def list_(services: Services, *, as_json: bool) -> None:
    """List the desks with their state and how many keys they seal to."""
    print_rows(list_desks(services), as_json=as_json, empty="There is no desk yet.")


def _state_command(name: str, state: DeskState, help_text: str, said: str) -> None:
    @desk.command(name, help=help_text)
    @click.argument("slug")
    @with_services
    def change(services: Services, slug: str) -> None:
        DeskKeeping(services).set_state(slug, state)
        click.echo(f"Desk {slug} {said}")


_state_command(
    "pause", DeskState.PAUSED, "Take no new deliveries; those who return are still answered.",
    "is paused: it takes no deliveries, and still answers those who return.",
)  # fmt: skip
_state_command("resume", DeskState.OPEN, "Take deliveries again.", "takes deliveries.")
_state_command(
    "close", DeskState.CLOSED, "Take no more deliveries and vanish from the pages.",
    "is closed: sources no longer see it; its reviewers still collect what is here.",
)  # fmt: skip


desk.add_command(retention)
desk.add_command(quota)


@desk.group("key")
def key() -> None:
    """Keep the OpenPGP public keys that a desk's deliveries are sealed to."""


@key.command("add")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_services
def key_add(services: Services, slug: str, file: Path) -> None:
    """Add the public key in FILE; deliveries are sealed to it from now on."""
    click.echo(f"Key {add_desk_key(services, slug, file)} added to {slug}.")


@key.command("list")
@click.argument("slug")
@json_option
@with_services
def key_list(services: Services, slug: str, *, as_json: bool) -> None:
    """List a desk's keys."""
    print_rows(list_keys(services, slug), as_json=as_json, empty=f"Desk {slug} has no key.")


@key.command("retire")
@click.argument("slug")
@click.argument("fingerprint")
@with_services
def key_retire(services: Services, slug: str, fingerprint: str) -> None:
    """Seal nothing more to a key. What is sealed to it already stays so until re-wrapped."""
    left = DeskKeeping(services).retire_key(slug, fingerprint)
    click.echo(f"Key {fingerprint} retired.")
    if not left:
        click.echo(f"Desk {slug} has no usable key left: its hatch is closed.", err=True)


@desk.group("station")
def station() -> None:
    """Set the viewing station whose couriers a desk accepts."""


@station.command("add")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_services
def station_add(services: Services, slug: str, file: Path) -> None:
    """Accept couriers signed by the station whose public key is in FILE."""
    public = set_station(services, slug, file)
    click.echo(f"Station of {slug} set. Compare its key's fingerprint with the desk:")
    click.echo(f"  {spaced(fingerprint(public))}")


@station.command("remove")
@click.argument("slug")
@with_services
def station_remove(services: Services, slug: str) -> None:
    """Accept no courier for this desk any more."""
    DeskKeeping(services).remove_station(slug)
    click.echo(f"Station of {slug} removed.")
