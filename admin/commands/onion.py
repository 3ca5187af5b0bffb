"""`vasistas onion …`: the two onion services, and who may reach the reviewers'."""

import json
from pathlib import Path

import click

from admin.commands.onion_announcing import announce, announcement_key, verify
from admin.commands.onion_moving import extend, retire, rotate
from admin.context import hard_option, json_option, print_rows, removal_option, with_services
from admin.onion_clients import (
    at_new_address,
    give_order,
    let_in,
    new_client,
    ordered,
    remove_client,
    replaced_client,
    reviewer_id,
    shut_out,
)
from admin.onion_rows import onion_rows
from admin.onions import make_services, seal_closed, service_of
from admin.serving.onion_orders import NobodyServes, Order
from admin.serving.shape import APP_NAMES
from tor.clients import ClientKey
from tor.errors import NoSuchClient
from web.services import Services

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def onion() -> None:
    """Keep the onion services: their addresses, and the reviewers' keys to theirs."""


@onion.command("publish")
@click.option("--import-source", type=_FOLDER, help="Take over the key in a tor's service folder.")
@click.option("--import-journalist", type=_FOLDER, help="Likewise, and the clients let in there.")
@with_services
def publish(services: Services, import_source: Path | None, import_journalist: Path | None) -> None:
    """Make the services' keys if there are none, and see both services published.

    A service that was stopped because its closing key was missing gets a new one.
    """
    places = services.instance.places
    given = {"source": import_source, "journalist": import_journalist}
    make_services(places, {app: folder for app, folder in given.items() if folder})
    seal_closed(places)
    for app in APP_NAMES:
        click.echo(f"{app}  http://{service_of(places, app).address().host}")
    try:
        _see_published(services)
    except NobodyServes:
        click.echo("They are published as soon as `vasistas serve --tor` runs.", err=True)


def _see_published(services: Services) -> None:
    for app in APP_NAMES:
        order = Order("publish", service=app)
        answer = ordered(give_order(services, order))
        click.echo(f"The {app} service is published. {answer.sentence}".rstrip(), err=True)


@onion.command("show")
@json_option
@with_services
def show(services: Services, *, as_json: bool) -> None:
    """Show the addresses, whether they are published, and how many reviewers hold a key.

    In a move there are two of an app: the old one with its last day, and the new one.
    """
    try:
        states = ordered(give_order(services, Order("show"))).states
    except NobodyServes:
        states = {}
    rows = [row for app in APP_NAMES for row in onion_rows(services, app, states)]
    print_rows(rows, as_json=as_json, empty="There is no onion service yet: `onion publish`.")


for command in (rotate, extend, retire, announcement_key, announce, verify):
    onion.add_command(command)


@onion.group("client")
def client() -> None:
    """Keep the keys that let reviewers reach their onion service, one each."""


@client.command("add")
@click.argument("name")
@json_option
@with_services
def client_add(services: Services, name: str, *, as_json: bool) -> None:
    """Give the reviewer NAME a key. It is shown this once."""
    _show(services, name, new_client(services, name), as_json=as_json)
    click.echo(let_in(services, name), err=True)


@client.command("rotate")
@click.argument("name")
@hard_option
@json_option
@with_services
def client_rotate(services: Services, name: str, *, hard: bool, as_json: bool) -> None:
    """Replace a reviewer's key; the old one opens nothing any more. The new one is shown once."""
    _show(services, name, replaced_client(services, name), as_json=as_json)
    click.echo(shut_out(services, name, reviewer_id(services, name), hard=hard), err=True)


@client.command("remove")
@click.argument("name")
@removal_option
@with_services
def client_remove(services: Services, name: str, *, hard: bool) -> None:
    """Take a reviewer's key away: sessions and circuits end, then the address stays shut.

    The service is taken down and put back, and every reviewer's connection is cut for some
    seconds. With --gentle nobody else's is; but a browser that has lately been there keeps the
    service's description in memory, and may reach the log-in page with it for some hours.
    """
    reviewer = reviewer_id(services, name)
    try:
        remove_client(services, name)
    except NoSuchClient:
        if reviewer is None:
            raise
        # Maybe a removal that was cut off: what else the key had opened still has to end.
        click.echo(f"{name} holds no key.", err=True)
    click.echo(shut_out(services, name, reviewer, hard=hard))


@client.command("list")
@json_option
@with_services
def client_list(services: Services, *, as_json: bool) -> None:
    """List who holds a key."""
    clients = service_of(services.instance.places, "journalist").clients
    rows = [{"name": name} for name in clients.names()]
    print_rows(rows, as_json=as_json, empty="Nobody holds a key, and nobody gets in.")


def _show(services: Services, name: str, key: ClientKey, *, as_json: bool) -> None:
    coming = at_new_address(services, key)
    if as_json:
        moved = {"new": _fields(coming)} if coming else {}
        shown = {"name": name, **_fields(key), **moved}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(f"Reviewer:       {name}")
    click.echo(f"Address:        http://{key.address.host}")
    if coming is not None:
        click.echo(f"New address:    http://{coming.address.host}")
    click.echo(f"Key, for Tor Browser when it asks:\n  {key.secret}")
    click.echo(f"The same as a file {name}.auth_private, for a tor's ClientOnionAuthDir:")
    click.echo(f"  {key.auth_private}")
    if coming is not None:
        click.echo(f"And for the new address, in another file:\n  {coming.auth_private}")
    click.echo("These are shown this once: hand them over in person.")


def _fields(key: ClientKey) -> dict[str, str]:
    address = f"http://{key.address.host}"
    return {"address": address, "key": key.secret, "auth_private": key.auth_private}
