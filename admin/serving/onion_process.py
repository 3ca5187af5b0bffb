"""The onion services' keeper: `python -m admin.serving.onion_process`, started by the supervisor.

It alone speaks with tor. The apps ask it what a circuit may do; commands order it about.
"""

import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread

import click

from admin.onion_rotation import destroy_retired
from admin.onion_state import state_file
from admin.onions import published_services
from admin.serving.addresses import Address, listen
from admin.serving.circuit_wire import CircuitCounter, listen_for_workers
from admin.serving.lifeline import end_with_parent
from admin.serving.onion_keeper import OnionKeeper
from admin.serving.onion_lineup import Published
from admin.serving.onion_orders import receive
from admin.serving.onion_watch import Watch
from admin.serving.shape import APP_NAMES
from admin.serving.stopping import Stop
from tor.files import hold
from tor.torrc import Defence, Torrc
from web.config import Config
from web.instance import Places, open_instance

LOCK_SECONDS = 1.0  # a command that looks whether it is held holds it for a moment


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--torrc", "extra", type=click.Path(path_type=Path))
@click.option("--ready", type=int, required=True)
@click.option("--accepting", type=int, required=True)
@click.option("--closing", is_flag=True)
@click.option("--lifeline", type=int, required=True)
def main(  # noqa: PLR0913  one for each option
    home: Path, extra: Path | None, ready: int, accepting: int, lifeline: int, *, closing: bool
) -> None:
    """Keep an instance's onion services until told to stop; when `closing`, the source's alone."""
    stop = Stop()
    end_with_parent(lifeline)
    places = Places(home.resolve())
    # Of a retired instance nothing is left to be configured by.
    config = Config(name="", instance="") if closing else open_instance(home).config
    served = hold(places.onions_served, LOCK_SECONDS)
    if served is None:
        raise click.ClickException("Another serve keeps the onion services of this instance.")
    changed = ChangedLineup(places)  # first: what changes from here on is seen
    services = published_services(places, ("source",) if closing else APP_NAMES)
    keeper = OnionKeeper(
        _torrc(places, config, extra),
        places.run / "torrc",
        services,
        Watch(_say),
        _Announce(services, accepting),
    )
    counter = CircuitCounter(listen_for_workers(places.circuits_socket), keeper.close_circuit)
    keeper.circuits_of, keeper.on_new_tor = counter.circuits_of, counter.clear
    counter.start()
    if not closing:
        keeper.changed_lineup = changed
        keeper.let_go = partial(destroy_retired, places)
        receive(listen(Address(path=places.onion_orders)), keeper.take)
    os.write(ready, b"+")
    try:
        keeper.run(stop)
    finally:
        for path in (places.onion_orders, places.circuits_socket):
            path.unlink(missing_ok=True)
        os.close(served)


def _torrc(places: Places, config: Config, extra: Path | None) -> Torrc:
    return Torrc(
        data=places.tor_data,
        control=places.run / "tor-control.sock",
        cookie=places.run / "tor-cookie",
        owner=os.getpid(),
        defence=Defence(config.onion_pow_rate, config.onion_pow_burst, config.onion_streams),
        extra=extra,
    )


def _say(sentence: str) -> None:
    with suppress(OSError):  # a log on a full disk must not end the services
        print(f"onion: {sentence}", file=sys.stderr, flush=True)  # noqa: T201  the admin's word


class ChangedLineup:
    """Tells what is to be published when a move began or ended since it was last asked."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._seen = self._states()

    def __call__(self) -> dict[str, Published] | None:
        """Give the new lineup, or None where it is the old one."""
        states = self._states()
        if states == self._seen:
            return None
        found = published_services(self._places)
        self._seen = states
        return found

    def _states(self) -> list[bytes]:
        files = [state_file(self._places, app) for app in APP_NAMES]
        return [file.read_bytes() if file.exists() else b"" for file in files]


class _Announce:
    """Says that both services are up: the addresses the first time, a sentence afterwards.

    The first time not before the apps accept, which `accepting` tells: on a slow machine they are
    the later ones, and whoever waits for `serve` reads their line first.
    """

    def __init__(self, services: dict[str, Published], accepting: int) -> None:
        self._hosts = {name: services[name].address.host for name in APP_NAMES if name in services}
        self._told = False
        self._accepting = accepting

    def __call__(self) -> None:
        if self._told:
            _say("Both onion services are published again.")
            return
        self._told = True
        Thread(target=self._tell, name="announce", daemon=True).start()

    def _tell(self) -> None:
        if not os.read(self._accepting, 1):
            return  # it ended before the apps accepted
        parts = " ".join(f"{name}=http://{host}" for name, host in self._hosts.items())
        with suppress(OSError):
            print(f"onion {parts}", flush=True)  # noqa: T201  this command's interface


if __name__ == "__main__":
    main()
