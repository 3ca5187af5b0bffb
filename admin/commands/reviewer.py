"""`vasistas reviewer …`: the people who read."""

import json
from contextlib import suppress

import click

from admin.context import json_option, print_rows, removal_option, with_services
from admin.onion_clients import give_order, has_client, remove_client, reviewer_id, shut_out
from admin.reviewers import add_reviewer, list_reviewers, remove_reviewer, reset_reviewer
from admin.serving.onion_orders import NobodyServes, Order
from journalist_app.credentials import Login
from web.services import Services


@click.group()
def reviewer() -> None:
    """Keep reviewers: their log-ins and their desks."""


@reviewer.command("add")
@click.argument("name")
@click.option("--desk", "desks", multiple=True, required=True, help="A desk they read; repeatable.")
@click.option("--admin", is_flag=True, help="May also manage reviewers and desks.")
@json_option
@with_services
def add(
    services: Services, name: str, desks: tuple[str, ...], *, admin: bool, as_json: bool
) -> None:
    """Add a reviewer. Passphrase, TOTP address and recovery codes are shown this once."""
    _show(add_reviewer(services, name, desks, admin=admin), as_json=as_json)


@reviewer.command("reset")
@click.argument("name")
@json_option
@with_services
def reset(services: Services, name: str, *, as_json: bool) -> None:
    """Give a reviewer new passphrase, TOTP and recovery codes, and end their sessions."""
    _show(reset_reviewer(services, name), as_json=as_json)


@reviewer.command("list")
@json_option
@with_services
def list_(services: Services, *, as_json: bool) -> None:
    """List the reviewers and their desks."""
    print_rows(list_reviewers(services), as_json=as_json, empty="There is no reviewer yet.")


@reviewer.command("remove")
@click.argument("name")
@removal_option
@with_services
def remove(services: Services, name: str, *, hard: bool) -> None:
    """Remove a reviewer; their sessions end at once, and their onion key goes too."""
    reviewer = reviewer_id(services, name)
    if reviewer is not None or not has_client(services, name):  # else it was interrupted here
        remove_reviewer(services, name)
    click.echo(f"Reviewer {name} removed.")
    if has_client(services, name):
        remove_client(services, name)
        click.echo(shut_out(services, name, reviewer, hard=hard))
    elif reviewer is not None:
        with suppress(NobodyServes):  # then there is no circuit either
            give_order(services, Order("close", reviewer=reviewer))


def _show(login: Login, *, as_json: bool) -> None:
    if as_json:
        shown = {
            "name": login.name,
            "passphrase": login.passphrase.text,
            "totp_uri": login.totp_uri,
            "recovery_codes": [code.text for code in login.recovery_codes],
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(f"Reviewer:    {login.name}")
    click.echo(f"Passphrase:  {login.passphrase.text}")
    click.echo(f"TOTP:        {login.totp_uri}")
    click.echo("Recovery codes, each good once in the place of a TOTP code:")
    for code in login.recovery_codes:
        click.echo(f"             {code.text}")
    click.echo("These are shown this once: hand them over in person.")
