"""`vasistas codename …`: which version new codenames are of."""

import os

import click

from admin.context import json_option, print_rows, with_services
from admin.custody.codenames import codename_state, draw_version, said_of
from crypto.codename_versions import VERSIONS, codename_version
from web.services import Services

MIB = 1 << 20
NUMBERS = [str(version.number) for version in VERSIONS]


@click.group()
def codename() -> None:
    """See to the version of new codenames. Those that were drawn before open all the same."""


@codename.command("version")
@click.argument("number", type=click.Choice(NUMBERS))
@with_services
def version(services: Services, number: str) -> None:
    """Draw new codenames of version NUMBER from now on.

    Version 1 takes 64 MiB of memory at each return, version 2 takes 128 MiB and makes each guess
    cost nearly three times as much. As many returns run at once as the host has cores.
    """
    chosen = codename_version(int(number))
    if draw_version(services, chosen):
        click.echo(f"New codenames are of version {number}; those from before still open.")
    else:
        click.echo(f"New codenames were of version {number} already.")
    cores = len(os.sched_getaffinity(0))  # as many derivations run at once
    click.echo(f"Returns may need {cores * chosen.memory // MIB} MiB at once on this host.")


@codename.command("status")
@json_option
@with_services
def status(services: Services, *, as_json: bool) -> None:
    """Say which version is drawn and since when, and what lies here from before."""
    state = codename_state(services)
    if as_json:
        print_rows([state.as_json()], as_json=True, empty="")
        return
    for sentence in said_of(state):
        click.echo(sentence)
