"""`vasistas init`: a new instance."""

from pathlib import Path

import click

from admin.context import with_home
from admin.demo import furnish_demo
from admin.founding import found
from crypto.fingerprint import fingerprint, spaced
from web.instance import open_instance


@click.command()
@click.option("--name", required=True, help="What sources see as the service's name.")
@click.option(
    "--database", default="", help="sqlite:///PATH or postgresql://…; embedded if absent."
)
@click.option("--blobs", default="", help="Where sealed bodies lie; in the home if absent.")
@click.option("--demo", is_flag=True, help="Also a desk, its station and a reviewer, to try it.")
@with_home
def init(home: Path, name: str, database: str, blobs: str, *, demo: bool) -> None:
    """Make a new instance: configuration, database, keys.

    It has no desk yet: make its keys at a viewing station, with the instance.json that lies in
    the new folder, then see `vasistas desk`.
    """
    found(home, name, database, blobs, *([furnish_demo] if demo else []))
    click.echo(f"The instance is made in {home}. Its key's fingerprint, to compare at the station:")
    click.echo(f"  {spaced(fingerprint(open_instance(home).signer.public))}")
    if not demo:
        click.echo(f"Carry {home / 'instance.json'} to the viewing station; then `desk add`.")
