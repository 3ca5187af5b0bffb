"""`vasistas sweep`: a round of upkeep by hand."""

import click

from admin.compose import sweep_once
from admin.context import with_services
from web.services import Services


@click.command()
@with_services
def sweep(services: Services) -> None:
    """Run one round of the upkeep that `serve` does every minute."""
    sweep_once(services)
