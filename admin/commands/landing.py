"""`vasistas landing`: the page by which a campaign's public site leads to the service."""

import json
import re
from pathlib import Path

import click

from admin.context import json_option, with_services
from admin.landing.facts import facts_of
from admin.landing.site import write_site
from web.services import Services

EXAMPLE = "vasistas.example"
# RFC 1123, section 2.1: what goes into a web server's configuration must be a name and no more.
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63})*")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default=EXAMPLE, show_default=True, help="The public site's name.")
@click.option("--force", is_flag=True, help="Replace a page that was written there before.")
@json_option
@with_services
def landing(services: Services, folder: Path, host: str, *, force: bool, as_json: bool) -> None:
    """Write the page for your public site into DIR: what this is, its address, how to come.

    DIR/site is what to upload, as it is: no scripts, nothing from elsewhere. DIR/servers has
    configurations for nginx, Apache and Caddy: Onion-Location, strict headers, no logs.
    Write it anew when a desk, a key or the address changes.
    """
    if not HOST.fullmatch(host):
        raise click.UsageError(f"{host} is not the name of a site, such as {EXAMPLE}.")
    facts = facts_of(services)
    written = write_site(facts, host, folder, replace=force)
    if as_json:
        click.echo(json.dumps({"address": facts.address, "files": [str(file) for file in written]}))
        return
    click.echo(f"The page leads to {facts.address}")
    for file in written:
        click.echo(f"  {file}")
    click.echo("Compare the address on it with `vasistas onion show` before you publish it.")
