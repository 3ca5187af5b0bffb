"""`vasistas serve`: both apps and the sweeper."""

from pathlib import Path

import click

from admin.compose import build_services
from admin.context import with_home
from admin.errors import AdminError
from admin.serving.addresses import Address, parse_address
from admin.serving.supervisor import Announce
from admin.serving.supervisor import serve as supervise
from web.instance import open_instance


class AddressParam(click.ParamType[Address]):
    """`unix:PATH` or `127.0.0.1:PORT`."""

    name = "ADDR"

    def convert(
        self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """Read an address; anything else is wrong usage."""
        if isinstance(value, Address):
            return value
        try:
            return parse_address(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@click.command()
@click.option("--source", type=AddressParam(), help="For sources; a socket in the home if absent.")
@click.option("--journalist", type=AddressParam(), help="For reviewers; likewise.")
@click.option("--tor/--no-tor", default=False, help="Publish onion services as well.")
@with_home
def serve(home: Path, source: Address | None, journalist: Address | None, *, tor: bool) -> None:
    """Serve both apps until Ctrl-C, and keep the store in order meanwhile.

    ADDR is unix:PATH or 127.0.0.1:PORT. Once both apps accept, one line that starts with
    `ready ` stands on standard output.
    """
    if tor:
        raise AdminError("This version does not publish onion services; serve without --tor.")
    instance = open_instance(home)
    build_services(instance).db.close()  # refuses an old schema before anything starts
    run = instance.places.run
    addresses = {
        "source": source or parse_address(f"unix:{run / 'source.sock'}"),
        "journalist": journalist or parse_address(f"unix:{run / 'journalist.sock'}"),
    }
    supervise(instance.places.home, addresses, Announce())
