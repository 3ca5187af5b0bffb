"""`vasistas serve`: both apps and the sweeper."""

from pathlib import Path

import click

from admin.compose import build_services
from admin.context import with_home
from admin.onions import make_services, published_services
from admin.retiring.closing import await_destruction, is_retired, serve_closing
from admin.serving.addresses import Address, parse_address, parse_socket
from admin.serving.shape import APP_NAMES
from admin.serving.stopping import Stop
from admin.serving.supervisor import Announce, Ended, Onions, Serving
from admin.serving.supervisor import serve as supervise
from tor.daemon import find_tor
from web.instance import Places, open_instance


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
@click.option(
    "--torrc",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="More lines for our tor's configuration: bridges, or another network.",
)
@with_home
def serve(
    home: Path,
    source: Address | None,
    journalist: Address | None,
    torrc: Path | None,
    *,
    tor: bool,
) -> None:
    """Serve both apps until Ctrl-C, and keep the store in order meanwhile.

    ADDR is unix:PATH or 127.0.0.1:PORT. Once both apps accept, one line that starts with
    `ready ` stands on standard output. With --tor, a tor of our own publishes both onion services
    beside these addresses; once they are up, a line that starts with `onion ` names them. Without
    a network they are served at these addresses alone, and what is wrong is said.

    Of a retired instance it serves the closing page, for as long as one is wanted.
    """
    if torrc is not None and not tor:
        raise click.UsageError("--torrc goes with --tor.")
    home = home.resolve()
    run = Places(home).run
    addresses = {
        "source": source or parse_address(f"unix:{run / 'source.sock'}"),
        "journalist": journalist or parse_address(f"unix:{run / 'journalist.sock'}"),
    }
    stop = Stop()
    if not is_retired(home):
        build_services(open_instance(home)).db.close()  # refuses an old schema before all else
        onions = _onions(Places(home), torrc) if tor else None
        serving = Serving(addresses, Announce(), lambda: is_retired(home), onions)
        if supervise(home, serving, stop) is Ended.ASKED:
            return
        click.echo("This instance is being retired: nothing of it is served any more.", err=True)
        await_destruction(home, stop)
    serve_closing(home, addresses["source"], stop, torrc, tor=tor)


def _onions(places: Places, torrc: Path | None) -> Onions:
    """Make the services' keys if there are none, and check that those there are whole."""
    find_tor()
    make_services(places)
    published = published_services(places)
    sockets = {app: parse_socket(published[app].socket) for app in APP_NAMES}
    return Onions(sockets, torrc.resolve() if torrc else None)
